/** The speaker's window: read at a glance from a standing desk, beside the page that the room sees. */

import { html, nothing } from "../lit.js";
import { sayWords } from "../words/stop.js";
import { seeView } from "./lesson.js";
import { numerals, words } from "./signs.js";

/** @import { Speaker, SpeakerTarget } from "../selectors/speaker.js" */

const FEW = 3;

/** @param {SpeakerTarget} target */
const targetView = ({ name, chosen, state, say, figures, sub, forecast }) =>
  html`<li data-state=${state} aria-current=${chosen ? "true" : nothing}>
    <h3>${name}</h3>
    <p class="speak-say">${say}</p>${numerals(figures)}<p class="speak-sub">${sub}</p>
    <p class="speak-would">${forecast ? html`<b>${sayWords(forecast)}</b> ${forecast.why}` : nothing}</p>
  </li>`;

/**
 * @param {{speaker: Speaker|null, talk: string, ran: string, watching: number}} slice - `talk`, `ran`: how long this window is open, and the
 *   run goes on; `speaker` null: the room looks at nothing yet
 * @param {number} _nowMs
 * @param {{onReset: () => void}} handlers
 */
export const speakerView = ({ speaker, talk, ran, watching }, _nowMs, { onReset }) => html`
  <header class="speak-head">
    <div><h1>${speaker ? words(speaker.question || speaker.title) : "The room looks at no experiment yet."}</h1>
      <p>${speaker?.guessing ? html`<b>The room is guessing.</b> What stands here is not shown there.` : "Only you see this window: leave it on your own screen."}</p></div>
    <dl class="speak-times"><div><dt>Talk</dt><dd>${talk}</dd></div><div><dt>Run</dt><dd>${ran || "–"}</dd></div><div><dt>Watch</dt><dd>${watching}</dd></div></dl>
    <button class="btn" type="button" @click=${onReset}>Reset <kbd>0</kbd></button>
  </header>
  ${
    speaker === null
      ? html`<p class="speak-none">Open an experiment in the other window; this one goes along.</p>`
      : html`<section class="speak-lesson" aria-label="Lesson">
    ${speaker.now ? html`<h2>Now</h2><p class="speak-step">${words(speaker.now.say)}</p>${seeView(speaker.now.see, "", speaker.now.see.length > FEW)}` : html`<h2>No lesson</h2><p>This run has none: what it does is up to you.</p>`}
    ${speaker.next.length ? html`<h2>Next</h2><ol class="speak-next">${speaker.next.map((step) => html`<li>${words(step.say)}</li>`)}</ol>` : nothing}
  </section>
  <section class="speak-targets" aria-label="Targets">
    <h2>Until SIGKILL</h2>
    ${speaker.targets.length ? html`<ul>${speaker.targets.map(targetView)}</ul>` : html`<p>Not started yet.</p>`}
  </section>
  <section class="speak-learnt" aria-label="What is to be learnt">
    ${speaker.learnt.length ? html`<h2>To be learnt</h2><ul>${speaker.learnt.map((each) => html`<li>${words(each)}</li>`)}</ul>` : nothing}
  </section>`
  }`;
