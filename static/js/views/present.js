/**
 * Presenter mode: type for the back row and the essentials only.  The field takes the room: the sentence, the fall (or
 * the lanes), the number, and who handles the signal.  Below it the command, the terminal and the lesson's step.
 * Every place has its size before anything happens: only words and colours change.
 */

import { html, nothing } from "../lit.js";
import { ledView } from "./bar.js";
import { guessButtons } from "./bet.js";
import { dispositionOf } from "./board.js";
import { fallView } from "./fall.js";
import { seeView } from "./lesson.js";
import { qrView } from "./qr.js";
import { icon, numerals, shape, words } from "./signs.js";

/** @import { Fall } from "../wire/types.js" */
/** @import { LessonStep } from "../selectors/lesson.js" */
/** @import { Said, TreeRow } from "../selectors/present.js" */

/** @typedef {{rows: TreeRow[], more: number, signal: string}} Tree */
/** @typedef {{say: string, figures: string[], sub: string, thin: boolean}} Number_ */

const LONG = [31, 62]; // characters: one line of the largest type, two of the next
const WHY_LONG = 96;
const FEW = 3; // ticks in the type of the subtitle

/** @param {string} say */
const lengthOf = (say) => LONG.filter((limit) => say.length > limit).length || nothing;

/** @param {Said} said */
const saidView = ({ say, why, ahead }) => html`<header class="pres-said" ?data-ahead=${ahead}>
    <h1 class="pres-headline" data-long=${lengthOf(say)}>${say}</h1>
    <p class="pres-why" ?data-long=${why.length > WHY_LONG}>${ahead ? html`<b>Forecast:</b> ` : nothing}${why}</p>
  </header>`;

/** @param {Tree} tree */
const treeView = ({ rows, more, signal }) => html`<section class="pres-tree" aria-label="Processes">
    <h2>${rows.length ? html`Who handles ${signal}` : nothing}</h2>
    <ul>${rows.map(({ nsPid, comm, depth, gone, selected, cell }) => {
      const does = dispositionOf(cell);
      return html`<li ?data-gone=${gone} aria-current=${selected ? "true" : nothing} data-depth=${Math.min(3, depth)}><span class="pres-pid">${nsPid}</span><span class="pres-comm">${comm}</span><span class="pres-does">${gone ? "gone" : html`${does === "unknown" ? "?" : shape(does)} ${does}`}</span></li>`;
    })}${more > 0 ? html`<li><span></span><span>and ${more} more</span></li>` : nothing}</ul>
  </section>`;

/** @param {Number_} number */
const numberView = ({ say, figures, sub, thin }) => {
  const said = figures.map((figure) => (figure === "dot" ? "." : figure === "dash" ? "" : figure)).join("");
  return html`<div class="pres-clock" ?data-thin=${thin}>
    <p class="clock-say">${say}</p>${numerals(figures)}<p class="clock-of">${sub}</p>
    <p class="vh" role="timer">${say} ${said} ${sub}</p>
  </div>`;
};

/** While the room guesses, in the number's place. @param {import("./bet.js").Guessed} bet @param {(target: string, guess: import("../wire/types.js").Guess) => void} onGuess */
const betView = (bet, onGuess) => html`<div class="pres-clock pres-bet">
    <p class="clock-say">Guess first</p>${guessButtons(bet, onGuess)}
  </div>`;

/**
 * @param {{said: Said, fall: Fall, number: Number_, tree: Tree, scale: number, strip: unknown, bet: import("./bet.js").Guessed|null}} slice -
 *   `strip`: the lanes, where this is one of several; `bet`: what is guessed now
 * @param {(target: string, guess: import("../wire/types.js").Guess) => void} onGuess
 */
export const presentField = ({ said, fall, number, tree, scale, strip, bet }, onGuess) =>
  html`<section class="field pres-field" data-state=${fall.field} aria-label="The stop">
    ${strip}${saidView(said)}${fallView({ fall, size: "p", scale })}${bet ? betView(bet, onGuess) : numberView(number)}${treeView(tree)}
  </section>`;

/** Several targets: the lanes have the width, each with its own number. @param {{said: Said, tree: Tree, lanes: unknown, state: string}} slice */
export const presentLanes = ({ said, tree, lanes, state }) =>
  html`<div class="pres-lanes"><section class="field pres-head" data-state=${state} aria-label="The chosen target">${saidView(said)}${treeView(tree)}</section>${lanes}</div>`;

/** @param {number} watching */
const watchers = (watching) => (watching === 1 ? "one viewer" : `${watching || "no"} viewers`);

/**
 * The subtitle: the step with its ticks, or what remains when all of them are done; in the corner the viewers' link, where
 * it is wanted.
 * @param {{step: LessonStep|null, over: boolean, after: string, link: {url: string, qr: import("./qr.js").Qr|null}|null, outOfReach: string, watching: number,
 *   hushed: import("./lesson.js").Hushed}} slice
 */
export const presentLow = ({
  step,
  over,
  after,
  link,
  outOfReach,
  watching,
  hushed,
}) => html`<section class="pres-low" aria-label="Lesson" ?data-qr=${link !== null}>
    <div class="pres-lesson" data-hushed=${hushed || nothing}>${
      over && after
        ? html`<p class="pres-step">${words(after)}</p>`
        : step
          ? html`<p class="pres-step">${words(step.say)}</p>${step.is === "next" ? nothing : seeView(step.see, hushed, step.see.length > FEW)}`
          : nothing
    }</div>
    ${link ? html`<div class="pres-qr">${link.qr ? qrView({ url: link.url, qr: link.qr }) : nothing}<p>${outOfReach ? "only this machine can open it" : `to watch: ${watchers(watching)}`}</p></div>` : nothing}
  </section>`;

/** @param {{equivalent: string, refused: string, lost: string}} slice */
export const presentCommand = ({ equivalent, refused, lost }) =>
  html`<header class="term-head"><h2 class="vh">Terminal</h2><p class="pres-cmd">${refused ? `not taken: ${refused}` : lost ? `output may be missing: ${lost}` : equivalent ? `$ ${equivalent}` : ""}</p></header>`;

/**
 * What can be pressed; seen only while the pointer moves or one of them has the focus.
 * @param {{full: boolean|null, qr: boolean|null, led: import("./bar.js").Led|null, whole: boolean|null}} slice - null: where the browser
 *   allows none; for a viewer; nobody presents, or one does it oneself; there is one target only
 * @param {number} _nowMs
 * @param {{onFull: () => void, onHelp: () => void, onLeave: () => void, onQr: () => void, onLed: () => void, onWhole: () => void}} handlers
 */
export const presentBar = ({ full, qr, led, whole }, _nowMs, { onFull, onHelp, onLeave, onQr, onLed, onWhole }) =>
  html`<nav class="pres-bar" aria-label="Presenter mode">
    ${led ? ledView(led, onLed) : nothing}
    ${whole === null ? nothing : html`<button class="btn" type="button" aria-pressed=${whole ? "true" : "false"} @click=${onWhole}>Whole fall <kbd>v</kbd></button>`}
    ${qr === null ? nothing : html`<button class="btn" type="button" aria-pressed=${qr ? "true" : "false"} @click=${onQr}>QR code <kbd>q</kbd></button>`}
    ${full === null ? nothing : html`<button class="btn" type="button" aria-pressed=${full ? "true" : "false"} @click=${onFull}>Full screen <kbd>f</kbd></button>`}
    <button class="btn" type="button" aria-haspopup="dialog" @click=${onHelp}>Keys <kbd>?</kbd></button>
    <button class="btn" type="button" @click=${onLeave}>${icon("i-close")}Leave <kbd>Esc</kbd></button>
  </nav>`;
