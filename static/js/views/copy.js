/**
 * A command line and its Copy button.  "Copied" stands for two seconds in the same width, so nothing moves.
 */

import { html } from "../lit.js";
import { icon } from "./signs.js";

/**
 * @param {string} text
 * @param {string|null} copied - the text that was copied last, while that is fresh
 * @param {(text: string) => void} onCopy
 */
export const copyButton = (text, copied, onCopy) =>
  html`<button class="btn btn-copy" type="button" data-is=${copied === text ? "done" : ""} @click=${() => onCopy(text)}>
    ${icon(copied === text ? "i-tick" : "i-copy")}${copied === text ? "Copied" : "Copy"}
  </button>`;

/**
 * @param {string} text
 * @param {string|null} copied - the text that was copied last, while that is fresh
 * @param {(text: string) => void} onCopy
 * @param {string} [label] - what it is: "the command"
 */
export const command = (text, copied, onCopy, label = "the command") => html`<div class="cmd">
  <code tabindex="0" aria-label=${label}>${text}</code>
  ${copyButton(text, copied, onCopy)}
</div>`;
