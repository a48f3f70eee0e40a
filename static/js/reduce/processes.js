/**
 * The rows of the board.  A row is a place, not a process: it keeps its identity while like processes come and go in it,
 * so that nothing moves under the pointer.  What is gone stays, struck, while the stop is under way; later events take
 * it away (the selector hides it by the clock before that).  Who sent or got a signal is kept for the fall, and is no
 * row any more.
 */

/** @import { Process, Target } from "../wire/types.js" */
/** @import { ProcessAppearedEvent, ProcessChangedEvent, ProcessGoneEvent } from "../wire/types_events.js" */
import { timeMs, visible } from "../words/text.js";

const GONE_KEPT_MS = 1000;

/** @param {{pid: number, start: number}} process */
const keyOf = ({ pid, start }) => `${pid}:${start}`;

/** @param {Target} target */
export const stopping = (target) => target.stop !== null && target.stop.finished === null;

/** @param {Target} target @param {Process} process @returns {Target} */
const withRow = (target, process) => ({ ...target, processes: { ...target.processes, [process.row]: process } });

/** Rows of processes that went a while ago, taken away; none during a stop. @param {Target} target @param {number} atMs */
const swept = (target, atMs) => {
  const rows = Object.values(target.processes);
  const stays = (/** @type {Process} */ { goneMs, past }) => goneMs === null || past || atMs - goneMs < GONE_KEPT_MS;
  if (stopping(target) || rows.every(stays)) return target;
  const met = new Set(target.kernel.flatMap(({ pid, senderPid }) => [pid, senderPid]));
  const left = rows.flatMap((process) => {
    if (stays(process) && !process.past) return [process];
    return met.has(process.pid) ? [process.past ? process : { ...process, past: true }] : [];
  });
  return { ...target, processes: Object.fromEntries(left.map((process) => [process.row, process])) };
};

/** @param {Target} target @param {ProcessAppearedEvent} event @returns {Target} */
export const appeared = (target, event) => {
  const atMs = timeMs(event.at);
  const key = keyOf(event);
  return withRow(swept(target, atMs), {
    key,
    row: key,
    pid: event.pid,
    start: event.start,
    nsPid: event.ns_pid ?? event.pid,
    ppid: event.ppid ?? 0,
    comm: visible(event.comm ?? ""),
    argv: (event.argv ?? []).map(visible),
    state: event.state ?? "",
    threads: event.threads ?? 1,
    dispositions: event.dispositions ?? null,
    isInit: event.is_init ?? false,
    traced: event.traced ?? false,
    frozen: event.frozen ?? false,
    threadMasks: event.thread_masks ?? [],
    forecast: null,
    ended: null,
    respawns: 0,
    appearedMs: atMs,
    changedMs: atMs,
    goneMs: null,
    past: false,
  });
};

/**
 * Only what differs is set in the event.  With `was` the row has a newcomer: same place, same parent, same command line.
 *
 * @param {Target} target
 * @param {ProcessChangedEvent} event
 * @returns {Target}
 */
export const changed = (target, event) => {
  const key = keyOf(event);
  const rows = Object.values(target.processes);
  const old =
    event.was === undefined
      ? rows.find((process) => process.key === key)
      : rows.findLast((process) => process.pid === event.was && process.goneMs === null);
  if (!old) return target;
  return withRow(swept(target, timeMs(event.at)), {
    ...old,
    key,
    pid: event.pid,
    start: event.start,
    nsPid: event.ns_pid ?? old.nsPid,
    ppid: event.ppid ?? old.ppid,
    comm: event.comm === undefined ? old.comm : visible(event.comm),
    argv: event.argv?.map(visible) ?? old.argv,
    state: event.state ?? old.state,
    threads: event.threads ?? old.threads,
    dispositions: event.dispositions ?? old.dispositions,
    isInit: event.is_init ?? old.isInit,
    traced: event.traced ?? old.traced,
    frozen: event.frozen ?? old.frozen,
    threadMasks: event.thread_masks ?? old.threadMasks,
    ended: null,
    respawns: event.respawns ?? old.respawns,
    changedMs: timeMs(event.at),
    goneMs: null,
    past: false,
  });
};

/** @param {Target} target @param {ProcessGoneEvent} event @returns {Target} */
export const gone = (target, event) => {
  const atMs = timeMs(event.at);
  const old = Object.values(target.processes).find((process) => process.key === keyOf(event));
  return old ? withRow(swept(target, atMs), { ...old, goneMs: atMs, ended: event.ended ?? null }) : target;
};

/**
 * When a run is over, nothing of it is alive, also what nobody saw go.
 *
 * @param {Target} target
 * @param {number} overMs
 * @returns {Target}
 */
export const over = (target, overMs) => {
  const rows = Object.values(target.processes);
  const ended = rows.map((process) => [
    process.row,
    process.goneMs === null ? { ...process, goneMs: overMs } : process,
  ]);
  return { ...target, overMs, processes: Object.fromEntries(ended) };
};
