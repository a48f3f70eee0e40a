/**
 * One sentence per event, for the record: what the author said, in plain words, present tense, no jargon of ours.
 *
 * What is not here is not in the record, on purpose: guesses one by one, processes that come, change and go (the board shows them; a `sleep`
 * each second would drown the rest), ticks of the lesson, what the start of a target is about to do, forecasts, and the
 * lines of an image's build between its beginning and its end.  Output and the kernel's word fold, in `record.js`.
 */

/** @import { State, Target } from "../wire/types.js" */
/** @import { AnyEvent, EventOf, Kind, SourceBackEvent, SourceLostEvent } from "../wire/types_events.js" */
import { nameFor } from "./kernel.js";
import { exitedWith, firstLine, seconds, timeoutWords, whoDid } from "./text.js";

/** @type {Record<string, string>} */
const RUN_ENDS = {
  ended: "the run is over",
  failed: "the run failed",
  removed: "the run was ended and removed",
  lab_stopped: "the run ended: the lab was stopped",
  lab_was_gone: "the run ended while the lab was gone",
};

/** By rule of the forecast and outcome. @type {Record<string, Record<string, string>>} */
const TRIALS = {
  fatal_to_init: {
    ends: "a signal that its first thread blocks and another one takes ends even PID 1",
    drops: "PID 1 is protected also from a signal that its first thread blocks and another one takes",
  },
};

/** @type {Record<string, (name: string) => string>} */
const ENGINE_SAYS = {
  create: (name) => `creates ${name}`,
  start: (name) => `starts ${name}`,
  stop: (name) => `has stopped ${name}`,
  oom: (name) => `${name} is out of memory`,
  pause: (name) => `freezes ${name}`,
  unpause: (name) => `lets ${name} go on`,
  destroy: (name) => `removes ${name}`,
};

/** "python3 (1)", or the target's name where no process is named or known. @param {Target|undefined} target @param {number|undefined} pid */
const receiver = (target, pid) => {
  if (pid === undefined) return target?.name ?? "it";
  const process = Object.values(target?.processes ?? {}).find((each) => each.nsPid === pid && each.goneMs === null);
  return process ? `${process.comm} (${pid})` : `process ${pid}`;
};

/** @type {Record<string, string>} */
const SOURCES = { kernel: "the kernel’s trace", journal: "the journal", lab: "the lab" };
/** @param {SourceLostEvent|SourceBackEvent} event */
const sourceName = ({ source }) => SOURCES[source] ?? source;

/** The lab has said it already. @param {{text: string}} event */
const itself = ({ text }) => text;

/** @type {{[K in Kind]?: (event: EventOf[K], target: Target|undefined, state: State) => string|null}} */
const SAYS = {
  lab_started: (event) => `Signal Lab ${event.version} starts`,
  kernel_trial: ({ release, outcome, rule = "fatal_to_init" }) =>
    `the kernel ${release} was tried: ${TRIALS[rule]?.[outcome] ?? outcome}`,
  run_created: (event) => `starts run ${event.number}: ${event.title}`,
  run_finished: (event) => `${RUN_ENDS[event.reason] ?? event.reason}${event.error ? `: ${event.error}` : ""}`,
  build_progress: (event, _, state) => {
    if (event.state === "done") return `image ${event.image} is ready`;
    const pull = event.what === "pull";
    if (event.state === "cancelled") return `the ${pull ? "pull" : "build"} of image ${event.image} was cancelled`;
    if (event.state === "failed")
      return `image ${event.image} could not be ${pull ? "pulled" : "built"}${event.package ? `: package ${event.package}` : ""}`;
    return state.builds[event.image]?.state === "running" ? null : `${pull ? "pulls" : "builds"} image ${event.image}`;
  },
  target_started: (event, target) => {
    const where = target?.host === "container" ? " on the engine’s machine" : "";
    const process = event.pid === undefined ? "" : `: process ${event.pid}${where}`;
    const fence = event.fence === "docker" ? ", behind the engine’s usual fence" : "";
    const without = event.without?.length ? `, without a limit of ${event.without.join(" and ")}` : "";
    return `${target?.name ?? "it"} is running${process}${fence}${without}`;
  },
  target_exited: (event, target) => {
    const said = target?.marks.some(({ lane, what }) => lane === "engine" && what === "end") ?? false;
    if (said && event.author === "engine") return null; // its `die` has told that
    const code = event.exit_code ?? null;
    const memory = event.oom ? ", no memory left" : "";
    return event.signal ? `ended by ${event.signal}${memory}` : exitedWith(code);
  },
  truncated: ({ what, limit }) =>
    `more than ${limit}${what === "kernel_signals" ? " from the kernel" : ""}: the rest is left out${what === "output" ? ", but for its last lines" : ""}`,
  signal_requested: (event, target) => {
    const inside = event.from === "inside" ? ", from inside" : "";
    const group = event.group ? " and its process group" : "";
    return `${whoDid(event.by)} sends ${event.signal} to ${receiver(target, event.pid)}${group}${inside}`;
  },
  signal_failed: (event) => `${event.signal} was not sent: ${event.error}`,
  engine_event: (event, target) => {
    const name = target?.name ?? "it";
    if (event.action === "kill") return `${event.signal ?? "a signal"} to ${name}`;
    if (event.action === "die") return `${name} ended, exit code ${event.exit_code ?? "unknown"}`;
    return ENGINE_SAYS[event.action]?.(name) ?? `${event.action} ${name}`;
  },
  pause_requested: (event, target) =>
    `${whoDid(event.by)} ${event.paused ? "pauses" : "lets go on"} ${target?.name ?? "it"}`,
  exec_requested: (event, target) => `${whoDid(event.by)} runs “${event.command.join(" ")}” in ${target?.name ?? "it"}`,
  exec_finished: (event) => {
    const first = firstLine(event.output, 60);
    return `${first ? `answers “${first}”` : "prints nothing"}, ${exitedWith(event.exit_code ?? null)}`;
  },
  http_requested: (event) => `${whoDid(event.by)} gets ${event.url}`,
  http_finished: (event) => {
    if (event.status === undefined) return `no answer: ${event.error ?? "nobody knows why"}`;
    const whole = event.complete ? "whole" : "cut short";
    return `answers ${event.status}, ${event.received.toLocaleString("en")} bytes, ${whole} after ${seconds(event.took_s)}`;
  },
  file_written: (event) => `${whoDid(event.by)} writes ${event.name}`,
  step_failed: (event) => `not seen in step ${event.step + 1}: ${event.why}`,
  step_unseen: (event) => `cannot be seen here, step ${event.step + 1}: ${event.why}`,
  stop_requested: (event, target) => {
    const using = event.signal === (target?.stopSignal ?? "SIGTERM") ? "" : ` with ${event.signal}`;
    return `${whoDid(event.by)} asks for a stop${using}, ${timeoutWords(event.timeout_s)}`;
  },
  stop_escalated: (event, target) =>
    event.reason === "timeout"
      ? `the time is up: SIGKILL to ${target?.name ?? "it"}`
      : `${whoDid(event.by)} asks for SIGKILL now`,
  stop_overdue: (event) => `the time was up ${event.late_s} s ago, and nobody has said that it ended`,
  stop_finished: (event) => {
    if (event.error) return `the stop failed: ${event.error}`;
    return `the stop took ${seconds(event.took_s ?? null)}: ${exitedWith(event.exit_code ?? null)}`;
  },
  oom_victim: (event) => `no memory left: ${nameFor(event.comm)} (${event.ns_pid ?? event.pid}) is chosen to be killed`,
  bet_opened: (event) => `${whoDid(event.by)} asks everybody to guess first`,
  rehearsed: itself,
  foreign_asked: itself,
  foreign_done: itself,
  bet_closed: (event) => (event.reason === "person" ? "no more guesses are taken" : "guesses are closed"),
  verdict: (event) => `verdict: ${event.text}`,
  source_lost: (event) => `${sourceName(event)} lost: ${event.reason}`,
  source_back: (event) =>
    `${sourceName(event)} is back${event.missing ? `; at least ${event.missing.toLocaleString("en")} of its records are missing` : ""}`,
};

/**
 * @param {AnyEvent} event
 * @param {State} state - as it was before the event
 * @returns {string|null} null: not in the record
 */
export const wordsFor = (event, state) => {
  const target = event.target === undefined ? undefined : state.targets[event.target];
  const says = /** @type {((event: AnyEvent, target: Target|undefined, state: State) => string|null)|undefined} */ (
    SAYS[event.kind]
  );
  return says?.(event, target, state) ?? null;
};
