/**
 * What this experiment asks, and the command line a person would type for it.
 */

import { html } from "../lit.js";
import { command } from "./copy.js";
import { words } from "./signs.js";

/**
 * @param {{question: string, equivalent: string, copied: string|null}} slice - `equivalent` "" until it is known
 * @param {number} _nowMs
 * @param {{onCopy: (text: string) => void}} handlers
 */
export const askView = ({ question, equivalent, copied }, _nowMs, { onCopy }) => html`<section class="ask">
  <h1 title=${question}>${words(question)}</h1>
  ${equivalent ? command(equivalent, copied, onCopy) : html`<div class="cmd cmd-none"><code> </code></div>`}
</section>`;
