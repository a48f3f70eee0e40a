/**
 * The record: a list that only grows at its end, and what people did must stay in it whatever programs do.
 *
 * So two kinds of lines fold.  Output that comes within a second of the output before it, with nothing of anyone else in
 * between, is told as one line ("prints “y” and 8,191 more lines").  And where output or the kernel's word comes again
 * and again, a fourth like line goes into the third ("250 times: SIGUSR1 …").  What a person, the engine or the lab says
 * ends that: nothing is folded across it, so that cause stays before effect.
 */

import { alike, kernelWords } from "../words/kernel.js";
import { wordsFor } from "../words/record.js";
/** @import { Author, Entry, State } from "../wire/types.js" */
/** @import { AnyEvent, KernelSignalEvent, OutputEvent } from "../wire/types_events.js" */
import { firstLine, plain, timeMs } from "../words/text.js";
import { processOf } from "./kernel.js";

export const RECORD_KEPT = 1000;
const SAME_BREATH_MS = 1000;
const STORM_MS = 2000;
const LIKE_SHOWN = 3; // so many in this time are told one by one
const LOOKED_BACK = 24;

/** Where a run has several targets, a sentence says which it is about. @param {State} state @param {AnyEvent} event @param {string} text */
const named = (state, event, text) => {
  const several = (state.runs[event.run ?? ""]?.targets.length ?? 0) > 1;
  const name = state.targets[event.target ?? ""]?.name;
  return several && name ? `${name}: ${text}` : text;
};

/** @param {string} first @param {number} lines */
const prints = (first, lines) => {
  const more =
    lines > 1
      ? ` and ${lines - 1 > 1 ? (lines - 1).toLocaleString("en") : "one"} more ${lines > 2 ? "lines" : "line"}`
      : "";
  return `prints “${first}”${more}`;
};

/** With room for one more.  Where the kernel has most of the lines, its oldest goes, not what people did. @param {Entry[]} record */
const roomIn = (record) => {
  if (record.length < RECORD_KEPT) return record;
  const kernels = record.filter(({ author }) => author === "kernel").length;
  const goes = kernels > RECORD_KEPT / 2 ? record.findIndex(({ author }) => author === "kernel") : 0;
  return record.toSpliced(goes, 1);
};

/**
 * The entry that takes the next like line in; −1: none.
 *
 * @param {Entry[]} record @param {string} like @param {number} atMs @param {boolean} nextToIt - a single one right before it does
 */
const foldsInto = (record, like, atMs, nextToIt) => {
  /** @type {number[]} */
  const found = [];
  for (let at = record.length - 1; at >= Math.max(0, record.length - LOOKED_BACK); at -= 1) {
    const entry = record[at];
    if (entry.like === undefined) break; // somebody else spoke
    if (entry.like === like && atMs - (entry.lastMs ?? 0) < STORM_MS) found.push(at);
  }
  const last = found.length ? record[found[0]] : null;
  if (!last || atMs - (last.lastMs ?? 0) >= SAME_BREATH_MS) return -1;
  const neighbour = nextToIt && found[0] === record.length - 1;
  return neighbour || last.storm || found.length >= LIKE_SHOWN ? found[0] : -1;
};

/** @param {State} state @param {OutputEvent} event @returns {Entry[]} */
const withOutput = (state, event) => {
  const lines = plain(event.text)
    .split("\n")
    .filter((line) => line.trim()).length;
  const { record } = state;
  const atMs = timeMs(event.at);
  const like = `output ${event.target}`;
  const at = foldsInto(record, like, atMs, true);
  const before = record[at];
  if (!lines && !before) return record;
  const first = before?.first ?? firstLine(event.text);
  const count = (before?.lines ?? 0) + lines;
  const entry = {
    id: before?.id ?? event.id,
    atMs: before?.atMs ?? atMs,
    author: /** @type {Author} */ (event.author),
    target: event.target ?? null,
    text: named(state, event, prints(first, count)),
    to: event.id,
    lastMs: atMs,
    like,
    storm: before !== undefined && (before.storm || at < record.length - 1),
    first,
    lines: count,
  };
  return before ? record.with(at, entry) : roomIn(record).concat(entry);
};

/** @param {State} state @param {KernelSignalEvent} event @returns {Entry[]} */
const withKernel = (state, event) => {
  const { record } = state;
  const process = processOf(state.targets[event.target ?? ""], event.pid);
  const atMs = timeMs(event.at);
  const like = `${event.target} ${alike(event)}`;
  const at = foldsInto(record, like, atMs, false);
  const before = record[at];
  const one = before && (before.pid !== event.pid || before.several);
  const entry = {
    id: before?.id ?? event.id,
    atMs: before?.atMs ?? atMs,
    author: /** @type {Author} */ (event.author),
    target: event.target ?? null,
    text: "",
    to: event.id,
    lastMs: atMs,
    like,
    storm: before !== undefined,
    pid: before?.pid ?? event.pid,
    several: Boolean(one),
    first: before?.first ?? kernelWords(event, process),
    ofSeveral: before?.ofSeveral ?? kernelWords(event, process, " and others"),
    times: (before?.times ?? 0) + 1,
  };
  const times = entry.times > 1 ? `${entry.times.toLocaleString("en")} times: ` : "";
  entry.text = named(state, event, `${times}${entry.several ? entry.ofSeveral : entry.first}`);
  return before ? record.with(at, entry) : roomIn(record).concat(entry);
};

/**
 * @param {State} state - as it was before the event
 * @param {AnyEvent} event
 * @returns {Entry[]} the same list where the event is not in the record
 */
export const recorded = (state, event) => {
  if (event.kind === "output") return withOutput(state, event);
  if (event.kind === "kernel_signal") return withKernel(state, event);
  const text = wordsFor(event, state);
  if (text === null) return state.record;
  const entry = {
    id: event.id,
    atMs: timeMs(event.at),
    author: event.author,
    target: event.target ?? null,
    text: named(state, event, text),
  };
  return roomIn(state.record).concat(entry);
};
