/**
 * What a person does with the fall: points at its marks, walks along them, and looks closely.
 *
 * The marks are links to their rows of the record, in a layer of their own above the figure: a figure that is one image
 * must not hold anything that can be focused.  Of all of them one is a tab stop; arrows go from mark to mark.
 */

import { html, nothing, repeat, svg } from "../lit.js";
import { AUTHOR_WORDS, icon } from "./signs.js";

/** @import { Point } from "../selectors/fall/points.js" */

/**
 * @typedef {object} Cursor
 * @property {Point[]} points
 * @property {number|null} at            id of the one that is pointed at
 * @property {number|null} stop          id of the tab stop
 * @property {boolean} open              there is something to look at closely
 * @property {boolean} zoomed
 *
 * @typedef {object} CursorHandlers
 * @property {(id: number|null) => void} onPoint
 * @property {(event: KeyboardEvent) => void} onKey
 * @property {(event: WheelEvent) => void} onWheel
 * @property {(act: "in"|"out"|"fit"|"live"|"earlier"|"later") => void} onLook
 */

const HIT = 12; // pixels: 24 across, so that a finger can do it

const percent = (/** @type {number} */ x) => `${x.toFixed(2)}%`;

/** In one sentence, for who hears the page. @param {Point} point */
const nameOf = ({ when, author, text, id }) => `${when} s, ${AUTHOR_WORDS[author]}: ${text}, event ${id}`;

/**
 * @param {Cursor} cursor @param {(point: Point) => number} yOf - pixels
 * @param {CursorHandlers} handlers
 */
export const pointsView = ({ points, at, stop }, yOf, { onPoint }) =>
  html`<svg class="fall-hits" role="group" aria-label="Marks, in order of time" width="100%">${repeat(
    points,
    ({ id }) => id,
    (point) => {
      const { id, x } = point;
      const off = x < -1 || x > 101; // it keeps the focus, at the edge behind which it is
      return svg`<a class="fall-hit" href=${`#e${id}`} data-point=${id} tabindex=${id === stop ? "0" : "-1"} aria-label=${nameOf(point)} ?data-at=${id === at} ?data-off=${off} @pointerenter=${() => onPoint(id)} @pointerleave=${() => onPoint(null)} @focus=${() => onPoint(id)} @blur=${() => onPoint(null)}><svg x=${percent(Math.max(0, Math.min(100, x)))} y="0" overflow="visible"><circle cy=${yOf(point)} r=${HIT}/></svg></a>`;
    },
  )}</svg>`;

/** The sentence of what is pointed at; who hears the page has it as the name of the mark. @param {Cursor} cursor */
export const plateView = ({ points, at }) => {
  const point = points.find(({ id }) => id === at);
  return point
    ? html`<p class="fall-plate" aria-hidden="true"><b>${point.when} s</b><span>${AUTHOR_WORDS[point.author]}</span><span class="fall-plate-text">${point.text}</span><span>event ${point.id}</span></p>`
    : nothing;
};

/** @param {Cursor} cursor @param {CursorHandlers} handlers */
export const toolsView = ({ open, zoomed }, { onLook }) =>
  html`<div class="fall-tools" role="group" aria-label="Time shown" ?data-open=${open}>
    <button type="button" aria-label="Look closer" title="Look closer (+)" @click=${() => onLook("in")}>${icon("i-plus")}</button><button type="button" aria-label="Look from farther away" title="From farther away (−)" ?disabled=${!zoomed} @click=${() => onLook("out")}>${icon("i-minus")}</button><button type="button" title="Just what happened (f)" @click=${() => onLook("fit")}>Fit</button><button type="button" title="Follow the whole time again (0)" aria-pressed=${zoomed ? "false" : "true"} @click=${() => onLook("live")}>Follow</button>
  </div>
  <div class="fall-pan" role="group" aria-label="Move in time" ?data-open=${open && zoomed}>
    <button type="button" aria-label="Earlier" title="Earlier (Shift ←)" @click=${() => onLook("earlier")}>${icon("i-right")}</button><button type="button" aria-label="Later" title="Later (Shift →)" @click=${() => onLook("later")}>${icon("i-right")}</button>
  </div>`;
