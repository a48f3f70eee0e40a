/**
 * Lanes: one small field for each target of a run, all on one scale of seconds, and beside them the stop's slot of the
 * chosen one, in the light of its lane.  Lanes keep their place and their height, whatever happens in them.
 */

import { html, nothing, svg } from "../lit.js";
import { signOf } from "./fall_signs.js";
import { numerals } from "./signs.js";

/** @import { Lane, Lanes } from "../selectors/lanes.js" */
/** @import { LaneDrop, LaneFigure, LaneWords } from "../selectors/lane_figure.js" */

/** @typedef {"l"|"m"|"s"|"xs"|"none"} LaneSize  from matchMedia and the number of lanes; none: a phone has no room */

/**
 * Pixels. `top`, `kernel`, `life`: y of the rows; `say`: base lines of their words; `off`: how far beside a mark, `call`:
 * beside a lid.
 */
const SIZES = {
  l: {
    height: 128,
    rows: { top: 24, kernel: 58, program: 88 },
    say: { top: 31, kernel: 56, program: 95 },
    thick: 16,
    sign: { dot: 8, due: 9, lid: 28, cross: 15 },
    off: 24,
    call: 40,
  },
  m: {
    height: 104,
    rows: { top: 17, kernel: 44, program: 74 },
    say: { top: 23, kernel: 45, program: 80 },
    thick: 14,
    sign: { dot: 7, due: 8, lid: 24, cross: 13 },
    off: 20,
    call: 34,
  },
  s: {
    height: 84,
    rows: { top: 14, kernel: 36, program: 60 },
    say: { top: 20, kernel: 38, program: 67 },
    thick: 12,
    sign: { dot: 6, due: 7, lid: 24, cross: 11 },
    off: 20,
    call: 36,
  },
  xs: {
    height: 64,
    rows: { top: 10, kernel: 26, program: 46 },
    say: { top: 16, kernel: 28, program: 52 },
    thick: 10,
    sign: { dot: 5, due: 6, lid: 20, cross: 9 },
    off: 17,
    call: 28,
  },
};

/** @typedef {typeof SIZES["l"]} Size */

const percent = (/** @type {number} */ x) => `${x.toFixed(2)}%`;
const clip = (/** @type {number} */ x) => Math.max(0, Math.min(100, x));
/** @param {number} x @param {unknown} inside */
const at = (x, inside) => svg`<svg x=${percent(x)} y="0" overflow="visible">${inside}</svg>`;

/** @param {Size} size @param {LaneDrop} drop */
const dropView = ({ rows, sign }, { x, to, shape, hollow, unseen }) => {
  const [y1, y2] = [rows.top, rows[to]];
  const line = hollow
    ? svg`<line class="fall-guess" x1=${percent(x)} x2=${percent(x)} y1=${y1} y2=${y2}/>`
    : unseen
      ? svg`<line class="fall-unseen" x1=${percent(x)} x2=${percent(x)} y1=${y1} y2=${y2}/>`
      : svg`<line class="fall-line" pathLength="1" data-new x1=${percent(x)} x2=${percent(x)} y1=${y1} y2=${y2}/>`;
  const mark = /** @type {any} */ ({ x, shape, hollow });
  const asked = /** @type {any} */ ({ x, shape: hollow ? "ring" : "dot" });
  return svg`${to === "top" ? nothing : line}${at(x, svg`${signOf(sign, asked, rows.top)}${to === "top" ? nothing : signOf(sign, mark, rows[to])}`)}`;
};

/** @param {Size} size @param {LaneWords} words */
const wordsView = ({ say, off, call }, { x, row, text, anchor, lid }) => {
  const beside = (lid ? call : off) * (anchor === "end" ? -1 : 1);
  return at(
    x,
    svg`<text class=${`fall-say ${anchor === "end" ? "fall-end" : ""}`} x=${beside} y=${say[row]}>${text}</text>`,
  );
};

/** @param {LaneFigure} figure @param {string} label @param {Size} size */
const plotView = ({ life, dotted, now, wall, due, drops, marks, words }, label, size) => {
  const { rows, sign, thick, height } = size;
  const y = rows.program;
  return html`<svg class="race-plot" width="100%" height=${height} role="img" aria-label=${label}>
    ${life ? svg`<rect class="fall-life" x=${percent(clip(life.x0))} width=${percent(Math.max(0, clip(life.x1) - clip(life.x0)))} y=${y - thick / 2} height=${thick}/>` : nothing}
    ${dotted ? svg`<line class=${wall?.past ? "fall-to race-past" : "fall-to"} x1=${percent(clip(dotted.x0))} x2=${percent(clip(dotted.x1))} y1=${y} y2=${y}/>` : nothing}
    ${wall ? svg`<line class=${wall.past ? "fall-wall race-past" : "fall-wall"} x1=${percent(wall.x)} x2=${percent(wall.x)} y1="6" y2=${height - 6}/>` : nothing}
    ${now === null ? nothing : svg`<line class="race-now" x1=${percent(now)} x2=${percent(now)} y1="4" y2=${height - 4}/>`}
    ${drops.map((drop) => dropView(size, drop))}
    ${due === null ? nothing : at(due, signOf(sign, /** @type {any} */ ({ shape: "due" }), rows.top))}
    ${marks.map((mark) => at(mark.x, signOf(sign, /** @type {any} */ (mark), y)))}
    ${words.map((each) => wordsView(size, each))}
  </svg>`;
};

/**
 * @param {Lane} lane @param {number} index @param {boolean} chosen @param {LaneSize} size @param {boolean} start - it can be started here
 * @param {boolean} asked @param {{onLane: (id: string) => void, onStartLane: (id: string) => void}} handlers
 */
const laneView = (lane, index, chosen, size, start, asked, { onLane, onStartLane }) => {
  const { id, name, sub, full, field, say, of, figures, spoken, thin, sentence, label, figure } = lane;
  return html`<li class="race-lane" data-state=${field} ?data-chosen=${chosen} data-target=${name}>
    <button class="race-pick" type="button" aria-current=${chosen ? "true" : "false"} title=${full || nothing} @click=${() => onLane(id)}><b class="race-key">${index + 1}</b><span class="race-who"><span class="race-name">${name}</span><span class="race-sub">${sub}</span></span></button>
    ${size === "none" ? html`<p class="race-sentence">${sentence}</p>` : plotView(figure, label, SIZES[size])}
    <div class="race-end" ?data-thin=${thin}><p><b>${say}</b>${spoken ? html`<span class="vh"> ${spoken}, </span>` : nothing}<span>${of}</span></p>${
      start
        ? html`<button class="btn race-start" type="button" ?disabled=${asked} aria-label=${`Start ${name}`} @click=${() => onStartLane(id)}>${asked ? "Asked …" : "Start"}</button>`
        : numerals(figures)
    }</div>
  </li>`;
};

/**
 * @param {Lanes & {size: LaneSize, chosen: string, role: "driver"|"viewer", asked: ReadonlySet<string>, slot: unknown}} slice
 *   `asked`: targets whose start was asked for; `slot`: the view of the clock's slot
 * @param {number} _nowMs
 * @param {{onLane: (id: string) => void, onStartLane: (id: string) => void}} handlers
 */
export const lanesView = ({ lanes, ticks, size, chosen, role, asked, slot }, _nowMs, handlers) => {
  const light = lanes.find(({ id }) => id === chosen)?.field ?? "idle";
  return html`<section class="race" aria-label="Targets side by side">
    <ol class="race-lanes">${lanes.map((lane, index) =>
      laneView(lane, index, lane.id === chosen, size, role === "driver" && lane.waits, asked.has(lane.id), handlers),
    )}</ol>
    <div class="race-axis" aria-hidden="true"><span>seconds since the stop</span>${
      size === "none"
        ? nothing
        : html`<svg width="100%" height="28">${ticks.map(({ x, label }) => svg`<text x=${percent(x)} y="18">${label}</text>`)}</svg>`
    }</div>
    <div class="field race-slot" data-state=${light}>${slot}</div>
  </section>`;
};
