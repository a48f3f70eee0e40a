/**
 * The clock's slot at rest: Start, or how to stop and how long to wait.  What would come of it is said before it is
 * asked; where nobody has a forecast, what is asked for.
 */

import { html, live, nothing } from "../lit.js";
import { askedWords, fateWords, OUTCOMES } from "../words/stop.js";
import { counted } from "../words/text.js";
import { icon } from "./signs.js";

/** @import { Experiment, Signal, StopForecast, Target } from "../wire/types.js" */

/** @typedef {{wait: "0"|"3"|"10"|"own"|"never"|"other", seconds: string, signal: string}} StopChoice  signal "": its own */

const WAITS = /** @type {const} */ ([
  ["0", "0 s, SIGKILL at once after the signal"],
  ["3", "3 s"],
  ["10", "10 s"],
  ["own", "its own"],
  ["never", "never kill, wait for ever"],
]);

/**
 * What the API is asked for: absent is the target's own.
 * @param {StopChoice} choice @returns {{timeout_s?: number, signal?: string}}
 */
export const stopRequest = ({ wait, seconds, signal }) => {
  const timeout =
    wait === "own" ? undefined : wait === "never" ? -1 : wait === "other" ? Number(seconds) : Number(wait);
  return { ...(timeout === undefined ? {} : { timeout_s: timeout }), ...(signal ? { signal } : {}) };
};

/** That choice. @param {number} seconds @returns {Partial<StopChoice>} */
export const waitOf = (seconds) => {
  if (seconds < 0) return { wait: "never" };
  const ready = WAITS.find(([wait]) => wait === String(seconds));
  return ready ? { wait: ready[0], seconds: "" } : { wait: "other", seconds: String(seconds) };
};

/** @param {StopChoice} choice */
export const stopIsValid = ({ wait, seconds }) =>
  wait !== "other" || (/^\d{1,4}$/.test(seconds.trim()) && Number(seconds) <= 3600);

/**
 * The same with the target's own filled in: what pressing Stop asks for now.
 * @param {StopChoice} choice @param {Target} target @returns {{timeoutS: number, signal: string}}
 */
export const stopAsked = (choice, target) => {
  const { timeout_s: asked, signal = target.stopSignal } = stopRequest(choice);
  return { timeoutS: asked === undefined || !stopIsValid(choice) ? target.stopTimeoutS : asked, signal };
};

/** @param {StopChoice} choice @param {Target} target */
export const stopWords = (choice, target) => askedWords(stopAsked(choice, target));

/** Fate and reason, each in the same line always. @param {StopForecast|null} forecast @param {string} plain - where there is no forecast @param {string} why @param {unknown} [beside] */
const fate = (forecast, plain, why, beside = nothing) =>
  forecast
    ? html`<p class="stop-fate" title=${forecast.say}>${icon(OUTCOMES[forecast.outcome])}<span>${fateWords(forecast)}</span>${beside}</p>
    <p class="stop-why" title=${forecast.why}>${why || forecast.why}</p>`
    : html`<p class="stop-fate"><span>${plain}</span>${beside}</p><p class="stop-why">${why}</p>`;

/** @param {string} word @param {string} why */
const shut = (word, why) => html`<div class="stop">
  <button class="stop-go" type="button" disabled>${word}</button>
  <p class="stop-why">${why}</p>
</div>`;

/**
 * Before a run.
 * @param {{experiment: Experiment|null, role: "driver"|"viewer", asked: boolean}} slice
 * @param {number} _nowMs
 * @param {{onStart: () => void, onStartGuess: () => void}} handlers
 */
export const startView = ({ experiment, role, asked }, _nowMs, { onStart, onStartGuess }) => {
  if (role === "viewer") return shut("Read-only", "The driver starts it. This page follows by itself.");
  if (!experiment) return shut("Start", "Reading the catalogue …");
  if (!experiment.available)
    return shut(
      experiment.needs_engine ? "Needs Docker" : "Not possible here",
      experiment.why_not ?? "No engine answers.",
    );
  const targets = experiment.targets.filter(({ later }) => !later);
  const where = targets.some(({ host }) => host === "container") ? "" : " on this machine";
  const host = targets[0]?.host ?? "target";
  return html`<div class="stop">
    <button class="stop-go stop-start" type="button" ?disabled=${asked} @click=${onStart}>${asked ? "Starting …" : "Start"}</button>
    <p class="stop-fate"><span>Starts ${counted(targets.length, host, host === "container" ? undefined : `${host}es`)}${where}</span><button class="btn bet-first" type="button" ?disabled=${asked} title="Starts it; everybody who watches guesses before the stop, and nothing is foretold until then" @click=${onStartGuess}>Guess first</button></p>
    <p class="stop-why">${targets.map(({ name }) => name).join(", ")}. “Guess first” starts as well, and nothing is foretold before the stop.</p>
  </div>`;
};

/**
 * A target that a step or a person starts.
 * @param {{target: Target, role: "driver"|"viewer", asked: boolean}} slice
 * @param {number} _nowMs
 * @param {{onStartTarget: () => void}} handlers
 */
export const laterView = ({ target, role, asked }, _nowMs, { onStartTarget }) => {
  const why = "A step of the lesson starts it.";
  if (role === "viewer") return shut("Read-only", `${target.name} is not started yet. ${why}`);
  return html`<div class="stop">
    <button class="stop-go stop-start" type="button" ?disabled=${asked} @click=${onStartTarget}>${asked ? "Asked …" : "Start"}</button>
    <p class="stop-fate"><span>${target.name} is not started yet</span></p>
    <p class="stop-why">${why}</p>
  </div>`;
};

/**
 * While it starts.
 * @param {{target: Target|null, building: boolean}} slice
 */
export const startingView = ({ target, building }) => html`<div class="stop">
  <button class="stop-go" type="button" disabled>Starting …</button>
  <p class="stop-why">${building ? "The image comes first; its log stands in the terminal’s place." : target ? `${target.name}, a ${target.host}` : "Waiting for its first event."}</p>
</div>`;

/**
 * Ready to be stopped.
 * @param {{target: Target, choice: StopChoice, signals: Signal[], role: "driver"|"viewer", asked: boolean, failed: string,
 *   forecast: StopForecast|null, hushed?: boolean, mayBet?: boolean, all?: {count: number, asked: boolean}|null}} slice - `failed`: why the last stop came to
 *   nothing, or ""; `all`: of a run with several targets, how many could be stopped now;
 *   `hushed`: the room guesses, so there is no forecast; `mayBet`: it can be asked to
 * @param {number} _nowMs
 * @param {{onStop: () => void, onStopAll?: () => void, onBet?: () => void, onChoice: (change: Partial<StopChoice>) => void}} handlers
 */
export const stopView = (
  { target, choice, signals, role, asked, failed, forecast, all = null, hushed = false, mayBet = false },
  _nowMs,
  { onStop, onStopAll, onBet, onChoice },
) => {
  if (role === "viewer") {
    return html`<div class="stop"><button class="stop-go" type="button" disabled>Read-only</button>
      ${hushed ? fate(null, "The room guesses first", "Nothing is foretold meanwhile. The driver stops it.") : fate(forecast, `By default ${stopWords(choice, target)}`, failed || (forecast ? "" : "The driver stops it. This page follows."))}</div>`;
  }
  const first = mayBet
    ? html`<button class="btn bet-first" type="button" title="Everybody who watches guesses before the stop" @click=${() => onBet?.()}>Guess first</button>`
    : nothing;
  const quiet = hushed ? "Nothing is foretold while the room guesses." : failed;
  const valid = stopIsValid(choice);
  const own = target.stopTimeoutS < 0 ? "never" : `${target.stopTimeoutS} s`;
  const go = html`<button class="stop-go" type="submit" ?disabled=${asked || !valid}>${asked ? "Asked …" : "Stop"}</button>`;
  return html`<form class="stop" @submit=${(/** @type {Event} */ event) => {
    event.preventDefault();
    if (valid && !asked) onStop();
  }}>
    ${all ? html`<div class="stop-two">${go}<button class="btn stop-all" type="button" ?disabled=${all.asked || !valid || all.count < 2} @click=${onStopAll}>${all.asked ? "Asked …" : html`Stop all <b>${all.count}</b>`}</button></div>` : go}
    <div class="stop-row stop-how-long"><span>Wait, s</span><div class="stop-wait">
      <fieldset class="seg"><legend class="vh">Seconds to wait before SIGKILL</legend>${WAITS.map(
        ([
          wait,
          label,
        ]) => html`<label title=${wait === "own" ? `its own: ${own}` : label}><input type="radio" name="wait" aria-label=${wait === "own" ? `its own, ${own}` : label}
          .checked=${live(choice.wait === wait)} @change=${() => onChoice({ wait })}>${wait}</label>`,
      )}</fieldset>
      <input class="stop-other" type="text" inputmode="numeric" maxlength="4" placeholder="s" aria-label="Another number of seconds"
        data-is=${choice.wait === "other" ? "on" : ""} aria-invalid=${valid ? "false" : "true"} .value=${live(choice.seconds)}
        @input=${(/** @type {Event} */ event) => {
          const seconds = /** @type {HTMLInputElement} */ (event.target).value;
          onChoice(seconds.trim() ? { wait: "other", seconds } : { wait: "own", seconds });
        }}>
    </div></div>
    <div class="stop-row"><label for="stop-signal">Ask with</label><select class="btn" id="stop-signal"
      @change=${(/** @type {Event} */ event) => onChoice({ signal: /** @type {HTMLSelectElement} */ (event.target).value })}>
      <option value="" ?selected=${choice.signal === ""}>${target.stopSignal} (its own)</option>
      ${signals.filter(({ name }) => name !== target.stopSignal).map(({ name, number }) => html`<option value=${name} ?selected=${choice.signal === name}>${name} (${number})</option>`)}
    </select></div>
    ${valid ? fate(forecast, stopWords(choice, target), quiet, first) : fate(null, "Whole seconds, 0 to 3600", failed)}
  </form>`;
};
