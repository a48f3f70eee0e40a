/**
 * Steps, and under those that were reached what must be seen.  A tick is drawn by an event only.  What stands above the
 * current step keeps its size, so nothing that is read moves when a tick comes.
 */

import { html, nothing } from "../lit.js";
import { specialOf } from "../words/asks.js";
import { afterWords, doWords } from "../words/lesson.js";
import { answersView } from "./answers.js";
import { icon, words } from "./signs.js";

/** @import { LessonSight, LessonStep } from "../selectors/lesson.js" */

/** @param {LessonSight} sight */
const lessonSight = ({ text, is, event, tookS, why }) => {
  const link = () => html` <a href=${`#e${event}`} aria-label=${`seen in event ${event}`}>${event}</a>`;
  const after = tookS === null ? "" : `, ${afterWords(tookS)}`;
  if (is === "seen")
    return html`<li data-is="seen">${icon("i-tick")}<span><span class="vh">seen: </span>${words(text)}<small>${after}</small>${event === null ? nothing : link()}</span></li>`;
  if (is === "failed")
    return html`<li data-is="failed">${icon("i-close")}<span><s><span class="vh">not seen: </span>${words(text)}</s><small>${why}</small></span></li>`;
  if (is === "unseen")
    return html`<li data-is="unseen">${icon("i-minus")}<span><span class="vh">cannot be seen here: </span>${words(text)}<small>${why}</small></span></li>`;
  return html`<li>${words(text)}</li>`;
};

/** Why what is to be seen is not said: it would be a forecast. @typedef {"start"|"guesses"|""} Hushed */
const HUSHED = { start: "Shown once it runs.", guesses: "Shown after the guesses." };

/** Of the steps: what must be seen, or the room for it. @param {LessonSight[]} see @param {Hushed} hushed @param {boolean} [many] */
export const seeView = (see, hushed, many = false) =>
  html`<ul class="lesson-see" ?data-many=${many}>${hushed ? html`<li class="lesson-hush">${HUSHED[hushed]}</li>` : nothing}${see.map(lessonSight)}</ul>`;

/** @param {LessonStep} step */
const mark = ({ is, index }) => {
  if (is === "done") return html`<span class="lesson-tick">${icon("i-tick")}<span class="vh">done: </span></span>`;
  if (is === "failed")
    return html`<span class="lesson-tick">${icon("i-close")}<span class="vh">not done: </span></span>`;
  return html`<b>${index + 1}</b>`;
};

/**
 * @param {LessonStep} step
 * @param {{names: string[], asked: number|null}} slice
 * @param {(step: number) => void} onStep
 */
const button = ({ index, actions, again, blocked }, { names, asked }, onStep) => {
  const says = doWords(actions, names);
  return html`<div class="lesson-do"><button class="btn" type="button" ?disabled=${blocked !== null || asked === index} @click=${() => onStep(index)}>
    ${asked === index ? "Asked …" : again ? `Again: ${says}` : says}</button>${blocked ? html`<small>${blocked}</small>` : nothing}</div>`;
};

/**
 * @typedef {object} About               what the experiment says of itself
 * @property {string|null} section
 * @property {string|null} special
 * @property {string|null} differs
 * @property {string[]} learnt
 */

/** @param {About} about @param {boolean} over */
const learntView = ({ section, differs, learnt }, over) => {
  if (!learnt.length && !differs) return nothing;
  return html`<details class="lesson-learnt" ?open=${over}>
    <summary>${over ? "What was to be learnt" : "What is to be learnt"}</summary>
    <ul>${learnt.map((each) => html`<li>${words(each)}</li>`)}</ul>
    ${differs ? html`<p><b>Measured otherwise.</b> ${words(differs)}</p>` : nothing}
    <p class="lesson-from">${section ? html`In the tutorial: “${words(section)}”` : "Beyond the tutorial"}</p>
  </details>`;
};

/** Where to go on. @param {{href: string, title: string}} next */
const nextView = ({ href, title }) =>
  html`<p class="lesson-next"><a class="btn" href=${href} title=${title}><span>Next: ${title}</span> <kbd>Shift N</kbd></a></p>`;

/**
 * @param {{steps: LessonStep[], role: "driver"|"viewer", asked: number|null, names: string[], over: boolean, about: About|null,
 *   copied: string|null, files?: unknown, hushed?: Hushed, next?: {href: string, title: string}|null}} slice - `next`: the lesson after this one
 *   `asked`: the step whose request has not been taken yet; `names`: of the targets; `files`: what stands above the steps
 * @param {number} _nowMs
 * @param {{onStep: (step: number) => void, onCopy: (text: string) => void}} handlers
 */
export const lessonView = (
  { steps, role, asked, names, over, about, copied, files = nothing, hushed = "", next = null },
  _nowMs,
  { onStep, onCopy },
) => {
  /** The last step's button leaves its place to the way on: what was to be learnt opens below it, and moves nothing. @param {LessonStep|undefined} step */
  const kept = (step) =>
    over && role === "driver" && step === steps.at(-1) && !step?.open && Boolean(step?.actions.length);
  const on = over && next ? nextView(next) : nothing;
  const special = specialOf(about);
  return html`<section class="lesson" aria-label="Lesson" data-hushed=${hushed || nothing}>
  <h2>Lesson</h2>
  ${special ? html`<p class="lesson-special">${words(special)}</p>` : nothing}
  ${files}
  <div class="lesson-steps" tabindex="0" role="group" aria-label="Steps">
  <ol>${steps.map((step) => {
    const { say, actions, is, open, see, answers } = step;
    const shown = is !== "next" && (see.length > 0 || answers.length > 0 || open);
    return html`<li class="lesson-step" data-is=${is} aria-current=${is === "current" ? "step" : nothing}>
      ${mark(step)}<p>${words(say)}</p>
      ${shown && see.length ? seeView(see, hushed) : nothing}
      ${open && actions.length && role === "driver" ? button(step, { names, asked }, onStep) : kept(step) ? html`<div class="lesson-do">${on}</div>` : nothing}
      ${answersView(answers, copied, onCopy)}</li>`;
  })}</ol>
  ${about ? learntView(about, over) : nothing}
  ${kept(steps.at(-1)) ? nothing : on}
  ${steps.length ? nothing : html`<p class="result-dim">No lesson: try what you like.</p>`}
  </div>
</section>`;
};
