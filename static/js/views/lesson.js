/**
 * Steps, and under the current one what must be seen.  A tick is drawn by an event only.
 */

import { html, nothing } from "../lit.js";
import { icon, words } from "./signs.js";

/** @import { LessonStep } from "../types.js" */

/** @param {string} data */
const keyName = (data) =>
  data.length === 1 && data < " " ? `Ctrl-${String.fromCharCode(data.charCodeAt(0) + 64)}` : `“${data.trim()}”`;

/** What the button of a step says. @param {Record<string, any>} what */
export const doWords = ({ signal, stop, type, resize, pause, unpause }) => {
  if (signal) return `Send ${String(signal.signal).replace(/^SIG/, "")}`;
  if (stop)
    return stop.timeout_s === undefined || stop.timeout_s === null
      ? "Stop it"
      : stop.timeout_s < 0
        ? "Stop it, no limit"
        : `Stop it, wait ${stop.timeout_s} s`;
  if (type) return `Type ${keyName(String(type.data))}`;
  if (resize) return `Resize to ${resize.cols} × ${resize.rows}`;
  if (pause) return "Pause it";
  if (unpause) return "Let it go on";
  return "Do it";
};

/**
 * @param {{steps: LessonStep[], role: "driver"|"viewer", alive: boolean, canStop: boolean, asked: number|null}} slice
 *   `canStop`: no stop is under way; `asked`: the step whose request has not been taken yet
 * @param {number} _nowMs
 * @param {{onStep: (step: number) => void}} handlers
 */
export const lessonView = (
  { steps, role, alive, canStop, asked },
  _nowMs,
  { onStep },
) => html`<section class="less" tabindex="0" aria-label="Lesson">
  <h2>Lesson</h2>
  <ol>${steps.map(
    ({
      index,
      say,
      do: what,
      is,
      see,
    }) => html`<li class="less-step" data-is=${is === "done" ? "done" : nothing} aria-current=${is === "current" ? "step" : nothing}>
      ${is === "done" ? html`<span class="less-tick">${icon("i-tick")}<span class="vh">done: </span></span>` : html`<b>${index + 1}</b>`}<p>${words(say)}</p>
      ${
        is === "current"
          ? html`<ul class="less-see">${see.map(({ text, event }) => html`<li>${event === null ? nothing : icon("i-tick")}<span>${text}${event === null ? nothing : html` <a href=${`#e${event}`} aria-label=${`seen in event ${event}`}>${event}</a>`}</span></li>`)}</ul>
            ${what && role === "driver" && alive && (canStop || !("stop" in what)) ? html`<button class="btn less-do" type="button" ?disabled=${asked === index} @click=${() => onStep(index)}>${doWords(what)}</button>` : nothing}`
          : nothing
      }</li>`,
  )}</ol>
  ${steps.length ? nothing : html`<p class="verd-dim">No lesson: try what you like.</p>`}
</section>`;
