/**
 * The fall: four witnesses, one clock.  A signal is a line that falls; where it ends is the answer.
 *
 * Places in time are per cent of the plot's width, so nothing is measured and a resize is free; marks at a time are
 * nested `<svg x="41.89%" overflow="visible">`, in which pixels count.  Order of drawing: grid, lanes, life, now, deadline,
 * falls, marks, words: the words must stay readable whatever is under them.
 *
 *     person   ──●─────────────────────────────  lane
 *     engine   ──●─────────────────────────────
 *     kernel   ──┼── ▬ ─── ▢ ━━━━━━━━━┓   ┆      lid: the signal ends here; box: it waits here; ━ stood: so long
 *     program  ▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓┃▓▓ ┆ ·    life ▓; drop ┃: the line of a signal; dotted ·: what is still to come
 *              0        1        2    now  ┆      deadline ┆: when SIGKILL is due
 *
 * headline: the one sentence in large type; say, over, under: words above a lane, above the program's, below one; off: how
 * far words stand beside their mark; gap: nobody watched this lane.  The words are those of `FallMark` and `Fall` in `types.js`.
 */

import { html, nothing, svg } from "../lit.js";
import { narrowed, room } from "../selectors/fall/words.js";
import { shortened } from "../words/text.js";
import { plateView, pointsView, toolsView } from "./fall_cursor.js";
import { hopsView, onPlace, placesView, placeY } from "./fall_hops.js";
import { signOf } from "./fall_signs.js";
import { scaled } from "./scaled.js";
import { AUTHOR_WORDS, icon } from "./signs.js";

/** @import { Fall, FallMark } from "../wire/types.js" */
/** @import { Cursor, CursorHandlers } from "./fall_cursor.js" */

/** @typedef {"l"|"m"|"s"|"p"} FallSize  from matchMedia, never from the data; p: presenter mode, which has a scale */
/** @typedef {FallMark["lane"]} Lane */

export const LANES = /** @type {const} */ (["person", "engine", "kernel", "program"]);

/**
 * Pixels. `lanes`: their y; `places`: y of the processes of the program's lane, a phone has room for the root's only; `say`: how far words stand above a lane, `over`: above the program's, `under`: below a lane;
 * `off`: how far beside a mark, `headline`: beside a lid; `bottom`: where the lines of the grid end, `tick`: their words.
 */
const SIZES = {
  l: {
    height: 344,
    bottom: 322,
    tick: 338,
    lanes: [48, 116, 194, 266],
    places: [266, 287, 301, 315],
    say: 13,
    over: 20,
    under: 29,
    off: 20,
    headline: 62,
    life: 18,
    dot: 9,
    due: 10,
    lid: 46,
    cross: 17,
  },
  m: {
    height: 280,
    bottom: 262,
    tick: 278,
    lanes: [36, 90, 154, 216],
    places: [216, 234, 247, 260],
    say: 11,
    over: 18,
    under: 25,
    off: 20,
    headline: 52,
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
    places: [170],
    say: 8,
    over: 13,
    under: 19,
    off: 14,
    headline: 30,
    life: 12,
    dot: 6,
    due: 7,
    lid: 24,
    cross: 9,
  },
  p: {
    height: 520,
    bottom: 486,
    tick: 511,
    lanes: [66, 170, 286, 408],
    places: [408, 437, 461, 485],
    say: 22,
    over: 32,
    under: 38,
    off: 30,
    headline: 100,
    life: 30,
    dot: 13,
    due: 14,
    lid: 80,
    cross: 26,
    hop: 1.8,
  },
};

/** @typedef {typeof SIZES["l"] & {name: FallSize, hop?: number}} Size */

/** @type {Map<string, Size>} */
const known = new Map();

/** @param {FallSize} name @param {number} scale @returns {Size} the same for the same */
const sizeOf = (name, scale) => {
  const key = `${name} ${scale}`;
  const size = known.get(key) ?? { ...scaled(SIZES[name], scale), name };
  if (known.size > 99) known.clear(); // a window that is being resized has many scales
  known.set(key, size);
  return size;
};

const WHY = 16; // per cent: where the reason of a gap begins

/** @param {FallSize} name @returns {name is "s"|"p"} */
const isNarrow = (name) => name === "s" || name === "p";

const percent = (/** @type {number} */ x) => `${x.toFixed(2)}%`;
const clip = (/** @type {number} */ x) => Math.max(0, Math.min(100, x));
const yOf = (/** @type {Size} */ size, /** @type {string} */ lane) =>
  size.lanes[LANES.indexOf(/** @type {Lane} */ (lane))] ?? 0;

/** @param {Fall} fall @param {Size} size @param {Lane} lane @param {FallMark[]} said */
const laneView = (fall, size, lane, said) => {
  const y = yOf(size, lane);
  const gap = fall.gaps[lane];
  if (gap === null || gap === undefined)
    return lane === "program" ? nothing : svg`<line class="fall-lane" x1="0" x2="100%" y1=${y} y2=${y}/>`;
  const from = clip(fall.gapsFrom[lane] ?? 0);
  // A gap that begins in the figure is told by a mark where it begins; one that is there from the start says why here:
  // above the lane, below it where others speak above, and not where there is no room either.
  const index = LANES.indexOf(lane);
  const speaks = (/** @type {number} */ at, /** @type {boolean} */ under) =>
    said.some((mark) => Boolean(mark.below) === under && mark.text && LANES.indexOf(mark.lane) === at);
  const under = speaks(index, false) || speaks(index - 1, true);
  const full = from > 0 || (under && speaks(index, true));
  const words = full
    ? nothing
    : svg`<text class=${`fall-say fall-why ${under ? "fall-below" : ""}`} x=${percent(WHY)} y=${under ? y + size.under : y - size.say}>${isNarrow(size.name) ? shortened(gap, room(size.name, WHY)) : gap}</text>`;
  return svg`<line class="fall-lane" x1="0" x2=${percent(from)} y1=${y} y2=${y}/>
    <line class="fall-gap" x1=${percent(from)} x2="100%" y1=${y} y2=${y}/>
    ${words}`;
};

/** @param {Size} size @param {FallMark} mark */
const wordsOf = (size, { x, lane, shape, text, headline, anchor, below }) => {
  if (!text || x < -2 || x > 102) return nothing;
  const y = yOf(size, lane);
  const up = lane === "program" ? size.over + (headline ? 2 : 0) : size.say + (headline ? 1 : 0);
  const beside = (shape === "lid" ? size.headline : size.off) * (anchor === "end" ? -1 : 1);
  const kinds = `fall-say ${headline ? "fall-headline" : ""} ${anchor === "end" ? "fall-end" : ""} ${below ? "fall-below" : ""}`;
  return svg`<svg x=${percent(x)} y="0" overflow="visible"><text class=${kinds} x=${beside} y=${below ? y + size.under : y - up}>${text}</text></svg>`;
};

/** A new line is drawn in, once: the animation belongs to the element's birth. @param {Fall} fall @param {Size} size */
const dropsOf = (fall, size) =>
  fall.drops
    .filter(({ x }) => x >= -1 && x <= 101)
    .map(({ x, from = x, top, bottom, pid, unseen, guess }) => {
      const [y1, y2] = [yOf(size, top), bottom === "program" ? placeY(size, fall.way, pid) : yOf(size, bottom)];
      if (guess) return svg`<line class="fall-guess" x1=${percent(x)} x2=${percent(x)} y1=${y1} y2=${y2}/>`;
      if (!unseen)
        return svg`<line class="fall-stood" x1=${percent(clip(from))} x2=${percent(x)} y1=${y1} y2=${y1}/>
          <line class="fall-line" pathLength="1" data-new x1=${percent(x)} x2=${percent(x)} y1=${y1} y2=${y2}/>`;
      return svg`<line class="fall-unseen" x1=${percent(x)} x2=${percent(x)} y1=${y1} y2=${y2}/>`;
    });

/**
 * The lines that have their number below them: on a phone tenths of a second would run into each other.
 * @param {Fall["ticks"]} ticks @param {FallSize} name
 */
export const numbered = (ticks, name) =>
  name === "s" && ticks.length > 8 && ticks.some(({ label }) => label.length > 2)
    ? ticks.filter((_, index) => index % 5 === 0)
    : ticks;

/**
 * @param {{fall: Fall, size: FallSize, scale?: number, cursor?: Cursor}} slice - `scale`: of presenter mode; `cursor`: where a person may point and look closely
 * @param {number} [_nowMs]
 * @param {CursorHandlers} [handlers]
 */
export const fallView = ({ fall, size: name, scale = 1, cursor }, _nowMs, handlers) => {
  const size = sizeOf(name, scale);
  const { ticks, marks, life, dotted, now, deadline } = fall;
  const lifeY = yOf(size, "program");
  const root = name === "s" ? null : fall.way?.places[0].name; // where others have names below it, it has its own
  const shown = marks.filter(({ x }) => x >= -1 && x <= 101);
  const said = isNarrow(name) ? narrowed(shown, name, fall.way ? ["program/below"] : []) : shown;
  /** @param {import("../selectors/fall/points.js").Point} point */
  const pointY = ({ lane, place }) => (lane === "program" && size.places[place]) || yOf(size, lane);
  return html`<figure class="fall" data-size=${name} @keydown=${handlers?.onKey} @wheel=${handlers?.onWheel}>
    <ul class="fall-who" aria-hidden="true">${LANES.map((lane, index) => html`<li class=${`w-${index + 1}`}>${icon(`w-${lane}`)}${lane === "program" && root ? html`<span class="fall-root">${root}</span>` : html`<span>${AUTHOR_WORDS[lane]}</span>`}</li>`)}</ul>
    <svg class="fall-plot" width="100%" height=${size.height} role="img" aria-label=${fall.label}>
      ${ticks.map(({ x }) => svg`<line class="fall-grid" x1=${percent(x)} x2=${percent(x)} y1="18" y2=${size.bottom}/>`)}
      ${LANES.map((lane) => laneView(fall, size, lane, said))}
      ${fall.breaks?.map(({ lane, x0, x1 }) => svg`<line class="fall-break" x1=${percent(x0)} x2=${percent(x1)} y1=${yOf(size, lane)} y2=${yOf(size, lane)}/><line class="fall-gap" x1=${percent(x0)} x2=${percent(x1)} y1=${yOf(size, lane)} y2=${yOf(size, lane)}/>`)}
      ${life ? svg`<rect class="fall-life" x=${percent(clip(life.x0))} width=${percent(Math.max(0, clip(life.x1) - clip(life.x0)))} y=${lifeY - size.life / 2} height=${size.life}/>` : nothing}
      ${placesView(fall.way, size)}
      ${dotted ? svg`<line class="fall-to" x1=${percent(clip(dotted.x0))} x2=${percent(clip(dotted.x1))} y1=${lifeY} y2=${lifeY}/>` : nothing}
      ${now === null || now <= 0 || now >= 100 ? nothing : svg`<line class="fall-now" x1=${percent(now)} x2=${percent(now)} y1="6" y2=${size.bottom}/>`}
      ${deadline === null || deadline < 0 || deadline > 100 ? nothing : svg`<line class="fall-deadline" x1=${percent(deadline)} x2=${percent(deadline)} y1="0" y2=${size.bottom}/>`}
      ${dropsOf(fall, size)}
      ${hopsView(fall.way, size)}
      ${numbered(ticks, name).map(({ x, label }) => svg`<text class="fall-tick" x=${percent(x)} y=${size.tick}>${label}</text>`)}
      ${shown.map((mark) => (onPlace(size, fall.way, mark) ? nothing : svg`<svg x=${percent(mark.x)} y="0" overflow="visible">${signOf(size, mark, yOf(size, mark.lane))}</svg>`))}
      ${said.map((mark) => wordsOf(size, mark))}
    </svg>
    ${cursor && handlers ? html`${pointsView(cursor, pointY, handlers)}${plateView(cursor)}${toolsView(cursor, handlers)}` : nothing}
  </figure>`;
};
