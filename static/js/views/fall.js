/**
 * The fall: four witnesses, one clock.  A signal is a line that falls; where it ends is the answer.
 *
 * Places in time are per cent of the plot's width, so nothing is measured and a resize is free; marks at a time are
 * nested `<svg x="41.89%" overflow="visible">`, in which pixels count.  Order of drawing: grid, lanes, life, now, wall,
 * falls, marks, words: the words must stay readable whatever is under them.
 */

import { html, nothing, svg } from "../lit.js";
import { shortened } from "../text.js";
import { signOf } from "./fall_signs.js";
import { AUTHOR_WORDS, icon } from "./signs.js";

/** @import { Fall, FallMark } from "../types.js" */

/** @typedef {"l"|"m"|"s"} FallSize  from matchMedia, never from the data */
/** @typedef {FallMark["lane"]} Lane */

export const LANES = /** @type {const} */ (["person", "engine", "kernel", "program"]);

/**
 * Pixels. `lanes`: their y; `say`: how far words stand above a lane, `over`: above the program's, `under`: below a lane;
 * `off`: how far beside a mark, `call`: beside a lid; `bottom`: where the lines of the grid end, `tick`: their words.
 */
const SIZES = {
  l: {
    height: 344,
    bottom: 308,
    tick: 338,
    lanes: [48, 116, 194, 274],
    say: 13,
    over: 20,
    under: 29,
    off: 20,
    call: 62,
    life: 18,
    dot: 9,
    due: 10,
    lid: 46,
    cross: 17,
  },
  m: {
    height: 280,
    bottom: 250,
    tick: 274,
    lanes: [36, 90, 154, 220],
    say: 11,
    over: 18,
    under: 25,
    off: 20,
    call: 52,
    life: 16,
    dot: 8,
    due: 9,
    lid: 38,
    cross: 14,
  },
  s: {
    height: 212,
    bottom: 190,
    tick: 206,
    lanes: [22, 66, 116, 170],
    say: 8,
    over: 13,
    under: 19,
    off: 14,
    call: 30,
    life: 12,
    dot: 6,
    due: 7,
    lid: 24,
    cross: 9,
  },
};

// Per cent of a phone's plot that a character takes, guessed as in `selectors/fall_words.js`.
const PHONE_CHARACTER = 2.35;
const SHORTEST = 8;

/** @typedef {typeof SIZES["l"]} Size */

const percent = (/** @type {number} */ x) => `${x.toFixed(2)}%`;
const clip = (/** @type {number} */ x) => Math.max(0, Math.min(100, x));
const yOf = (/** @type {Size} */ size, /** @type {string} */ lane) =>
  size.lanes[LANES.indexOf(/** @type {Lane} */ (lane))] ?? 0;

/** @param {Fall} fall @param {Size} size @param {Lane} lane */
const laneView = (fall, size, lane) => {
  const y = yOf(size, lane);
  const gap = fall.gaps[lane];
  if (gap === null || gap === undefined)
    return lane === "program" ? nothing : svg`<line class="fall-lane" x1="0" x2="100%" y1=${y} y2=${y}/>`;
  const from = clip(fall.gapsFrom[lane] ?? 0);
  // A gap that begins in the figure is told by a mark where it begins; one that is there from the start says why here:
  // above the lane, below it where others speak above, and not where there is no room either.
  const index = LANES.indexOf(lane);
  const speaks = (/** @type {number} */ at, /** @type {boolean} */ under) =>
    fall.marks.some((mark) => Boolean(mark.below) === under && mark.text && LANES.indexOf(mark.lane) === at);
  const under = speaks(index, false) || speaks(index - 1, true);
  const full = from > 0 || (under && speaks(index, true));
  const words = full
    ? nothing
    : svg`<text class=${`fall-say fall-why ${under ? "fall-below" : ""}`} x="16%" y=${under ? y + size.under : y - size.say}>${gap}</text>`;
  return svg`<line class="fall-lane" x1="0" x2=${percent(from)} y1=${y} y2=${y}/>
    <line class="fall-gap" x1=${percent(from)} x2="100%" y1=${y} y2=${y}/>
    ${words}`;
};

/** How many characters a phone has between a mark and the edge; what a program prints can be of any length. @param {number} x @param {FallMark["anchor"]} anchor */
const room = (x, anchor) => Math.max(SHORTEST, Math.floor((anchor === "end" ? x : 100 - x) / PHONE_CHARACTER) - 1);

/** @param {Size} size @param {FallMark} mark */
const wordsOf = (size, { x, lane, shape, text: full, brief, call, anchor, below }) => {
  const text = size !== SIZES.s ? full : (brief ?? (call ? full : shortened(full, room(x, anchor))));
  if (!text || x < -2 || x > 102) return nothing;
  const y = yOf(size, lane);
  const up = lane === "program" ? size.over + (call ? 2 : 0) : size.say + (call ? 1 : 0);
  const beside = (shape === "lid" ? size.call : size.off) * (anchor === "end" ? -1 : 1);
  const kinds = `fall-say ${call ? "fall-call" : ""} ${anchor === "end" ? "fall-end" : ""} ${below ? "fall-below" : ""}`;
  return svg`<svg x=${percent(x)} y="0" overflow="visible"><text class=${kinds} x=${beside} y=${below ? y + size.under : y - up}>${text}</text></svg>`;
};

/**
 * A phone has room for one sentence on each of the upper lanes: who asked first, what was sent first, and the SIGKILL
 * that is due.  The clock above it says the rest.
 * @param {FallMark[]} marks @param {Size} size
 */
const spoken = (marks, size) => {
  if (size !== SIZES.s) return marks;
  const first = (/** @type {Lane} */ lane) => marks.find((mark) => mark.lane === lane && mark.text);
  const kept = [first("person"), first("engine")];
  return marks.filter((mark) => {
    if (mark.lane === "engine" && mark.shape === "due") return true;
    return (mark.lane !== "person" && mark.lane !== "engine") || kept.includes(mark);
  });
};

/** A new line is drawn in, once: the animation belongs to the element's birth. @param {Fall} fall @param {Size} size */
const dropsOf = (fall, size) =>
  fall.drops
    .filter(({ x }) => x >= -1 && x <= 101)
    .map(({ x, from = x, top, bottom, unseen, guess }) => {
      const [y1, y2] = [yOf(size, top), yOf(size, bottom)];
      if (guess) return svg`<line class="fall-guess" x1=${percent(x)} x2=${percent(x)} y1=${y1} y2=${y2}/>`;
      if (!unseen)
        return svg`<line class="fall-stood" x1=${percent(from)} x2=${percent(x)} y1=${y1} y2=${y1}/>
          <line class="fall-line" pathLength="1" data-new x1=${percent(x)} x2=${percent(x)} y1=${y1} y2=${y2}/>`;
      return svg`<line class="fall-unseen" x1=${percent(x)} x2=${percent(x)} y1=${y1} y2=${y2}/>`;
    });

/**
 * @param {{fall: Fall, size: FallSize}} slice
 */
export const fallView = ({ fall, size: name }) => {
  const size = SIZES[name];
  const { ticks, marks, life, dotted, now, wall } = fall;
  const lifeY = yOf(size, "program");
  const shown = marks.filter(({ x }) => x >= -1 && x <= 101);
  return html`<figure class="fall" data-size=${name}>
    <ul class="fall-who" aria-hidden="true">${LANES.map((lane, index) => html`<li class=${`w-${index + 1}`}>${icon(`w-${lane}`)}<span>${AUTHOR_WORDS[lane]}</span></li>`)}</ul>
    <svg class="fall-plot" width="100%" height=${size.height} role="img" aria-label=${fall.label}>
      ${ticks.map(({ x, label }) => svg`<line class="fall-grid" x1=${percent(x)} x2=${percent(x)} y1="18" y2=${size.bottom}/><text class="fall-tick" x=${percent(x)} y=${size.tick}>${label}</text>`)}
      ${LANES.map((lane) => laneView(fall, size, lane))}
      ${life ? svg`<rect class="fall-life" x=${percent(clip(life.x0))} width=${percent(Math.max(0, clip(life.x1) - clip(life.x0)))} y=${lifeY - size.life / 2} height=${size.life}/>` : nothing}
      ${dotted ? svg`<line class="fall-to" x1=${percent(clip(dotted.x0))} x2=${percent(clip(dotted.x1))} y1=${lifeY} y2=${lifeY}/>` : nothing}
      ${now === null || now > 100 ? nothing : svg`<line class="fall-now" x1=${percent(now)} x2=${percent(now)} y1="6" y2=${size.bottom}/>`}
      ${wall === null ? nothing : svg`<line class="fall-wall" x1=${percent(wall)} x2=${percent(wall)} y1="0" y2=${size.bottom}/>`}
      ${dropsOf(fall, size)}
      ${shown.map((mark) => svg`<svg x=${percent(mark.x)} y="0" overflow="visible">${signOf(size, mark, yOf(size, mark.lane))}</svg>`)}
      ${spoken(shown, size).map((mark) => wordsOf(size, mark))}
    </svg>
  </figure>`;
};
