/**
 * Room for the words of the fall.  One sentence is large, the others give way to it: words that would cover others on
 * the same lane go below it, and where there is no room either only the mark stays; the record has its words.
 *
 * Widths are guessed from the count of characters, because nothing is measured on this page; a guess that is a little
 * too wide costs a few words, one that is too small makes them unreadable.
 */

/** @import { FallMark } from "../../wire/types.js" */

import { shortened } from "../../words/text.js";

/**
 * Per cent of the plot's width: that a character takes, one of the large sentence, and how far beside their mark words
 * begin.  `wide`: a laptop and more; `s`: a phone; `p`: presenter mode.
 */
const WIDTHS = {
  wide: { character: 1.05, headline: 1.6, lid: 6.5, other: 2.5 },
  s: { character: 2.35, headline: 3.1, lid: 9.5, other: 4.5 },
  p: { character: 2.2, headline: 2.2, lid: 9, other: 3 },
};
const GAP = 1.5;
const SHORTEST = 8; // characters

/** @typedef {keyof typeof WIDTHS} Width */
/** @typedef {FallMark["lane"]} Lane */

/** @param {FallMark} mark @param {Width} [width] @returns {[number, number]} */
const extent = ({ x, text, headline, anchor, shape }, width = "wide") => {
  const { character, headline: large, lid, other } = WIDTHS[width];
  const beside = shape === "lid" ? lid : other;
  const long = text.length * (headline ? large : character);
  return anchor === "end" ? [x - beside - long, x - beside] : [x + beside, x + beside + long];
};

/** Is there room for its words, up to a limit? @param {FallMark} mark @param {number} limit - per cent */
export const fits = (mark, limit) => {
  const [from, to] = extent(mark);
  return mark.anchor === "end" ? from - GAP >= 0 : to + GAP <= limit;
};

/** Who gets room first. @param {FallMark} mark */
const importance = ({ headline, shape, lane }) => {
  if (headline) return 4;
  if (shape === "cross" || shape === "end") return 3;
  return lane === "program" ? 1 : 2;
};

/**
 * @param {FallMark[]} marks
 * @param {readonly string[]} [shut] - rows without room for words: "program/below"
 * @param {Width} [width]
 * @returns {FallMark[]} in the same order
 */
export const placed = (marks, shut = [], width = "wide") => {
  /** @type {Record<string, [number, number][]>} */
  const taken = {};
  /** @param {string} row @param {[number, number]} wanted */
  const take = (row, wanted) => {
    if (shut.includes(row)) return false;
    taken[row] ??= [];
    const free = taken[row].every(([from, to]) => wanted[1] + GAP <= from || wanted[0] >= to + GAP);
    if (free) taken[row].push(wanted);
    return free;
  };
  /** @type {Map<FallMark, FallMark>} */
  const result = new Map();
  for (const mark of marks.toSorted((a, b) => importance(b) - importance(a))) {
    if (!mark.text) continue;
    const wanted = extent(mark, width);
    if (take(mark.lane, wanted)) continue;
    if (take(`${mark.lane}/below`, wanted)) result.set(mark, { ...mark, below: true });
    else result.set(mark, { ...mark, text: "" });
  }
  return marks.map((mark) => result.get(mark) ?? mark);
};

/** How many characters there are between a place and the edge; what a program prints can be of any length. @param {Width} width @param {number} x @param {FallMark["anchor"]} [anchor] @param {boolean} [large] */
export const room = (width, x, anchor = "start", large = false) => {
  const { character, headline, other } = WIDTHS[width];
  return Math.max(SHORTEST, Math.floor(((anchor === "end" ? x : 100 - x) - other) / (large ? headline : character)));
};

/** In its shortest form; of an end without what it came after, which the line above it says. @param {FallMark} mark @param {Width} width */
const shortest = ({ text, brief, shape, x, anchor, headline }, width) => {
  const own = shape === "cross" || shape === "end" ? text.split(", ")[0] : text;
  return brief ?? shortened(own, room(width, x, anchor, headline));
};

/**
 * What is said where type is large for its width: on each lane what was said first or decided, in its shortest form,
 * and the SIGKILL that is due.  The clock says the rest.
 *
 * A phone, which has it in the hand, also has what the kernel and the program said later, as far as there is room; what
 * had none on a wide screen has none here either, whatever it would say in short.
 *
 * @param {FallMark[]} marks - in their places on a wide screen @param {"s"|"p"} width @param {readonly string[]} shut
 * @returns {FallMark[]}
 */
export const narrowed = (marks, width, shut) => {
  const said = marks.filter(({ text, x }) => text && x >= -1 && x <= 101);
  const first = (/** @type {Lane} */ lane) => {
    const own = said.filter((mark) => mark.lane === lane);
    return (width === "p" && own.find(({ headline }) => headline)) || own[0];
  };
  const kept = said.filter(
    (mark) =>
      mark === first(mark.lane) ||
      (mark.shape === "due" && mark.lane === "engine") ||
      (width === "s" && (mark.lane === "kernel" || mark.lane === "program")),
  );
  const brief = kept.map((mark) => ({ ...mark, text: shortest(mark, width), below: false }));
  const all = width === "p" ? ["person", "engine", "kernel", "program"].map((lane) => `${lane}/below`) : shut;
  return placed(brief, all, width);
};
