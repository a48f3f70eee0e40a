/**
 * The record as it is drawn: in order of when things happened, with times from the stop where there is one.
 *
 * A line is inserted in its place, not at the end: the engine tells late what it did early.  The last answers are kept
 * while nothing changed, because a stage asks sixty times a second.
 */

/** @import { Author, Entry, RecordLine, State } from "../wire/types.js" */
import { clockTime, relative } from "../words/text.js";

/**
 * The moment that times are told from: the target's stop, or the first stop of all targets.
 *
 * @param {State} state
 * @param {string|null} targetId - null: all targets
 * @returns {number|null} null: there was no stop, so the time of day is told
 */
export const zeroOf = (state, targetId) => {
  const targets = targetId === null ? Object.values(state.targets) : [state.targets[targetId]];
  const stops = targets.flatMap((target) => (target?.stop ? [target.stop.atMs] : []));
  return stops.length ? Math.min(...stops) : null;
};

/** The line that tells of an event: its own, else the one that it was folded into. @param {readonly RecordLine[]} lines @param {number|null} event */
export const lineOf = (lines, event) => {
  if (event === null) return null;
  return lines.find(({ id }) => id === event) ?? lines.find(({ id, to }) => id < event && event <= to) ?? null;
};

/** @type {WeakMap<Entry[], Map<string, RecordLine[]>>} */
const known = new WeakMap();

/**
 * @param {State} state
 * @param {string|null} targetId - null: all; else this target's and what concerns the whole run or lab
 * @param {{authors?: Author[]}} [filter]
 * @returns {RecordLine[]} the same array while nothing changed
 */
export const recordOf = (state, targetId, { authors } = {}) => {
  const zeroMs = zeroOf(state, targetId);
  const asked = JSON.stringify([targetId, zeroMs, authors ?? null]);
  const answers = known.get(state.record) ?? new Map();
  known.set(state.record, answers);
  const before = answers.get(asked);
  if (before) return before;
  const lines = state.record
    .filter(({ target }) => targetId === null || target === null || target === targetId)
    .filter(({ author }) => !authors || authors.includes(author))
    .map(({ id, to = id, atMs, author, target, text }) => {
      const when = zeroMs === null ? clockTime(atMs) : relative(atMs, zeroMs);
      return { id, to, atMs, when, author, target, text };
    })
    .sort((a, b) => a.atMs - b.atMs || a.id - b.id);
  answers.set(asked, lines);
  return lines;
};
