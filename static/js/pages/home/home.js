/**
 * The home page: the catalogue and the runs.  Its stream only says that something changed; the facts are then read
 * again, because what a run came to is the server's to fold.
 */

import { html, nothing } from "../../lit.js";
import { createFollow, roamByLinks } from "../../page/follow.js";
import { createFrame } from "../../page/frame.js";
import { createKeys } from "../../page/keys.js";
import { createPanel } from "../../page/panel.js";
import { homeView } from "../../views/home.js";
import { noEngineView } from "../../views/no_engine.js";
import { noTraceView } from "../../views/no_trace.js";
import { noteView } from "../../views/note.js";
import { runsView } from "../../views/runs.js";
import { createSession } from "../../wire/session.js";
import { linkTo } from "../../words/address.js";
import { createDialogs } from "../shared/dialogs.js";
import { problemOf } from "../shared/handlers.js";
import { alongLinks } from "../shared/keys.js";
import { handlersOffStage } from "../shared/off_stage.js";
import { createBarOffStage, noteOffStage } from "../shared/off_stage_head.js";
import { createOwn } from "../shared/own.js";
import { createUi } from "../shared/ui.js";

/** @import { RunFacts } from "../../wire/types.js" */

const KINDS = [
  "run_created",
  "run_finished",
  "target_exited",
  "stop_finished",
  "source_lost",
  "source_back",
  "lab_started",
];
const SETTLE_MS = 150;
const TICK_MS = 15_000; // "4 min ago"

export function startHome() {
  const role = document.body.dataset.role === "driver" ? "driver" : "viewer";
  const ui = createUi();
  /** @type {RunFacts[]|null} */
  let runs = null;
  let timer = 0;
  let asked = 0; // questions so far: only the answer to the last one counts

  const frame = createFrame((shown) => work(shown));
  const session = createSession({
    role,
    dirty: frame.dirty,
    onEvent() {
      clearTimeout(timer);
      timer = window.setTimeout(readAll, SETTLE_MS);
    },
  });
  const handlers = handlersOffStage({ session, ui, frame });
  const here = () => ({ led: follow.state(session.focus), onFollow: follow.toggle });
  const dialogs = createDialogs({ session, ui, handlers, dirty: frame.dirty, here });
  const bar = createBarOffStage({ session, handlers, page: "home", dirty: frame.dirty });
  const home = createPanel("home");
  const follow = createFollow({ role, dirty: frame.dirty });
  roamByLinks(follow);
  const [arrival] = /** @type {PerformanceNavigationTiming[]} */ (performance.getEntriesByType("navigation"));
  if (arrival?.type === "back_forward") follow.roam(); // who goes back wants to be here

  const readRuns = async () => {
    asked += 1;
    const mine = asked;
    try {
      const found = await session.api.runs(30);
      if (mine === asked) runs = found;
    } catch {
      // The stream notices that nobody answers, and says so.
    }
    frame.dirty();
  };
  const readAll = () => Promise.all([readRuns(), session.refresh()]);

  const onEnd = async (/** @type {string} */ run) => {
    try {
      await session.api.remove(run);
      await readAll();
    } catch (error) {
      ui.problem = problemOf(error, "The run was not ended.");
    }
    frame.dirty();
  };

  const own = createOwn({
    session,
    dirty: frame.dirty,
    go: (run) => location.assign(linkTo(`/runs/${encodeURIComponent(run)}`)),
  });

  /** @param {boolean} shown */
  const work = (shown) => {
    session.fold();
    if (!shown) return;
    const nowMs = session.clock.now();
    const { health, experiments, faults } = session;
    if (health && !session.following) {
      session.open({ kinds: KINDS, after: health.last_event_id });
      readRuns(); // those read before know nothing of what happened between their answer and this id
    }
    follow.with(session.focus);
    bar(here(), nowMs);
    const note = noteOffStage({ session, ui }, nowMs);
    const title = "What happens to a signal on its way down?";
    const lead =
      role === "driver"
        ? "Choose an experiment and press Start; its lesson says what to do. Share has the link for everybody who watches."
        : "You watch. When the presenter opens an experiment, this page goes there by itself; or choose one to read.";
    const noEngine = health && health.engine.state !== "ready" ? health.engine : null;
    home(
      [experiments, faults, runs, health, ui.copied, JSON.stringify(note), own.key(), Math.floor(nowMs / TICK_MS)],
      () => html`
      ${note ? html`<div class="home-note">${noteView({ note, title }, nowMs, handlers)}</div>` : html`<header class="home-head"><div><h1>${title}</h1><p>${lead} <a href=${linkTo("/doctor")}>Why does a container of yours take 10 s to stop?</a></p></div>${role === "driver" ? html`<a class="btn home-race" href=${linkTo("/race")}>Race: any side by side</a>` : nothing}</header>`}
      ${noEngine ? noEngineView({ engine: noEngine, experiments, copied: ui.copied }, nowMs, handlers) : nothing}
      ${homeView({ experiments, faults, own: role === "driver" && experiments.length ? own.view(!noEngine, ui.copied, nowMs, handlers.onCopy) : nothing })}
      ${health && experiments.length && health.kernel_trace.state !== "ready" ? noTraceView({ trace: health.kernel_trace }) : nothing}
      ${experiments.length ? runsView({ runs, role }, nowMs, { onEnd }) : nothing}`,
    );
    dialogs({ target: null, row: null, from: "outside" });
    frame.at(note ? 1000 : TICK_MS);
  };

  createKeys({
    j: () => alongLinks(document.querySelector(".home-list") ?? document.body, 1),
    k: () => alongLinks(document.querySelector(".home-list") ?? document.body, -1),
    "?": () => handlers.open("help"),
  });
  readAll();
  frame.dirty();
}
