/**
 * Room for the words of the fall.  One sentence is large, the others give way to it: words that would cover others on
 * the same lane go below it, and where there is no room either only the mark stays; the record has its words.
 *
 * Widths are guessed from the count of characters, because nothing is measured on this page; a guess that is a little
 * too wide costs a few words, one that is too small makes them unreadable.
 */

/** @import { FallMark } from "../types.js" */

const CHARACTER = 1.05; // per cent of the plot's width
const CALL_CHARACTER = 1.6;
const GAP = 1.5;
const BESIDE = { lid: 6.5, other: 2.5 }; // how far beside their mark they begin

/** @param {FallMark} mark @returns {[number, number]} */
const extent = ({ x, text, call, anchor }) => {
  const width = text.length * (call ? CALL_CHARACTER : CHARACTER) + GAP;
  return anchor === "end" ? [x - width, x] : [x, x + width];
};

/** Is there room for its words, up to a limit? @param {FallMark} mark @param {number} limit - per cent */
export const fits = (mark, limit) => {
  const beside = mark.shape === "lid" ? BESIDE.lid : BESIDE.other;
  const [from, to] = extent(mark);
  return mark.anchor === "end" ? from - beside >= 0 : to + beside <= limit;
};

/**
 * @param {FallMark[]} marks
 * @param {(mark: FallMark) => number} importance - the larger, the sooner it gets its place
 * @returns {FallMark[]} in the same order
 */
export const placed = (marks, importance) => {
  /** @type {Record<string, [number, number][]>} */
  const taken = {};
  /** @param {string} row @param {[number, number]} wanted */
  const take = (row, wanted) => {
    taken[row] ??= [];
    const free = taken[row].every(([from, to]) => wanted[1] <= from || wanted[0] >= to);
    if (free) taken[row].push(wanted);
    return free;
  };
  /** @type {Map<FallMark, FallMark>} */
  const result = new Map();
  for (const mark of marks.toSorted((a, b) => importance(b) - importance(a))) {
    if (!mark.text) continue;
    const wanted = extent(mark);
    if (take(mark.lane, wanted)) continue;
    if (take(`${mark.lane}/below`, wanted)) result.set(mark, { ...mark, below: true });
    else result.set(mark, { ...mark, text: "" });
  }
  return marks.map((mark) => result.get(mark) ?? mark);
};
