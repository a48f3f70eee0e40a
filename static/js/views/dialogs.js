/**
 * What opens over the page: the keys, the link to share, the catalogue on narrow screens, a question before SIGKILL.
 * One `<dialog>` each, opened with showModal: focus is held and Esc closes by the browser's own hand.
 */

import { html } from "../lit.js";
import { command } from "./copy.js";
import { icon } from "./signs.js";

const KEYS = [
  ["s", "Stop, with what is chosen"],
  ["Shift K", "Kill now, while a stop waits (asks once)"],
  ["/", "Find one of all signals"],
  ["1 5 Enter", "Send a signal by its number"],
  ["← →", "Along the keys of the board"],
  ["↑ ↓", "Choose the process"],
  ["j k Enter", "Through the catalogue"],
  ["?", "This list"],
  ["Esc", "Close"],
];

/** @param {string} title @param {() => void} onClose */
const head = (title, onClose) =>
  html`<header class="dlg-head"><h2>${title}</h2><button class="btn btn-plain" type="button" aria-label="Close" @click=${onClose}>${icon("i-close")}</button></header>`;

const LANES = ["1 2 … 8", "Choose one of several targets; on the board a digit begins a signal’s number"];

/** @param {{several?: boolean}} slice - `several`: targets to choose from @param {number} _nowMs @param {{onClose: () => void}} handlers */
export const helpView = ({ several = false }, _nowMs, { onClose }) => html`${head("Keys", onClose)}
  <dl class="dlg-keys">${(several ? [LANES, ...KEYS] : KEYS).map(([keys, text]) => html`<dt>${keys.split(" ").map((key) => html`<kbd>${key}</kbd> `)}</dt><dd>${text}</dd>`)}</dl>
  <p class="dlg-dim">While the terminal has the focus it gets every key. Click elsewhere, or press Tab with Shift, to have them back.</p>`;

/**
 * @param {{url: string, error: string, copied: string|null}} slice - `url` "" until it is made
 * @param {number} _nowMs
 * @param {{onClose: () => void, onCopy: (text: string) => void}} handlers
 */
export const shareView = (
  { url, error, copied },
  _nowMs,
  { onClose, onCopy },
) => html`${head("Let others watch", onClose)}
  <p>Whoever opens this link sees what you see, at the same moment, and can do nothing.</p>
  <div class="dlg-slot">${error ? html`<p role="alert">${error}</p>` : url ? command(url, copied, onCopy, "the viewers’ link") : html`<p>Making a link …</p>`}</div>
  <p class="dlg-dim">The link can be used many times. It reaches only those who reach this machine under that address.</p>`;

/**
 * @param {{name: string}} slice
 * @param {number} _nowMs
 * @param {{onClose: () => void, onYes: () => void}} handlers
 */
export const killView = ({ name }, _nowMs, { onClose, onYes }) => html`${head("Kill now?", onClose)}
  <p>SIGKILL ends “${name}” at once; it cannot clean up.</p>
  <p class="dlg-do"><button class="btn btn-main" type="button" autofocus @click=${onYes}>Kill now</button><button class="btn" type="button" @click=${onClose}>Let it wait</button></p>`;
