/**
 * The one fold of the page: what the lab recorded, event by event, becomes the state that views are cut from.
 *
 * Pure: no clock, no DOM, nothing remembered beside the state; the same events give the same state live, in replay and
 * in a report.  An event that was folded before is returned from at once, so that a reconnect may send too much but
 * never too little.  What an event does not touch keeps its identity; views compare by that.  Kinds and their fields are
 * those of `app/events/__init__.py`; `tests/test_event_contract.py` holds both together.
 */

import { plain, timeMs } from "../words/text.js";
/** @import { Build, LabEvent, Run, State, Target } from "../wire/types.js" */
/**
 * @import {
 *   AnyEvent, BuildProgressEvent, EventOf, Kind, RunCreatedEvent, RunFinishedEvent, SourceBackEvent,
 *   SourceLostEvent, TargetStartedEvent
 * } from "../wire/types_events.js"
 */
import * as bets from "./bets.js";
import { forecastMade, stopForecastMade } from "./forecasts.js";
import { kernelSaid } from "./kernel.js";
import * as lessons from "./lessons.js";
import { appeared, changed, gone, over } from "./processes.js";
import { recorded } from "./record.js";
import * as stops from "./stops.js";
import { announced, noticed, onTarget, printed } from "./target.js";
import { judged } from "./verdicts.js";

const BUILD_LINES_KEPT = 200;
const GAPS_KEPT = 50;
const FOREIGN_KEPT = 8;

/** @type {Readonly<State>} The state before the first event. */
export const EMPTY = Object.freeze({
  lastId: 0,
  runs: {},
  targets: {},
  lost: {},
  gaps: [],
  builds: {},
  record: [],
  notices: [],
  foreign: [],
});

/** @template {AnyEvent} E @param {(target: Target, event: E) => Target} change @returns {(state: State, event: E) => State} */
const target = (change) => (state, event) => onTarget(state, event, (before) => change(before, event));

/** @param {State} state @param {RunCreatedEvent} event @returns {State} */
const runCreated = (state, event) => {
  const id = event.run ?? "";
  /** @type {Run} */
  const run = {
    id,
    number: event.number,
    experiment: event.experiment ?? null,
    title: event.title,
    question: event.question,
    targets: event.targets.map((each) => each.id),
    status: "running",
    reason: null,
    error: null,
    createdMs: timeMs(event.at),
    finishedMs: null,
    seen: {},
    took: {},
    failed: {},
    unseen: {},
    files: lessons.filesOf(event.files),
    bet: null,
    rehearsal: null,
  };
  const targets = { ...state.targets };
  for (const info of event.targets) targets[info.id] = announced(info, id);
  return { ...state, runs: { ...state.runs, [run.id]: run }, targets };
};

/** @param {State} state @param {LabEvent} event @param {(run: Run) => Run} change @returns {State} */
const onRun = (state, event, change) => {
  const run = state.runs[event.run ?? ""];
  if (!run) return noticed(state, `event ${event.id} (${event.kind}) is about run ${event.run}: nothing announced it`);
  return { ...state, runs: { ...state.runs, [run.id]: change(run) } };
};

/** @template {LabEvent} E @param {(run: Run, event: E) => Run} change @returns {(state: State, event: E) => State} */
const ofRun = (change) => (state, event) => onRun(state, event, (run) => change(run, event));

/** @param {State} state @param {RunFinishedEvent} event @returns {State} */
const runFinished = (state, event) => {
  const finishedMs = timeMs(event.at);
  const after = onRun(state, event, (run) => ({
    ...run,
    status: "finished",
    reason: event.reason,
    error: event.error ?? null,
    finishedMs,
  }));
  const mine = after.runs[event.run ?? ""]?.targets ?? [];
  const targets = { ...after.targets };
  for (const id of mine) targets[id] = over(targets[id], finishedMs);
  const lost = Object.entries(after.lost).filter(([source]) => !mine.some((id) => source.startsWith(`${id}/`)));
  return { ...after, targets, lost: Object.fromEntries(lost) };
};

/** @param {State} state @param {BuildProgressEvent} event @returns {State} */
const buildProgress = (state, event) => {
  const before = state.builds[event.image];
  const goesOn = before?.state === "running" ? before : null; // a new build starts a new log
  const text = plain(event.text).replace(/\n$/, "");
  const lines = [...(goesOn?.lines ?? []), ...(text ? text.split("\n") : [])];
  const commands = [...text.matchAll(/^(?:Step|Layer) \d+\/\d+ : (.*)$/gm)];
  /** @type {Build} */
  const build = {
    image: event.image,
    what: event.what ?? "build",
    state: event.state,
    lines: lines.slice(-BUILD_LINES_KEPT),
    cut: (goesOn?.cut ?? 0) + Math.max(0, lines.length - BUILD_LINES_KEPT),
    step: event.step ?? null,
    steps: event.steps ?? null,
    lacks: event.package ?? null,
    command: commands.at(-1)?.[1] ?? goesOn?.command ?? "",
    sinceMs: goesOn?.sinceMs ?? Date.parse(event.at),
  };
  return { ...state, builds: { ...state.builds, [event.image]: build } };
};

/** @param {SourceLostEvent|SourceBackEvent} event */
const sourceKey = (event) => (event.target === undefined ? event.source : `${event.target}/${event.source}`);

/** @param {State} state @param {SourceLostEvent} event @returns {State} */
const sourceLost = (state, event) => {
  const lost = { reason: event.reason, sinceMs: timeMs(event.at) };
  return { ...state, lost: { ...state.lost, [sourceKey(event)]: lost } };
};

/** What was lost and is back stays: nobody was there to see meanwhile. @param {State} state @param {string[]} sources @param {number} toMs @returns {State} */
const closed = (state, sources, toMs) => {
  const gaps = sources.flatMap((source) => {
    const lost = state.lost[source];
    return lost ? { source, reason: lost.reason, fromMs: lost.sinceMs, toMs: Math.max(lost.sinceMs, toMs) } : [];
  });
  const left = Object.entries(state.lost).filter(([source]) => !sources.includes(source));
  return { ...state, lost: Object.fromEntries(left), gaps: [...state.gaps, ...gaps].slice(-GAPS_KEPT) };
};

/** @param {State} state @param {SourceBackEvent} event @returns {State} */
const sourceBack = (state, event) => closed(state, [sourceKey(event)], timeMs(event.at));

/** @param {Target} before @param {TargetStartedEvent} event @returns {Target} */
const targetStarted = (before, event) => ({
  ...before,
  status: "running",
  startedMs: timeMs(event.at),
  pid: event.pid ?? null,
  containerId: event.container_id ?? null,
  command: event.command,
  equivalent: event.equivalent,
  tty: event.tty,
  stdin: event.stdin,
  stopSignal: event.stop_signal,
  stopTimeoutS: event.stop_timeout_s,
  ports: event.ports ?? {},
  fence: event.fence ?? null,
  without: event.without ?? [],
});

/** One for each kind: a forgotten one is a type error. @type {{[K in Kind]: (state: State, event: EventOf[K]) => State}} */
const FOLDS = {
  lab_started: (state, event) => closed(state, Object.keys(state.lost), timeMs(event.at)), // it looks for all its sources anew, and says which it does not find
  kernel_trial: (state) => state, // the sentences of forecasts say what was seen
  run_created: runCreated,
  run_finished: runFinished,
  build_progress: buildProgress,
  target_starting: target((before, event) => ({ ...before, status: "starting", equivalent: event.equivalent })),
  target_started: target(targetStarted),
  target_exited: target(stops.exited),
  output: target(printed),
  truncated: target((before, event) => (event.what === "output" ? { ...before, truncated: event.limit } : before)),
  process_appeared: target(appeared),
  process_changed: target(changed),
  process_gone: target(gone),
  kernel_signal: target(kernelSaid),
  oom_victim: (state) => state, // its SIGKILL and its end are what the page draws
  forecast: target(forecastMade),
  stop_forecast: target(stopForecastMade),
  signal_requested: target(stops.signalRequested),
  signal_failed: target(stops.signalFailed),
  engine_event: target(stops.engineSaid),
  stop_requested: (state, event) => bets.betsShut(target(stops.stopRequested)(state, event), event),
  stop_escalated: target(stops.stopEscalated),
  stop_overdue: target(stops.stopOverdue),
  stop_finished: target(stops.stopFinished),
  verdict: target(judged),
  step_done: ofRun(lessons.stepDone),
  step_failed: ofRun(lessons.stepFailed),
  step_unseen: ofRun(lessons.stepUnseen),
  file_written: ofRun(lessons.fileWritten),
  pause_requested: target(lessons.pauseRequested),
  exec_requested: target(lessons.execRequested),
  exec_finished: target(lessons.execFinished),
  http_requested: target(lessons.httpRequested),
  http_progress: target(lessons.httpProgress),
  http_finished: target(lessons.httpFinished),
  bet_opened: ofRun(bets.betOpened),
  bet_placed: ofRun(bets.betPlaced),
  bet_closed: ofRun(bets.betClosed),
  foreign_asked: (state) => state, // the doctor's page shows what came of it
  foreign_done: (state, event) => ({ ...state, foreign: [...state.foreign, event].slice(-FOREIGN_KEPT) }),
  rehearsed: ofRun((run, rehearsal) => ({ ...run, rehearsal })),
  source_lost: sourceLost,
  source_back: sourceBack,
};

/** Every kind that is understood. */
export const KINDS = Object.freeze(Object.keys(FOLDS));

/**
 * @param {State} state
 * @param {LabEvent} event
 * @returns {State} the same object when the event was folded before
 */
export function reduce(state, event) {
  if (event.id <= state.lastId) return state;
  const known = Object.hasOwn(FOLDS, event.kind) ? /** @type {AnyEvent} */ (event) : null; // the wire's word is taken for it
  if (!known) return { ...noticed(state, `event ${event.id}: unknown kind ${event.kind}`), lastId: event.id };
  const fold = /** @type {(state: State, event: AnyEvent) => State} */ (FOLDS[known.kind]);
  return { ...fold(state, known), lastId: event.id, record: recorded(state, known) };
}
