/**
 * The bar of a replay: where in the run it is, and how to go through it.
 */

import { html, live, nothing, svg } from "../lit.js";
import { duration } from "../words/text.js";
import { icon } from "./signs.js";

/** @import { Speed } from "../page/replay.js" */

/** "3.2 s", "2:05.0": in tenths, so that a countdown can be followed. @param {number} ms */
export const playTime = (ms) => {
  const tenths = Math.floor(ms / 100);
  const minutes = Math.floor(tenths / 600);
  const rest = (tenths % 600) / 10;
  return minutes ? `${minutes}:${rest.toFixed(1).padStart(4, "0")}` : rest.toFixed(1);
};

/** What was skipped, in words. @param {number} ms */
export const skippedWords = (ms) => `${duration(ms)} with nothing, skipped`;

/** Where people acted: marks on the line. @param {number[]} marks @param {number} lengthMs */
const marksView = (marks, lengthMs) =>
  html`<svg class="rep-marks" width="100%" height="10" aria-hidden="true">${marks.map((ms) => {
    const x = `${((ms / Math.max(1, lengthMs)) * 100).toFixed(2)}%`;
    return svg`<line x1=${x} x2=${x} y1="0" y2="10"/>`;
  })}</svg>`;

/**
 * @typedef {object} ReplaySlice
 * @property {number} ms
 * @property {number} lengthMs
 * @property {number} index
 * @property {number} count
 * @property {number|null} id        number of the event that came last
 * @property {boolean} playing
 * @property {Speed} speed
 * @property {readonly Speed[]} speeds
 * @property {boolean} skip
 * @property {number} skippedMs      just now; 0: nothing
 * @property {number[]} marks
 * @property {string|null} back      address of the run's own page
 *
 * @param {ReplaySlice} slice
 * @param {number} _nowMs
 * @param {{onToggle: () => void, onStep: (by: number) => void, onSpeed: (speed: Speed) => void, onSeek: (ms: number) => void,
 *   onEnd: () => void, onSkip: (skip: boolean) => void, onKey: (event: KeyboardEvent) => void}} handlers
 */
export const replayView = (
  { ms, lengthMs, index, count, id, playing, speed, speeds, skip, skippedMs, marks, back },
  _nowMs,
  { onToggle, onStep, onSpeed, onSeek, onEnd, onSkip, onKey },
) => {
  const told = `${playTime(ms)} of ${playTime(lengthMs)} s, event ${index} of ${count}`;
  const value = (/** @type {Event} */ event) => Number(/** @type {HTMLInputElement} */ (event.target).value);
  return html`<section class="rep" aria-label="Replay" @keydown=${onKey}>
    <button class="btn btn-main rep-play" type="button" aria-label=${playing ? "Pause" : "Play"} aria-keyshortcuts="Space" @click=${onToggle}>${icon(playing ? "i-pause" : "i-play")}<span>${playing ? "Pause" : "Play"}</span></button>
    <button class="btn rep-step" type="button" aria-label="One event back" aria-keyshortcuts="[" title="One event back ([)" ?disabled=${ms <= 0 && index <= 1} @click=${() => onStep(-1)}>${icon("i-back")}</button>
    <button class="btn rep-step" type="button" aria-label="One event on" aria-keyshortcuts="]" title="One event on (])" ?disabled=${index >= count} @click=${() => onStep(1)}>${icon("i-on")}</button>
    <fieldset class="seg rep-speed"><legend class="vh">Speed</legend>${speeds.map(
      (each) =>
        html`<label><input type="radio" name="rep-speed" .checked=${live(each === speed)} @change=${() => onSpeed(each)}>${each}×</label>`,
    )}</fieldset>
    <div class="rep-line">${marksView(marks, lengthMs)}<input type="range" min="0" max=${Math.max(1, lengthMs)} step="1" aria-label="Moment" aria-valuetext=${told} .value=${live(String(ms))} @input=${(/** @type {Event} */ event) => onSeek(value(event))}></div>
    <p class="rep-at" title=${told}>${skippedMs ? skippedWords(skippedMs) : html`<b>${playTime(ms)}</b><span class="rep-of"> of ${playTime(lengthMs)} s</span> <span>event ${index} of ${count}${id === null ? nothing : html` (${id})`}</span>`}</p>
    <label class="rep-skip"><input type="checkbox" .checked=${live(skip)} @change=${(/** @type {Event} */ event) => onSkip(/** @type {HTMLInputElement} */ (event.target).checked)}><span>skip long waits</span></label>
    <button class="btn rep-end" type="button" @click=${onEnd}>End</button>
    ${back ? html`<a class="btn btn-plain rep-back" href=${back} aria-label="Leave the replay" title="Leave the replay">${icon("i-close")}</a>` : nothing}
  </section>`;
};
