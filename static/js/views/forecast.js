/**
 * What a stop would come to, in the slot and the lines of the result that will follow: the sentence, the reason, what it
 * rests on, what would help, and how sure all of that is.
 */

import { html, nothing } from "../lit.js";
import { sayWords, sureWords } from "../words/stop.js";
import { timeoutWords } from "../words/text.js";
import { copyButton } from "./copy.js";

/** @import { StopForecast } from "../wire/types.js" */

/**
 * @param {StopForecast} forecast @param {string|null} copied @param {(text: string) => void} onCopy
 * @param {(() => void)|null} onRehearse - where a copy can show what the facts do not tell
 */
export const forecastView = (forecast, copied, onCopy, onRehearse) => {
  const { signal, timeoutS, why, because, fix } = forecast;
  return html`<p class="result-say">${sayWords(forecast)}</p>
    <p class="result-why">${why}</p>
    ${because.length ? html`<ul class="result-because">${because.map((fact) => html`<li>${fact}</li>`)}</ul>` : nothing}
    ${fix ? html`<div class="result-fix"><p><b>What would help:</b> ${fix}</p>${copyButton(fix, copied, onCopy)}</div>` : nothing}
    <p class="result-dim">${sureWords(forecast)} For ${signal}, ${timeoutWords(timeoutS)}.${onRehearse && !forecast.sure ? html` <button class="btn" type="button" @click=${onRehearse}>Rehearse on a copy</button>` : nothing}</p>`;
};
