/**
 * What this experiment asks, and the command line a person would type for it.
 */

import { html } from "../lit.js";
import { command } from "./copy.js";
import { words } from "./signs.js";

/**
 * @param {{question: string, equivalent: string, copied: string|null, run: boolean}} slice - `equivalent` "" until it is known; `run`: a run is
 *   shown, and the phone then gives the room to the field
 * @param {number} _nowMs
 * @param {{onCopy: (text: string) => void}} handlers
 */
export const askView = (
  { question, equivalent, copied, run },
  _nowMs,
  { onCopy },
) => html`<section class="ask" ?data-run=${run}>
  <h1>${words(question)}</h1>
  ${equivalent ? command(equivalent, copied, onCopy) : html`<div class="cmd cmd-none"><code> </code></div>`}
</section>`;
