/**
 * The stage: one experiment, or one run of it.  This module cuts the state into slices and gives each panel its own;
 * what a person does is in `stage_acts.js`, what is remembered in `stage_ui.js`, the larger panels have modules of
 * their own.
 *
 * Everything is drawn from the folded state, once per frame.  A start changes the address but not the page, so nothing
 * jumps and the terminal stays.
 */

import { createAnnouncer } from "../announce.js";
import { createForeteller } from "../foretell.js";
import { createFrame } from "../frame.js";
import { createPanel } from "../panel.js";
import { clockOf, fallOf, recordOf, resultOf, rootOf, witnessesOf } from "../selectors.js";
import { createSession } from "../session.js";
import { openStream } from "../stream.js";
import { fieldView } from "../views/field.js";
import { resultView } from "../views/result.js";
import { stopAsked } from "../views/stop.js";
import { tabsView } from "../views/tabs.js";
import { createActs } from "./stage_acts.js";
import { createBoard } from "./stage_board.js";
import { createDialogs } from "./stage_dialogs.js";
import { createHead } from "./stage_head.js";
import { createStageKeys } from "./stage_keys.js";
import { createLanes } from "./stage_lanes.js";
import { createLesson } from "./stage_lesson.js";
import { createRecord, eventOf } from "./stage_record.js";
import { slotView } from "./stage_slot.js";
import { createTerminalPanel } from "./stage_terminal.js";
import { createUi, forgetAnswered, forgetRun } from "./stage_ui.js";

/** @import { BoardRow, LabEvent, Origin, RunFacts, Target } from "../types.js" */
/** @import { FallSize } from "../views/fall.js" */

const LAB_KINDS = ["lab_started", "source_lost", "source_back", "build_progress", "run_created"];
const TICK_MS = 1000; // what is told in whole seconds
const MOVING = new Set(["stopping", "overdue", "up", "unknown"]);

/** @returns {FallSize} */
const fallSize = () =>
  matchMedia("(max-width: 40rem)").matches ? "s" : matchMedia("(min-width: 100rem)").matches ? "l" : "m";

export function startStage() {
  const { dataset } = document.body;
  const role = dataset.role === "driver" ? "driver" : "viewer";
  const ui = createUi();
  dataset.tab = ui.tab;
  ui.evidence = eventOf(location.hash);
  let runId = dataset.run ?? "";
  /** @type {RunFacts|null} */
  let newer = null;
  /** @type {{close: () => void}|null} */
  let lookout = null;

  const frame = createFrame((shown) => work(shown));
  const session = createSession({ role, dirty: frame.dirty, onEvent: (event) => look(event) });

  /** What the last frame was about: acts and keys need it. */
  const now = {
    target: /** @type {Target|null} */ (null),
    row: /** @type {BoardRow|null} */ (null),
    rows: /** @type {BoardRow[]} */ ([]),
    isRoot: true,
    from: /** @type {Origin} */ ("outside"),
    canStop: false,
    stopping: false,
    run: runId,
    experiment: dataset.experiment ?? "",
  };

  /** @param {string} run @param {boolean} [push] */
  const openRun = (run, push = true) => {
    runId = now.run = dataset.run = run;
    newer = null;
    lookout?.close();
    lookout = null;
    forgetRun(ui);
    if (push) history.pushState(null, "", `/runs/${encodeURIComponent(run)}`);
    session.open({ run });
    frame.dirty();
  };

  /** Watches for what is started next: a viewer goes along with a run of the same experiment. @param {LabEvent & any} event */
  const look = (event) => {
    if (event.kind !== "run_created" || event.run === runId) return;
    if (role === "viewer" && event.experiment === now.experiment) {
      queueMicrotask(() => openRun(event.run));
      return;
    }
    newer = {
      run: event.run,
      number: event.number,
      experiment: event.experiment ?? null,
      title: event.title,
      created_at: event.at,
      status: "running",
      reason: null,
      finished_at: null,
      result: null,
      last_event_id: event.id,
    };
    frame.dirty();
  };

  const acts = createActs({
    session,
    ui,
    dirty: frame.dirty,
    flush: frame.flush,
    now: () => now,
    openRun,
    newer: () => newer?.run ?? null,
  });
  const stage = { session, ui, acts, dirty: frame.dirty, at: frame.at };
  const head = createHead(stage);
  const board = createBoard(stage);
  const dialogs = createDialogs(stage);
  const record = createRecord(stage);
  const lesson = createLesson(stage);
  const lanes = createLanes(stage);
  const terminal = createTerminalPanel(stage);
  const foretell = createForeteller({ ask: session.api.forecast, dirty: frame.dirty });
  const announce = createAnnouncer(/** @type {HTMLElement} */ (document.getElementById("says")));
  const [field, verd, tabs] = ["field", "verd", "tabs"].map(createPanel);
  createStageKeys(acts, {
    rows: () => now.rows,
    selected: () => now.row?.row ?? null,
    stopping: () => now.stopping,
    driver: role === "driver",
    typing: () => ui.typed !== "",
    lane: (index) => lanes.choose(session.state.runs[runId] ?? null, index),
  });

  /** @param {boolean} shown */
  const work = (shown) => {
    session.fold();
    forgetAnswered(ui, session.state); // in every frame: an event may be here before the answer that names it
    if (!shown) return;
    const nowMs = session.clock.now();
    const { state, health, experiments, connection } = session;
    if (!runId && health && !connection) session.open({ kinds: LAB_KINDS, after: health.last_event_id });
    const run = state.runs[runId] ?? null;
    now.experiment = run?.experiment ?? dataset.experiment ?? "";
    const experiment = experiments.find(({ id }) => id === now.experiment) ?? null;
    const target = lanes.chosen(run, experiment, nowMs);
    const root = rootOf(target);
    const clock = clockOf(target, state, nowMs, health?.engine.state);
    const asked = target ? stopAsked(ui.choice, target) : undefined;
    const forecast = asked ? foretell(target, asked) : null;
    const fallAsked = asked && { ...asked, forecast };
    const witnesses = witnessesOf(state, health);
    const result = resultOf(target);
    const alive = target?.status === "running";
    const equivalent = target?.equivalent || experiment?.targets[0]?.equivalent || "";
    const question = run?.question || experiment?.question || dataset.question || dataset.title || "";
    const title = run?.title || experiment?.title || dataset.title || "";
    Object.assign(now, {
      target,
      canStop: clock.state === "ready",
      stopping: MOVING.has(clock.state) && clock.state !== "overdue",
    });
    if (run?.status === "finished" && health && !lookout)
      lookout = openStream({
        kinds: ["run_created"],
        after: Math.max(state.lastId, health.last_event_id ?? 0),
        onEvent: look,
        onHeartbeat() {},
        onReset() {},
        onState() {},
        probe: session.api.probe,
      });

    const noted = head({ run, target, experiment, title, question, equivalent, newer }, nowMs);
    const several = lanes.count(run, experiment, runId) > 1;
    const cut = several ? lanes.cut(run, experiment, target, nowMs, { witnesses, asked: fallAsked }) : null;
    const slot = slotView(stage, clock, { run, target, experiment, runId, forecast, lanes: cut?.lanes });
    const fall = cut ? null : fallOf(target, nowMs, witnesses, fallAsked, session.table?.signals);
    field([{}], () => (cut ? lanes.view(cut, target, slot) : fall && fieldView({ fall, size: fallSize(), slot })));
    Object.assign(now, board(target, root, nowMs));
    terminal(run, target);
    record(
      run ? recordOf(state, (run.targets.length > 1 && target?.id) || null) : [],
      run ? session.api.exportUrl(runId) : null,
    );
    const second = Math.floor(nowMs / TICK_MS);
    verd(
      [
        result?.say,
        run,
        target?.stop,
        target?.status,
        root?.key,
        experiment,
        question,
        equivalent,
        ui.copied,
        forecast,
        alive && second,
      ],
      () =>
        resultView(
          { result, run, target, root, experiment, question, equivalent, copied: ui.copied, forecast },
          nowMs,
          acts,
        ),
    );
    lesson(run, experiment);
    tabs([ui.tab], () => tabsView({ tab: ui.tab }, nowMs, acts));
    dialogs({ target, row: now.row, from: now.from });
    announce(target, clock, result, nowMs);
    if (cut) lanes.announce(cut);
    document.title = `${title} · Signal Lab`;
    frame.moves(MOVING.has(clock.state) || (cut ? cut.moves : fall?.now !== null));
    if (alive || cut?.alive || noted) frame.at(TICK_MS);
  };

  addEventListener("hashchange", () => {
    ui.evidence = eventOf(location.hash);
    ui.evidenceShown = false;
    if (ui.evidence !== null) Object.assign(ui, { follow: false, tab: "record" });
    dataset.tab = ui.tab;
    frame.dirty();
  });
  addEventListener("popstate", () => {
    const run = /^\/runs\/([^/]+)$/.exec(location.pathname)?.[1];
    if (run === undefined) location.reload();
    else if (decodeURIComponent(run) !== runId) openRun(decodeURIComponent(run), false);
  });
  for (const query of ["(max-width: 40rem)", "(min-width: 100rem)"])
    matchMedia(query).addEventListener("change", frame.dirty);

  if (runId) openRun(runId, false);
  ui.evidence = eventOf(location.hash);
  session.refresh();
  frame.dirty();
}
