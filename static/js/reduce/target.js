/**
 * A target and the small moves that the folds of its events are made of.  Pure; unchanged parts keep their identity.
 */

/** @import { LabEvent, Mark, State, Target } from "../wire/types.js" */
/** @import { OutputEvent, TargetInfo } from "../wire/types_events.js" */
import { firstLine, timeMs } from "../words/text.js";

export const MARKS_KEPT = 200;
export const OUTPUT_KEPT = 256 * 1024;
export const CHUNKS_KEPT = 4096; // each new one copies the list; a terminal does not scroll back much further anyway
const OUTPUT_MARK_EVERY_MS = 100; // a flood is one mark in this time: more could not be told apart on the fall

/**
 * A target as its run announces it: nothing was started yet, so the rest is what holds until it is told otherwise.
 *
 * @param {TargetInfo} info
 * @param {string} run
 * @returns {Target}
 */
export const announced = ({ id, name, host, tty = false, later = false }, run) => ({
  id,
  run,
  name,
  host,
  tty,
  later,
  stdin: false,
  status: "new",
  equivalent: "",
  command: [],
  containerId: null,
  pid: null,
  stopSignal: "SIGTERM",
  stopTimeoutS: 10,
  startedMs: null,
  exit: null,
  processes: {},
  stop: null,
  sent: {},
  lastSent: null,
  marks: [],
  kernel: [],
  stopForecast: null,
  output: [],
  outputSize: 0,
  truncated: null,
  ports: {},
  fence: null,
  without: [],
  execs: [],
  downloads: [],
  verdicts: [],
  overMs: null,
});

/**
 * @param {State} state
 * @param {LabEvent} event
 * @param {(target: Target) => Target} change
 * @returns {State} with a notice when no run announced the target
 */
export const onTarget = (state, event, change) => {
  const id = event.target ?? "";
  const target = state.targets[id];
  if (!target)
    return noticed(state, `event ${event.id} (${event.kind}) is about ${id || "no target"}: nothing announced it`);
  const changed = change(target);
  return changed === target ? state : { ...state, targets: { ...state.targets, [id]: changed } };
};

const NOTICES_KEPT = 50;

/** @param {State} state @param {string} notice @returns {State} */
export const noticed = (state, notice) => ({ ...state, notices: [...state.notices, notice].slice(-NOTICES_KEPT) });

/**
 * @param {Target} target
 * @param {LabEvent} event
 * @param {Pick<Mark, "lane"|"what"|"text"> & Partial<Mark>} mark
 * @returns {Target}
 */
export const marked = (target, event, mark) => ({
  ...target,
  marks: target.marks.slice(1 - MARKS_KEPT).concat({ id: event.id, atMs: timeMs(event.at), ...mark }),
});

/**
 * Output kept for the terminal, and a mark with its first line.
 *
 * @param {Target} target
 * @param {OutputEvent} event
 * @returns {Target}
 */
export const printed = (target, event) => {
  let size = target.outputSize + event.text.length;
  let from = 0;
  const all = target.output.concat({ id: event.id, text: event.text, leftOut: event.left_out ?? 0 }); // not a spread: that is slow where it is long
  for (; (size > OUTPUT_KEPT || all.length - from > CHUNKS_KEPT) && from < all.length - 1; from += 1)
    size -= all[from].text.length;
  const kept = { ...target, output: from ? all.slice(from) : all, outputSize: size };
  const line = firstLine(event.text, 40);
  const last = target.marks.at(-1);
  const close = last?.what === "output" && timeMs(event.at) - last.atMs < OUTPUT_MARK_EVERY_MS;
  return !line || close ? kept : marked(kept, event, { lane: "program", what: "output", text: `prints “${line}”` });
};
