/**
 * The marks of the fall.  Solid is recorded; the same mark hollow, thin or dotted is forecast.  All of them are drawn
 * around x = 0 of a nested `<svg>` that stands at their moment.
 */

import { nothing, svg } from "../lit.js";

/** @import { FallMark } from "../wire/types.js" */

/** @typedef {{dot: number, due: number, lid: number, cross: number}} SignSize  pixels */

const LID_HALF = 6; // of a hollow one; a solid one is as thick as the style says

/** @param {number} y @param {number} c */
const crossAt = (y, c) => `M${-c} ${y - c}l${2 * c} ${2 * c}M${c} ${y - c}l${-2 * c} ${2 * c}`;
/** @param {number} y @param {number} c */
const barsAt = (y, c) => `M${-c / 2} ${y - c}v${2 * c}M${c / 2} ${y - c}v${2 * c}`;
/** @param {number} y @param {number} c */
const triangleAt = (y, c) => `M${-c * 0.7} ${y - c}L${c} ${y}L${-c * 0.7} ${y + c}Z`;

/** @param {SignSize} size @param {FallMark["shape"]} shape @param {number} y */
const hollowOf = ({ dot, lid, cross }, shape, y) => {
  switch (shape) {
    case "lid":
      return svg`<rect class="fall-hollow" x=${-lid} y=${y - LID_HALF} width=${2 * lid} height=${2 * LID_HALF}/>`;
    case "box":
      return svg`<rect class="fall-hollow" x=${-dot * 1.5} y=${y - dot * 1.5} width=${dot * 3} height=${dot * 3}/>`;
    case "handle":
      return svg`<circle class="fall-hollow" cy=${y} r=${dot * 1.5}/>`;
    case "cross":
      return svg`<path class="fall-maybe" d=${crossAt(y, cross)}/>`;
    case "freeze":
      return svg`<path class="fall-maybe" d=${barsAt(y, cross)}/>`;
    case "thaw":
      return svg`<path class="fall-hollow" d=${triangleAt(y, cross)}/>`;
    default:
      return shape === "none" ? nothing : svg`<circle class="fall-hollow" cy=${y} r=${dot - 1}/>`;
  }
};

/** @param {SignSize} size @param {FallMark} mark @param {number} y of its lane */
export const signOf = (size, { shape, hollow }, y) => {
  if (hollow) return hollowOf(size, shape, y);
  const { dot, due, lid, cross } = size;
  switch (shape) {
    case "dot":
      return svg`<circle class="fall-dot" cy=${y} r=${dot}/>`;
    case "ring":
      return svg`<circle class="fall-hollow" cy=${y} r=${dot - 1}/>`;
    case "due":
      return svg`<circle class="fall-due" cy=${y} r=${due}/>`;
    case "lid":
      return svg`<path class="fall-lid" data-new d=${`M${-lid} ${y}H${lid}`}/>`;
    case "box":
      return svg`<rect class="fall-box" x=${-dot} y=${y - dot} width=${2 * dot} height=${2 * dot}/>`;
    case "handle":
      return svg`<circle class="fall-ring" cy=${y} r=${dot * 1.7}/><circle class="fall-dot" cy=${y} r=${dot * 0.7}/>`;
    case "cross":
      return svg`<path class="fall-x" d=${crossAt(y, cross)}/>`;
    case "freeze": // life is cut, or bars in its own ink would not be seen
      return svg`<rect class="fall-cut" x=${-cross} y=${y - cross} width=${2 * cross} height=${2 * cross}/><path class="fall-bars" d=${barsAt(y, cross)}/>`;
    case "thaw":
      return svg`<path class="fall-box" d=${triangleAt(y, cross)}/>`;
    case "end":
      return svg`<path class="fall-x" d=${`M0 ${y - cross}v${2 * cross}`}/>`;
    default:
      return nothing;
  }
};
