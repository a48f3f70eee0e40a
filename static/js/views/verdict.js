/**
 * The verdict: what happened and why, each sentence with links to the events that prove it, and the smallest change
 * that would help as lines to copy.
 */

import { html, nothing } from "../lit.js";
import { copyButton } from "./copy.js";

/** @import { Advice, Verdict } from "../wire/types.js" */

const HELD = /** @type {Record<string, string>} */ ({
  held: "The forecast held.",
  not_held: "The forecast did not hold.",
  open: "The forecast had left it open.",
});

/** @param {number[]} evidence */
export const proofs = (evidence) =>
  html`${evidence.map((id) => html` <a href=${`#e${id}`} aria-label=${`event ${id}`}>${id}</a>`)}`;

/** @param {Advice} advice @param {string|null} copied @param {(text: string) => void} onCopy */
export const adviceView = ({ text, note, at }, copied, onCopy) => html`<div class="result-advice">
    <p><b>What would help:</b> ${text}</p>
    ${at.map(({ place, lines }) => {
      const all = lines.join("\n");
      return html`<div class="result-lines"><span>${place}</span><code tabindex="0" aria-label=${`for ${place}`}>${all}</code>${copyButton(all, copied, onCopy)}</div>`;
    })}
    ${note ? html`<p class="result-dim">${note}</p>` : nothing}
  </div>`;

/**
 * @param {Verdict} verdict
 * @param {string|null} copied - the text that was copied last, while that is fresh
 * @param {(text: string) => void} onCopy
 */
export const verdictView = (
  { outcome, text, said, held, advice },
  copied,
  onCopy,
) => html`<div class="result-all" data-outcome=${outcome}>
    <p class="result-say">${text}</p>
    ${advice ? adviceView(advice, copied, onCopy) : nothing}
    <ol class="result-said" aria-label="Why, with the events that prove it">${said.map(
      (each) => html`<li>${each.text}${proofs(each.evidence)}</li>`,
    )}</ol>
    ${HELD[held] ? html`<p class="result-dim">${HELD[held]}</p>` : nothing}
  </div>`;

/** One signal's, while the target goes on. @param {Verdict} verdict */
export const briefVerdict = ({ text, evidence }) =>
  html`<p class="result-brief"><b>Last signal:</b> ${text}${proofs(evidence.slice(0, 6))}</p>`;
