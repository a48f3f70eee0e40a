/**
 * The record: a list that only grows at its end.  The one entry that may still change is the last: output that comes
 * within a second of the output before it, with nothing of anyone else in between, is told as one line ("prints “y” and
 * 8,191 more lines"), so that a program that floods cannot push out what people did.
 */

/** @import { Author, Entry, State } from "../types.js" */
import { firstLine, plain, timeMs } from "../text.js";
import { wordsFor } from "./words.js";

export const RECORD_KEPT = 1000;
const SAME_BREATH_MS = 1000;

/** Where a run has several targets, a sentence says which it is about. @param {State} state @param {any} event @param {string} text */
const named = (state, event, text) => {
  const several = (state.runs[event.run]?.targets.length ?? 0) > 1;
  const name = state.targets[event.target]?.name;
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

/** @param {State} state @param {any} event @returns {Entry[]} */
const withOutput = (state, event) => {
  const lines = plain(event.text)
    .split("\n")
    .filter((line) => line.trim()).length;
  const last = state.record.at(-1);
  const atMs = timeMs(event.at);
  const goesOn = last?.lines && last.target === event.target && atMs - (last.lastMs ?? 0) < SAME_BREATH_MS;
  if (!lines && !goesOn) return state.record;
  const first = goesOn ? (last.first ?? "") : firstLine(event.text);
  const count = goesOn ? (last.lines ?? 0) + lines : lines;
  const entry = {
    id: goesOn ? last.id : event.id,
    atMs: goesOn ? last.atMs : atMs,
    author: /** @type {Author} */ (event.author),
    target: event.target ?? null,
    text: named(state, event, prints(first, count)),
    to: event.id,
    lastMs: atMs,
    first,
    lines: count,
  };
  return goesOn ? state.record.with(-1, entry) : state.record.slice(1 - RECORD_KEPT).concat(entry);
};

/**
 * @param {State} state - as it was before the event
 * @param {any} event
 * @returns {Entry[]} the same list where the event is not in the record
 */
export const recorded = (state, event) => {
  if (event.kind === "output") return withOutput(state, event);
  const text = wordsFor(event, state);
  if (text === null) return state.record;
  const entry = {
    id: event.id,
    atMs: timeMs(event.at),
    author: event.author,
    target: event.target ?? null,
    text: named(state, event, text),
  };
  return state.record.slice(1 - RECORD_KEPT).concat(entry);
};
