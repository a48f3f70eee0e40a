/**
 * The rows of the board.  Their order is the tree's, and within it that of the row's *first* process: a newcomer in a
 * row that comes and goes must not move it.
 */

/** @import { BoardCell, BoardRow, Masks, Process, Signal, SignalTable, Target } from "../wire/types.js" */
import { actionOf, has } from "../words/signals.js";
import { counted, plain } from "../words/text.js";

const SHOWN_MS = 1000; // how long a row is marked as new, or stays when it is gone

/**
 * The signals that have a key on the board, in their order.
 *
 * @param {SignalTable} table
 * @returns {Signal[]}
 */
export const keysOf = (table) =>
  table.keys.flatMap((name) => table.signals.find((signal) => signal.name === name) ?? []);

/** @type {WeakMap<Masks, WeakMap<readonly Signal[], BoardCell[]>>} masks never change in place, so this is safe */
const known = new WeakMap();

/** @param {Masks|null} masks @param {readonly Signal[]} keys @returns {BoardCell[]} */
const decoded = (masks, keys) =>
  keys.map((signal) => ({
    signal: signal.name,
    action: actionOf(masks, signal),
    blocked: masks !== null && has(masks.blocked, signal.number),
    pending: masks !== null && has(masks.pending, signal.number),
    waited: masks !== null && has(masks.waited ?? "", signal.number),
    signalfd: masks !== null && has(masks.signalfd ?? "", signal.number),
  }));

/**
 * What a process does with each of the signals; the same array while its masks are the same.
 *
 * @param {Process|null} process - null: nobody to ask, all unknown
 * @param {readonly Signal[]} keys
 * @returns {BoardCell[]}
 */
export const cellsOf = (process, keys) => {
  const masks = process?.dispositions ?? null;
  if (!masks) return decoded(null, keys);
  const byKeys = known.get(masks) ?? new WeakMap();
  known.set(masks, byKeys);
  const cells = byKeys.get(keys) ?? decoded(masks, keys);
  byKeys.set(keys, cells);
  return cells;
};

/** @param {Process} a @param {Process} b */
const byFirst = (a, b) => {
  const [pidA, startA] = a.row.split(":").map(Number);
  const [pidB, startB] = b.row.split(":").map(Number);
  return startA - startB || pidA - pidB;
};

/**
 * Parents before their children, each with its depth, and whether it is the last one of its parent's.
 *
 * @param {Process[]} processes
 * @returns {{process: Process, depth: number, last: boolean}[]}
 */
const inTree = (processes) => {
  const byPid = new Map();
  for (const process of processes)
    if (process.goneMs === null || !byPid.has(process.pid)) byPid.set(process.pid, process);
  /** @type {Map<Process|null, Process[]>} */
  const children = new Map();
  for (const process of processes.toSorted(byFirst)) {
    const found = byPid.get(process.ppid) ?? null;
    const parent = found === process ? null : found;
    const siblings = children.get(parent);
    if (siblings) siblings.push(process);
    else children.set(parent, [process]);
  }
  /** @type {{process: Process, depth: number, last: boolean}[]} */
  const rows = [];
  /** @param {Process|null} parent @param {number} depth */
  const walk = (parent, depth) => {
    const siblings = children.get(parent) ?? [];
    for (const process of siblings) {
      rows.push({ process, depth, last: process === siblings.at(-1) });
      walk(process, depth + 1);
    }
  };
  walk(null, 0);
  return rows;
};

const ENDED = { exited: "exited", killed: "killed", dumped_core: "dumped core" };

/** What is remarkable about it, the most important first. @param {Process} process @param {number} differ */
const noteOf = (process, differ) => {
  const { state, threads, respawns, isInit, frozen, traced, ended, goneMs } = process;
  const notes = [];
  if (goneMs !== null && ended) notes.push(ENDED[ended]);
  if (isInit) notes.push("PID 1");
  if (state === "Z") notes.push("zombie");
  if (frozen) notes.push("frozen");
  if (state === "T" || state === "t") notes.push("stopped");
  if (state === "D" && !frozen) notes.push("uninterruptible");
  if (traced) notes.push("traced");
  if (respawns > 0) notes.push(`comes and goes: ${counted(respawns, "time")}`);
  if (threads > 1 && !differ) notes.push(`${threads} threads`);
  return notes.join(", ") || null;
};

/** How many threads block or wait for other signals than the first one. @param {Process} process */
const differing = ({ pid, threadMasks }) => {
  const leader = threadMasks.find(({ tid }) => tid === pid) ?? threadMasks[0];
  return threadMasks.filter(({ blocked, waited }) => blocked !== leader.blocked || waited !== leader.waited).length;
};

/**
 * Those that are shown now.  When a target has ended, hundreds may follow it one by one: what is gone stays until the last
 * of them is, so that no row moves up meanwhile.
 *
 * @param {Target} target @param {number} nowMs
 */
const shownOf = (target, nowMs) => {
  const all = Object.values(target.processes).filter(({ past }) => !past);
  if (target.stop && !target.stop.finished) return all;
  const lastMs = target.status === "exited" ? all.reduce((last, { goneMs }) => Math.max(last, goneMs ?? nowMs), 0) : 0;
  const sinceMs = Math.max(lastMs, target.stop?.finished?.atMs ?? 0);
  return all.filter(({ goneMs }) => goneMs === null || nowMs - Math.max(goneMs, sinceMs) < SHOWN_MS);
};

/** @param {{process: Process, depth: number, last: boolean}} at @param {readonly Signal[]} keys @param {number} nowMs @returns {BoardRow} */
const rowOf = ({ process, depth, last }, keys, nowMs) => {
  const differ = differing(process);
  return {
    row: process.row,
    nsPid: process.nsPid,
    pid: process.pid,
    depth,
    last,
    comm: plain(process.comm),
    args: plain(process.argv.slice(1).join(" ")),
    state: process.state,
    note: noteOf(process, differ),
    differ: differ ? `${differ} of ${process.threads} threads differ` : null,
    is: process.goneMs !== null ? "gone" : nowMs - process.appearedMs < SHOWN_MS ? "new" : null,
    cells: cellsOf(process, keys),
  };
};

/**
 * @param {Target|null} target
 * @param {readonly Signal[]} keys - from `keysOf`; pass the same array each time
 * @param {number} nowMs
 * @param {number} [most] - so many rows, from the top of the tree
 * @param {string|null} [chosen] - a row that is not cut off, nor any above it
 * @returns {{rows: BoardRow[], total: number}} `total`: of those that there are
 */
export const boardCut = (target, keys, nowMs, most = Number.POSITIVE_INFINITY, chosen = null) => {
  if (!target) return { rows: [], total: 0 };
  const all = inTree(shownOf(target, nowMs));
  const upTo = Math.max(most, chosen === null ? 0 : all.findIndex(({ process }) => process.row === chosen) + 1);
  return { rows: all.slice(0, upTo).map((each) => rowOf(each, keys, nowMs)), total: all.length };
};

/** All of them. @param {Target|null} target @param {readonly Signal[]} keys @param {number} nowMs @returns {BoardRow[]} */
export const boardRows = (target, keys, nowMs) => boardCut(target, keys, nowMs).rows;

/**
 * The process that a signal without a pid goes to; null while nobody has seen it.
 *
 * @param {Target|null} target
 * @returns {Process|null}
 */
export const rootOf = (target) => {
  const processes = Object.values(target?.processes ?? {});
  return processes.find(({ pid }) => pid === target?.pid) ?? inTree(processes)[0]?.process ?? null;
};
