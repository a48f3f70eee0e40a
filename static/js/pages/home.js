/**
 * The home page: the catalogue and the runs.  Its stream only says that something changed; the facts are then read
 * again, because what a run came to is the server's to fold.
 */

import { createFrame } from "../frame.js";
import { createKeys } from "../keys.js";
import { html, nothing } from "../lit.js";
import { noteOf } from "../notes.js";
import { createPanel } from "../panel.js";
import { createSession } from "../session.js";
import { currentTheme } from "../theme.js";
import { barView } from "../views/bar.js";
import { homeView } from "../views/home.js";
import { noEngineView } from "../views/no_engine.js";
import { noteView } from "../views/note.js";
import { ownRequest, ownView } from "../views/own.js";
import { runsView } from "../views/runs.js";
import { createActs, problemOf } from "./stage_acts.js";
import { createDialogs } from "./stage_dialogs.js";
import { alongLinks } from "./stage_keys.js";
import { createUi } from "./stage_ui.js";

/** @import { RunFacts } from "../types.js" */

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

  const frame = createFrame((shown) => work(shown));
  const session = createSession({
    role,
    dirty: frame.dirty,
    onEvent() {
      clearTimeout(timer);
      timer = window.setTimeout(readRuns, SETTLE_MS);
    },
  });
  const idle = {
    target: null,
    row: null,
    isRoot: true,
    from: /** @type {const} */ ("outside"),
    canStop: false,
    stopping: false,
    run: "",
    experiment: "",
  };
  const acts = createActs({
    session,
    ui,
    dirty: frame.dirty,
    flush: frame.flush,
    now: () => idle,
    openRun() {},
    newer: () => null,
  });
  const dialogs = createDialogs({ session, ui, acts, dirty: frame.dirty });
  const [bar, home] = ["bar", "home"].map(createPanel);

  /** @type {string[]} */
  let faults = [];
  session.api.faults().then(
    (found) => {
      faults = found;
      frame.dirty();
    },
    () => {}, // the stream notices that nobody answers, and says so
  );

  const readRuns = async () => {
    try {
      runs = await session.api.runs(30);
      await session.refresh();
    } catch {
      // The stream notices that nobody answers, and says so.
    }
    frame.dirty();
  };

  const onEnd = async (/** @type {string} */ run) => {
    try {
      await session.api.remove(run);
      await readRuns();
    } catch (error) {
      ui.problem = problemOf(error, "The run was not ended.");
    }
    frame.dirty();
  };

  /** @type {import("../views/own.js").Own} */
  const own = { host: "container", image: "", command: "" };
  let ownAsked = false;

  const onStartOwn = async () => {
    const request = ownRequest(own);
    if (!request || ownAsked) return;
    ownAsked = true;
    frame.dirty();
    try {
      const { run } = await session.api.startOwn(request);
      location.assign(`/runs/${encodeURIComponent(run)}`);
    } catch (error) {
      ui.problem = problemOf(error, "It was not started.");
    }
    ownAsked = false;
    frame.dirty();
  };

  /** @param {Partial<import("../views/own.js").Own>} changed */
  const onOwn = (changed) => {
    Object.assign(own, changed);
    frame.dirty();
  };

  /** @param {boolean} shown */
  const work = (shown) => {
    session.fold();
    if (!shown) return;
    const nowMs = session.clock.now();
    const { health, experiments, state, connection } = session;
    if (health && !connection) session.open({ kinds: KINDS, after: health.last_event_id });
    const engineLost = "engine" in state.lost;
    const kernelLost = state.lost.kernel?.reason ?? "";
    bar([health, engineLost, kernelLost, session.viewers, currentTheme()], () =>
      barView(
        {
          health,
          engineLost,
          kernelLost,
          viewers: session.viewers,
          where: "",
          role,
          theme: currentTheme(),
          stage: false,
        },
        nowMs,
        {
          onMenu() {},
          onShare: () => acts.open("share"),
          onTheme: acts.onTheme,
          onHelp: () => acts.open("help"),
        },
      ),
    );
    const note = noteOf(
      {
        stream: connection,
        caughtUpMs: session.caughtUpMs,
        problem: ui.problem,
        health,
        state,
        run: null,
        target: null,
        experiment: null,
        newer: null,
      },
      nowMs,
    );
    const title = "What happens to a signal on its way down?";
    const noEngine = health && health.engine.state !== "ready" ? health.engine : null;
    home(
      [
        experiments,
        faults,
        runs,
        health,
        ui.copied,
        JSON.stringify([note, own, ownAsked]),
        Math.floor(nowMs / TICK_MS),
      ],
      () => html`
      ${note ? html`<div class="home-note">${noteView({ note, title }, nowMs, acts)}</div>` : html`<header class="home-head"><h1>${title}</h1></header>`}
      ${noEngine ? noEngineView({ engine: noEngine, experiments, copied: ui.copied }, nowMs, acts) : nothing}
      ${homeView({ experiments, faults, own: role === "driver" && experiments.length ? ownView({ own, engine: !noEngine, asked: ownAsked }, nowMs, { onOwn, onStartOwn }) : nothing })}
      ${experiments.length ? runsView({ runs, role }, nowMs, { onEnd }) : nothing}`,
    );
    dialogs({ target: null, row: null, from: "outside" });
    frame.at(note ? 1000 : TICK_MS);
  };

  createKeys({
    j: () => alongLinks(document.querySelector(".home-list") ?? document.body, 1),
    k: () => alongLinks(document.querySelector(".home-list") ?? document.body, -1),
    "?": () => acts.open("help"),
  });
  readRuns();
  frame.dirty();
}
