/**
 * The history of runs.  What is looked for stands in the address, so that it can be sent to somebody.  As on the home
 * page the stream only says that something changed; then what is shown is read again.
 */

import { html, nothing } from "../lit.js";
import { createFollow } from "../page/follow.js";
import { createFrame } from "../page/frame.js";
import { createKeys } from "../page/keys.js";
import { createPanel } from "../page/panel.js";
import { historyView, importView } from "../views/history.js";
import { noteView } from "../views/note.js";
import { createSession } from "../wire/session.js";
import { linkTo } from "../words/address.js";
import { createDialogs } from "./shared/dialogs.js";
import { problemOf } from "./shared/handlers.js";
import { alongLinks } from "./shared/keys.js";
import { handlersOffStage } from "./shared/off_stage.js";
import { createBarOffStage, noteOffStage } from "./shared/off_stage_head.js";
import { createUi } from "./shared/ui.js";

/** @import { KeptRun } from "../wire/types.js" */
/** @import { Wish } from "../views/history.js" */

const KINDS = ["run_created", "run_finished", "stop_finished", "verdict", "source_lost", "source_back", "lab_started"];
const PAGE = 50;
const MOST = 500; // read again at once; the API's limit
const SETTLE_MS = 150; // between the last key and the question
const TICK_MS = 15_000;

/** @param {string} search @returns {Wish} */
export const wishOf = (search) => {
  const query = new URLSearchParams(search);
  return {
    q: query.get("q") ?? "",
    outcome: query.get("outcome") ?? "",
    experiment: query.get("experiment") ?? "",
  };
};

/** @param {Wish} wish @returns {string} the address that asks for it */
export const addressOf = (wish) => {
  const query = new URLSearchParams(Object.entries(wish).filter(([, value]) => value));
  return linkTo(query.size ? `/runs?${query}` : "/runs");
};

export function startRuns() {
  const role = document.body.dataset.role === "driver" ? "driver" : "viewer";
  const ui = createUi();
  let wish = wishOf(location.search);
  /** @type {KeptRun[]|null} */
  let runs = null;
  let total = 0;
  /** @type {string|null} */
  let next = null;
  let wanted = PAGE; // how many are to be shown: a page that was asked for comes, also where news make all be read anew
  /** @type {string|null} */
  let asking = null;
  let asked = 0; // questions so far: only the answer to the last one counts
  let timer = 0;
  let importing = false;

  const frame = createFrame((shown) => work(shown));
  const session = createSession({ role, dirty: frame.dirty, onEvent: () => later(SETTLE_MS) });
  const handlers = handlersOffStage({ session, ui, frame });
  const follow = createFollow({ role, dirty: frame.dirty });
  const here = () => ({ led: follow.elsewhere(session.focus), onFollow: follow.toggle });
  const dialogs = createDialogs({ session, ui, handlers, dirty: frame.dirty, here });
  const bar = createBarOffStage({ session, handlers, page: "runs", dirty: frame.dirty });
  const hist = createPanel("hist");

  /** @param {boolean} more - the next page, instead of what is shown anew */
  const read = async (more) => {
    clearTimeout(timer);
    asked += 1;
    const mine = asked;
    if (more) wanted = (runs?.length ?? 0) + PAGE;
    const limit = more ? PAGE : Math.min(MOST, Math.max(wanted, runs?.length ?? 0));
    try {
      const found = await session.api.history({ ...wish, limit, before: more ? next : null });
      if (mine !== asked) return;
      runs = more ? [...(runs ?? []), ...found.runs] : found.runs;
      ({ total, next } = found);
    } catch (error) {
      if (mine === asked) ui.problem = problemOf(error, "The runs could not be read.");
    }
    frame.dirty();
  };

  /** @param {number} inMs */
  const later = (inMs) => {
    clearTimeout(timer);
    timer = window.setTimeout(() => read(false), inMs);
  };

  /** @param {Promise<unknown>} done @param {string} what */
  const tell = async (done, what) => {
    try {
      await done;
    } catch (error) {
      ui.problem = problemOf(error, what);
    }
    asking = null;
    await read(false);
  };

  const mine = {
    /** @param {Partial<Wish>} change */
    onWish(change) {
      wish = { ...wish, ...change };
      wanted = PAGE;
      asking = null;
      history.replaceState(null, "", addressOf(wish));
      later(SETTLE_MS);
      frame.dirty();
    },
    onMore: () => read(true),
    /** @param {string|null} run */
    onAsk(run) {
      asking = run;
      frame.flush();
      if (run !== null) /** @type {HTMLElement|null} */ (document.querySelector(".hist-do .btn-main + .btn"))?.focus();
    },
    /** @param {string} run */
    onForget: (run) => tell(session.api.forget(run), "The run was not deleted."),
    /** @param {string} run */
    onEnd: (run) => tell(session.api.remove(run), "The run was not ended."),
  };

  /** @param {File} file */
  const onFile = async (file) => {
    if (role !== "driver" || importing) return;
    importing = true;
    ui.problem = null;
    frame.dirty();
    try {
      const { run } = await session.api.importRun(file);
      location.assign(linkTo(`/runs/${encodeURIComponent(run)}`));
    } catch (error) {
      ui.problem = problemOf(error, `${file.name} was not imported.`);
    }
    importing = false;
    frame.dirty();
  };

  /** A file may be dropped anywhere on the page. @param {DragEvent} event */
  const onDrag = (event) => {
    if (role !== "driver" || !event.dataTransfer?.types.includes("Files")) return;
    event.preventDefault();
    if (event.type === "dragover") document.body.dataset.drop = "";
    else delete document.body.dataset.drop;
    const file = event.type === "drop" ? event.dataTransfer.files[0] : undefined;
    if (file) onFile(file);
  };
  for (const kind of /** @type {const} */ (["dragover", "dragleave", "drop"])) addEventListener(kind, onDrag);

  /** @param {boolean} shown */
  const work = (shown) => {
    session.fold();
    if (!shown) return;
    const nowMs = session.clock.now();
    const { health, experiments } = session;
    if (health && !session.following) {
      session.open({ kinds: KINDS, after: health.last_event_id });
      later(0); // those read before know nothing of what happened between their answer and this id
    }
    bar(here(), nowMs);
    const note = noteOffStage({ session, ui }, nowMs);
    const extra = role === "driver" ? importView({ importing }, nowMs, { onFile }) : nothing;
    /** @type {Parameters<typeof historyView>[0]} */
    const slice = { runs, total, more: next !== null, wish, experiments, asking, role, extra };
    hist(
      [runs, total, next, JSON.stringify([wish, note]), experiments, asking, importing, Math.floor(nowMs / TICK_MS)],
      () =>
        html`${note ? noteView({ note, title: "Runs" }, nowMs, handlers) : nothing}${historyView(slice, nowMs, mine)}`,
    );
    dialogs({ target: null, row: null, from: "outside" });
    frame.at(note ? 1000 : TICK_MS);
  };

  createKeys({
    j: () => alongLinks(document.querySelector(".hist-list") ?? document.body, 1),
    k: () => alongLinks(document.querySelector(".hist-list") ?? document.body, -1),
    "/": () => /** @type {HTMLElement|null} */ (document.querySelector(".hist-find input"))?.focus(),
    "?": () => handlers.open("help"),
  });
  read(false);
  session.refresh();
  frame.dirty();
}
