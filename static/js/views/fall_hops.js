/**
 * The processes of the program's lane, and the way of a signal among them: a thin life for each below the root's, a line
 * from sender to receiver at its moment, and at its end what became of it.  A phone has no room for them; there one line
 * of words tells the first.
 */

import { nothing, svg } from "../lit.js";
import { placeIn, wayWords } from "../selectors/fall/hops.js";
import { shortened } from "../words/text.js";

/** @import { FallMark } from "../wire/types.js" */
/** @import { Hop, Way } from "../selectors/fall/hops.js" */

/** @typedef {{lanes: number[], places: number[], under: number, life: number, hop?: number}} PlacesSize  pixels, as in `fall.js`; `hop`: how much larger its signs are */

const THICK = 4; // of a life below the root's
const SIZE = 5; // half of a sign
const NAME_OFF = 10;
const BASE = 4.5; // from the middle of small words to their base line
const BESIDE = 11;
const PHONE_CHARACTER = 2.1; // per cent that a small character takes, guessed as in `fall.js`

const percent = (/** @type {number} */ x) => `${x.toFixed(2)}%`;

/** Where a process has its place. @param {PlacesSize} size @param {Way|null|undefined} way @param {number|undefined} pid */
export const placeY = (size, way, pid) => size.places[placeIn(way, pid)] ?? size.places[0];

/** Is it told by a hop's own sign? @param {PlacesSize} size @param {Way|null|undefined} way @param {FallMark} mark */
export const onPlace = (size, way, { lane, pid }) =>
  lane === "program" && size.places.length > 1 && placeIn(way, pid) > 0;

/** @param {"cross"|"end"|null} end @param {number} y @param {number} SIGN */
const endSign = (end, y, SIGN) =>
  end === null
    ? nothing
    : svg`<path class="fall-ended" d=${end === "end" ? `M0 ${y - SIGN}v${2 * SIGN}` : `M${-SIGN} ${y - SIGN}l${2 * SIGN} ${2 * SIGN}M${SIGN} ${y - SIGN}l${-2 * SIGN} ${2 * SIGN}`}/>`;

/** @param {Way|null|undefined} way @param {PlacesSize} size */
export const placesView = (way, size) =>
  way?.places.slice(1, size.places.length).map(({ name, life, end }, at) => {
    const y = size.places[at + 1];
    const { hop = 1 } = size;
    const [thick, SIGN] = [THICK * hop, SIZE];
    return svg`<text class="fall-name" x=${-NAME_OFF * hop} y=${y + BASE * hop}>${name}</text>
      ${life && life.x1 > life.x0 ? svg`<rect class="fall-place" x=${percent(life.x0)} width=${percent(life.x1 - life.x0)} y=${y - thick / 2} height=${thick}/>` : nothing}
      ${life && life.x1 > 0 && life.x1 < 100 ? svg`<svg x=${percent(life.x1)} y="0" overflow="visible">${endSign(end, y, SIGN * hop)}</svg>` : nothing}`;
  }) ?? nothing;

/** @param {FallMark["shape"]} shape @param {number} y @param {number} [SIGN] */
export const fateSign = (shape, y, SIGN = SIZE) => {
  const lines = (/** @type {string} */ d) =>
    svg`<path class="fall-fate-under" d=${d}/><path class="fall-fate-over" d=${d}/>`;
  switch (shape) {
    case "handle":
      return svg`<circle class="fall-fate" cy=${y} r=${SIGN}/><circle class="fall-fate-solid" cy=${y} r="2"/>`;
    case "box":
      return svg`<rect class="fall-fate" x=${-SIGN} y=${y - SIGN} width=${2 * SIGN} height=${2 * SIGN}/>`;
    case "lid":
      return svg`<path class="fall-fate-over" d=${`M${-2 * SIGN} ${y - SIGN}h${4 * SIGN}`}/>`;
    case "cross":
      return lines(`M${-SIGN} ${y - SIGN}l${2 * SIGN} ${2 * SIGN}M${SIGN} ${y - SIGN}l${-2 * SIGN} ${2 * SIGN}`);
    case "freeze":
      return lines(`M${-SIGN / 2} ${y - SIGN}v${2 * SIGN}M${SIGN / 2} ${y - SIGN}v${2 * SIGN}`);
    case "thaw":
      return svg`<path class="fall-fate" d=${`M${-SIGN * 0.7} ${y - SIGN}L${SIGN} ${y}L${-SIGN * 0.7} ${y + SIGN}Z`}/>`;
    default:
      return svg`<circle class="fall-fate-solid" cy=${y} r="3"/>`;
  }
};

/** @param {Hop} hop @param {PlacesSize} size */
const hopView = ({ from, to, x, takenX, shape, text, anchor }, { places: ys, hop = 1 }) => {
  const [y, SIGN] = [ys[to], SIZE];
  const beside = (shape === "lid" ? BESIDE + SIGN : BESIDE) * hop * (anchor === "end" ? -1 : 1);
  const line =
    from === null || from === to || x < 0 || x > 100
      ? nothing
      : svg`<line class="fall-hop" x1=${percent(x)} x2=${percent(x)} y1=${ys[from]} y2=${y}/>
        <svg x=${percent(x)} y="0" overflow="visible"><circle class="fall-from" cy=${ys[from]} r="4"/></svg>`;
  if (to === 0 || takenX > 101) return line; // the kernel's own line ends there, and has a larger sign
  return svg`${line}<svg x=${percent(takenX)} y="0" overflow="visible">${fateSign(shape, y, SIGN * hop)}${
    text
      ? svg`<text class=${`fall-told ${anchor === "end" ? "fall-end" : ""}`} x=${beside} y=${y + BASE * hop}>${text}</text>`
      : nothing
  }</svg>`;
};

/** @param {Way} way @param {PlacesSize} size */
const inWords = (way, { lanes, under }) => {
  const words = wayWords(way);
  const first = way.hops.find(({ from }) => from !== null);
  if (!first || !words) return nothing;
  const room = (/** @type {number} */ x) => Math.floor((100 - x) / PHONE_CHARACTER) - 1;
  const x = first.x > 0 && room(first.x) >= words.length ? first.x : 0;
  const text = shortened(words, room(x));
  return svg`<text class="fall-told fall-below" x=${percent(x)} y=${lanes[3] + under}>${text}</text>`;
};

/** @param {Way|null|undefined} way @param {PlacesSize} size */
export const hopsView = (way, size) => {
  if (!way) return nothing;
  if (size.places.length < 2) return inWords(way, size);
  return way.hops.map((hop) => hopView(hop, size));
};
