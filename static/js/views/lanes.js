/**
 * Lanes: one small field for each target of a run, all on one scale of seconds, and beside them the stop's slot of the
 * chosen one, in the light of its lane.  Lanes keep their place and their height, whatever happens in them.
 */

import { html, nothing, svg } from "../lit.js";
import { guessButtons } from "./bet.js";
import { fateSign } from "./fall_hops.js";
import { signOf } from "./fall_signs.js";
import { scaled } from "./scaled.js";
import { numerals } from "./signs.js";

/** @import { Guess } from "../wire/types.js" */
/** @import { LaneBet, RunBet } from "../selectors/bets.js" */
/** @import { Lane, Lanes, Leap } from "../selectors/lanes/lanes.js" */
/** @import { LaneDrop, LaneFigure, LaneWords } from "../selectors/lanes/figure.js" */

/** @typedef {{onLane: (id: string) => void, onStartLane: (id: string) => void, onWhole: () => void, onGuess: (id: string, ends: Guess) => void}} Handlers */
/** @typedef {"l"|"m"|"s"|"xs"|"none"|"strip"} LaneSize  from matchMedia and the number of lanes; none: a phone has no room; strip: the chosen one's whole fall has it */
/** @typedef {{size: LaneSize, scale: number}} LaneRoom  in presenter mode a size is as much larger as the window has room for */

/**
 * Pixels. `top`, `kernel`, `life`: y of the rows; `say`: base lines of their words; `way`: that of who sent what to whom
 * inside, 0: no room, also not for words above the kernel's; `off`: how far beside a mark, `call`: beside a lid.
 */
const SIZES = {
  l: {
    height: 128,
    rows: { top: 24, kernel: 58, program: 88 },
    say: { top: 31, kernel: 56, program: 95 },
    thick: 16,
    sign: { dot: 8, due: 9, lid: 28, cross: 15 },
    way: 117,
    off: 24,
    call: 40,
  },
  m: {
    height: 104,
    rows: { top: 17, kernel: 44, program: 74 },
    say: { top: 23, kernel: 45, program: 80 },
    thick: 14,
    sign: { dot: 7, due: 8, lid: 24, cross: 13 },
    way: 98,
    off: 20,
    call: 34,
  },
  s: {
    height: 84,
    rows: { top: 14, kernel: 36, program: 60 },
    say: { top: 20, kernel: 38, program: 67 },
    thick: 12,
    sign: { dot: 6, due: 7, lid: 24, cross: 11 },
    way: 80,
    off: 20,
    call: 36,
  },
  xs: {
    height: 64,
    rows: { top: 10, kernel: 26, program: 46 },
    say: { top: 16, kernel: 28, program: 52 },
    thick: 10,
    sign: { dot: 5, due: 6, lid: 20, cross: 9 },
    way: 0,
    off: 17,
    call: 28,
  },
};

/** @typedef {typeof SIZES["l"]} Size */

/** Not broken at the hyphen of an option. @param {string} text */
const unbroken = (text) =>
  text
    .split(/( --?\w\S{0,15}(?= |$))/)
    .map((part, at) => (at % 2 ? html` <span class="lanes-option">${part.slice(1)}</span>` : part));

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
    svg`<text class=${`fall-say ${anchor === "end" ? "fall-end" : ""} ${row === "program" ? "fall-along" : ""}`} x=${beside} y=${say[row]}>${text}</text>`,
  );
};

/** @param {LaneFigure} figure @param {string} label @param {Size} size */
const plotView = ({ life, dotted, now, deadline, due, drops, marks, words, way }, label, size) => {
  const { rows, sign, thick, height } = size;
  const y = rows.program;
  return html`<svg class="lanes-plot" width="100%" height=${height} role="img" aria-label=${label}>
    ${life ? svg`<rect class="fall-life" x=${percent(clip(life.x0))} width=${percent(Math.max(0, clip(life.x1) - clip(life.x0)))} y=${y - thick / 2} height=${thick}/>` : nothing}
    ${dotted ? svg`<line class=${deadline?.past ? "fall-to lanes-past" : "fall-to"} x1=${percent(clip(dotted.x0))} x2=${percent(clip(dotted.x1))} y1=${y} y2=${y}/>` : nothing}
    ${deadline ? svg`<line class=${deadline.past ? "fall-deadline lanes-past" : "fall-deadline"} x1=${percent(deadline.x)} x2=${percent(deadline.x)} y1="6" y2=${height - 6}/>` : nothing}
    ${now === null ? nothing : svg`<line class="lanes-now" x1=${percent(now)} x2=${percent(now)} y1="4" y2=${height - 4}/>`}
    ${drops.map((drop) => dropView(size, drop))}
    ${due === null ? nothing : at(due, signOf(sign, /** @type {any} */ ({ shape: "due" }), rows.top))}
    ${marks.map((mark) => at(mark.x, signOf(sign, /** @type {any} */ (mark), y)))}
    ${words.filter(({ row }) => size.way || row !== "top" || words.every((each) => each.row !== "kernel")).map((each) => wordsView(size, each))}
    ${way && size.way ? at(way.x, svg`<text class="fall-told" x="0" y=${size.way}>${way.text}</text>`) : nothing}
  </svg>`;
};

const LEAP = 8; // half of the sign at its end
const ONE_LINE = 0.3; // of a lane: as in `lanes.css`

/** How high a lane is: what is not started is one line. @param {Pick<Lane, "later">} lane */
export const weightOf = ({ later }) => (later ? ONE_LINE : 1);

/** Signals from lane to lane, over all of them; in words each lane says its own. @param {readonly Leap[]} leaps @param {readonly number[]} weights @param {Size} size */
const leapsView = (leaps, weights, { rows, height }) => {
  const upTo = (/** @type {number} */ lane) => weights.slice(0, lane).reduce((sum, each) => sum + each, 0);
  const middle = (/** @type {number} */ lane) =>
    percent(((upTo(lane) + weights[lane] / 2) / upTo(weights.length)) * 100);
  return html`<div class="lanes-leaps" aria-hidden="true"><svg width="100%" height="100%" overflow="visible"><g transform=${`translate(0 ${rows.program - height / 2})`}>${leaps.map(
    ({ from, to, x0, x1, shape }) =>
      svg`<line class="lanes-leap-under" x1=${percent(x0)} x2=${percent(x1)} y1=${middle(from)} y2=${middle(to)}/><line class="lanes-leap" x1=${percent(x0)} x2=${percent(x1)} y1=${middle(from)} y2=${middle(to)}/><svg x=${percent(x0)} y=${middle(from)} overflow="visible"><circle class="lanes-leap-end" r="9"/><circle class="fall-from" r="6"/></svg><svg x=${percent(x1)} y=${middle(to)} overflow="visible"><circle class="lanes-leap-end" r="14"/>${fateSign(shape, 0, LEAP)}</svg>`,
  )}</g></svg></div>`;
};

/** How it ends, or what it would wait. @param {Lane} lane @param {boolean} start @param {boolean} asked @param {Handlers["onStartLane"]} onStartLane */
const endView = ({ id, name, say, of, figures, spoken, place, thin }, start, asked, onStartLane) => {
  const [rank, tie] = place.split(",");
  return html`<div class="lanes-end" ?data-thin=${thin}><p ?data-placed=${Boolean(place)}><b>${say}</b>${spoken ? html`<span class="vh"> ${spoken}, </span>` : nothing}<span>${of}</span>${
    place
      ? html`<span class="lanes-place">${rank}${tie ? html`<span aria-hidden="true"> =</span><span class="vh">,${tie}</span>` : nothing}</span>`
      : nothing
  }</p>${
    start
      ? html`<button class="btn lanes-start" type="button" ?disabled=${asked} aria-label=${`Start ${name}`} @click=${() => onStartLane(id)}>${asked ? "Asked …" : "Start"}</button>`
      : numerals(figures)
  }</div>`;
};

const LONG = 16; // characters of a name in the largest type

/**
 * @param {Lane} lane @param {number} index @param {boolean} chosen @param {LaneRoom} room @param {boolean} start - it can be started here
 * @param {boolean} line - not started: one line of it @param {boolean} asked @param {LaneBet|null} bet @param {boolean} guessing @param {Handlers} handlers
 */
const laneView = (
  lane,
  index,
  chosen,
  { size, scale },
  start,
  line,
  asked,
  bet,
  guessing,
  { onLane, onStartLane, onGuess },
) => {
  const { id, name, sub, full, field, sentence, label, figure } = lane;
  return html`<li class="lanes-lane" data-state=${field} ?data-chosen=${chosen} ?data-waits=${line} data-target=${name}>
    <button class="lanes-pick" type="button" aria-current=${chosen ? "true" : "false"} title=${full ? `${name}: ${full}` : name} @click=${() => onLane(id)}><b class="lanes-key">${index + 1}</b><span class="lanes-who"><span class="lanes-name" ?data-long=${name.length > LONG}>${name}</span><span class="lanes-sub">${unbroken(sub)}</span></span></button>
    ${size === "strip" ? nothing : line ? nothing : size === "none" ? html`<p class="lanes-sentence">${sentence}</p>${figure.way ? html`<p class="lanes-way">${figure.way.brief}</p>` : nothing}` : plotView(figure, label, scale === 1 ? SIZES[size] : scaled(SIZES[size], scale))}
    ${bet?.open ? html`<div class="lanes-end bet-here">${guessButtons({ id, name, bet, asked: guessing }, onGuess)}</div>` : endView(lane, start, asked, onStartLane)}
  </li>`;
};

/** Lanes, or the chosen one's whole fall: one button, always in the same place. @param {string} name @param {boolean} open @param {boolean} guessing @param {() => void} onWhole */
const turnView = (name, open, guessing, onWhole) =>
  html`<button class="btn whole-turn" type="button" ?disabled=${guessing} title=${guessing ? "when the guesses are closed" : nothing} @click=${onWhole}>${open ? "All lanes" : html`Whole fall<span class="vh"> of ${name}</span>`} <kbd>v</kbd></button>`;

/**
 * @param {Lanes & {size: LaneSize, scale?: number, chosen: string, role: "driver"|"viewer", asked: ReadonlySet<string>,
 *   guessing: ReadonlySet<string>, bet: RunBet|null, slot: unknown, whole: unknown}} slice
 *   `asked`: targets whose start was asked for; `slot`: the view of the clock's slot; null in presenter mode; `whole`: the
 *   view of the chosen one's fall; null: the lanes have its room
 * @param {number} _nowMs
 * @param {Handlers} handlers
 */
export const lanesView = (
  { lanes, leaps = [], ticks, size, scale = 1, chosen, role, asked, guessing, bet, slot, whole },
  _nowMs,
  handlers,
) => {
  const { field: light = "idle", name = "" } = lanes.find(({ id }) => id === chosen) ?? {};
  const open = size === "strip";
  const low = slot !== null && !open && size !== "none";
  return html`<section class="lanes" aria-label="Targets side by side" ?data-open=${open}>
    <ol class="lanes-list">${lanes.map((lane, index) =>
      laneView(
        lane,
        index,
        lane.id === chosen,
        { size, scale },
        role === "driver" && lane.waits,
        low && lane.later,
        asked.has(lane.id),
        bet?.lanes[lane.id] ?? null,
        guessing.has(`guess:${lane.id}`),
        handlers,
      ),
    )}</ol>
    ${size === "none" || open || !leaps.length ? nothing : leapsView(leaps, lanes.map(low ? weightOf : () => 1), scale === 1 ? SIZES[size] : scaled(SIZES[size], scale))}
    ${whole === null ? nothing : html`<div class="field whole" data-state=${light} role="group" aria-label=${`The fall of ${name}`}>${whole}</div>`}
    <div class="lanes-axis" aria-hidden="true"><span>seconds since the stop</span>${
      size === "none" || open
        ? nothing
        : html`<svg width="100%" height="28">${ticks.map(({ x, label }) => svg`<text x=${percent(x)} y="18">${label}</text>`)}</svg>`
    }</div>
    ${slot === null ? nothing : html`<div class="field lanes-slot" data-state=${light}>${slot}</div>`}
    ${size === "none" || slot === null ? nothing : turnView(name, open, bet?.open ?? false, handlers.onWhole)}
  </section>`;
};
