/**
 * What opens over the page: the keys, the link to share, the catalogue on narrow screens, a question before SIGKILL.
 * One `<dialog>` each, opened with showModal: focus is held and Esc closes by the browser's own hand.
 */

import { html, nothing } from "../lit.js";
import { linkTo } from "../words/address.js";
import { command } from "./copy.js";
import { qrView } from "./qr.js";
import { icon, words } from "./signs.js";

const PALETTE = ["Ctrl K", "What to do: everything in one list, to search; in the terminal it is the shell’s"];

const DRIVER = "driver"; // what only who drives may do

const KEYS = [
  PALETTE,
  ["s", "Stop, with what is chosen", DRIVER],
  ["Shift K", "Kill now, while a stop waits (asks once)", DRIVER],
  ["/", "Find one of all signals"],
  ["1 5 Enter", "Send a signal by its number", DRIVER],
  ["← →", "Along the keys of the board"],
  ["↑ ↓", "Choose the process"],
  ["Tab ← → Enter", "In the fall: to its marks, along them, and to the line of the record"],
  ["+ − f 0", "In the fall: closer, farther, just what happened, all of it; Shift ← → moves"],
  ["j k Enter", "Through the catalogue"],
  ["Shift N", "The next lesson, at the end of this one", DRIVER],
  ["P", "Presenter mode"],
  ["?", "This list"],
  ["Esc", "Close"],
];

const PRESENTER = [
  ["t i h w", "Send TERM, INT, HUP, WINCH to the chosen process", DRIVER],
  ["k", "KILL (asks once)", DRIVER],
  ["s", "Stop, with what is chosen", DRIVER],
  ["1 … 9", "Choose the target"],
  ["v", "Of several targets: the chosen one’s whole fall, or the lanes"],
  ["↑ ↓", "Choose the process"],
  ["g", "Guess first: the room says how it will end, before the stop", DRIVER],
  ["n", "Do the lesson’s step; Shift N: the next lesson", DRIVER],
  ["r", "Start it; again when it is over", DRIVER],
  ["f", "Full screen"],
  ["q", "The viewers’ link as a QR code", DRIVER],
  ["o", "The speaker’s window: what comes next, and the seconds until SIGKILL", DRIVER],
  ["/", "Find one of all signals"],
  ["Ctrl K", "What to do: everything in one list, to search"],
  ["?", "This list"],
  ["P Esc", "Leave"],
];

const REFERENCE = [
  PALETTE,
  ["/", "Search: name, number, meaning, program"],
  ["j k ↑ ↓", "Through the signals"],
  ["Enter", "From a signal to its Send; Enter again sends it", DRIVER],
  ["?", "This list"],
  ["Esc", "Forget the search; close"],
];

/** @param {string} title @param {() => void} onClose */
const head = (title, onClose) =>
  html`<header class="dlg-head"><h2>${title}</h2><button class="btn btn-plain" type="button" aria-label="Close" @click=${onClose}>${icon("i-close")}</button></header>`;

const LANES = [
  ["1 2 … 8", "Choose one of several targets; on the board a digit begins a signal’s number"],
  ["v", "Its whole fall in the room of the lanes; again: the lanes"],
];

const REPLAY = [
  ["Space", "Play and pause the replay"],
  ["[ ]", "One event back, one event on; ← → Home End on its line"],
];

/** @param {string[][]} keys @param {"driver"|"viewer"} role */
const list = (keys, role) =>
  html`<dl class="dlg-keys">${keys.filter(([, , who]) => who !== DRIVER || role === DRIVER).map(([each, text]) => html`<dt>${each.split(" ").map((key) => html`<kbd>${key}</kbd> `)}</dt><dd>${text}</dd>`)}</dl>`;

/**
 * @param {{role: "driver"|"viewer", several?: boolean, page?: string, presenting?: boolean, replay?: boolean}} slice - `several`: targets to choose from;
 *   `page`: "stage", "home", "runs" or "signals"; `presenting`: presenter mode is on, and its keys come first
 * @param {number} _nowMs
 * @param {{onClose: () => void}} handlers
 */
export const helpView = (
  { role, several = false, page = "stage", presenting = false, replay = false },
  _nowMs,
  { onClose },
) => {
  if (page === "signals") return html`${head("Keys", onClose)}${list(REFERENCE, role)}`;
  const here = html`${presenting ? html`<h3>On the page</h3>` : nothing}${list([...(replay ? REPLAY : []), ...(several ? LANES : []), ...KEYS], role)}`;
  const large = page === "stage" ? html`<h3>In presenter mode</h3>${list(PRESENTER, role)}` : nothing;
  return html`${head("Keys", onClose)}
  <div class="dlg-scroll" tabindex="0" role="group" aria-label="Keys">${presenting ? [large, here] : [here, large]}</div>
  <p class="dlg-dim">While the terminal has the focus it gets every key. Click elsewhere, or press Tab with Shift, to have them back.</p>
  <p class="dlg-dim dlg-out">What each signal means, who sends it and what programs do with it: <a href=${linkTo("/signals")}>all signals</a>.</p>`;
};

/** @param {number} count */
const watchers = (count) => (count === 0 ? "Nobody watches" : count === 1 ? "One viewer watches" : `${count} watch`);

/**
 * @param {{url: string, qr?: import("./qr.js").Qr|null, outOfReach?: string, error: string, copied: string|null, watching: number,
 *   revoke: ""|"ask"|"done", gone: number}} slice - `url` "" until it is made; `outOfReach`: why nobody else can open it; `gone`: how many were watching when the link was revoked
 * @param {number} _nowMs
 * @param {{onClose: () => void, onCopy: (text: string) => void, onLink: () => void,
 *   onRevoke: (answer: "ask"|"keep"|"yes") => void}} handlers
 */
export const shareView = (
  { url, qr = null, outOfReach = "", error, copied, watching, revoke, gone },
  _nowMs,
  { onClose, onCopy, onLink, onRevoke },
) => html`${head("Let others watch", onClose)}
  <p>Whoever opens this link sees what you see, at the same moment, and can do nothing but guess, when you ask for it.</p>
  <div class="dlg-slot">${
    error
      ? html`<p role="alert">${error}</p>`
      : revoke === "done"
        ? html`<p role="status">Revoked: no link to watch works any more${gone ? `, and ${gone === 1 ? "one viewer was" : `${gone} viewers were`} signed out` : ""}.</p>`
        : url
          ? command(url, copied, onCopy, "the viewers’ link")
          : html`<p>Making a link …</p>`
  }</div>
  ${qr && url ? html`<div class="dlg-qr">${qrView({ url, qr })}</div>` : nothing}
  ${outOfReach && url ? html`<p class="dlg-reach">${words(outOfReach)}</p>` : nothing}
  <div class="dlg-do dlg-revoke">${
    revoke === "done"
      ? html`<button class="btn" type="button" @click=${onLink}>Make a new link</button>`
      : revoke === "ask"
        ? html`<span>${watchers(watching)}. Sign all viewers out?</span><button class="btn btn-main" type="button" @click=${() => onRevoke("yes")}>Revoke</button><button class="btn" type="button" @click=${() => onRevoke("keep")}>Keep</button>`
        : html`<span>${watchers(watching)} now.</span><button class="btn" type="button" @click=${() => onRevoke("ask")}>Revoke all links</button>`
  }</div>
  <p class="dlg-dim">The link can be used many times. It reaches only those who reach this machine under that address.</p>`;

/**
 * @param {{name: string, stopping?: boolean}} slice - `stopping`: a stop is under way, and would be cut short
 * @param {number} _nowMs
 * @param {{onClose: () => void, onYes: () => void}} handlers
 */
export const killView = ({ name, stopping = true }, _nowMs, { onClose, onYes }) => html`${head("Kill now?", onClose)}
  <p>${stopping ? `SIGKILL ends “${name}” at once; it cannot clean up.` : `SIGKILL goes to “${name}”: no handler can catch it, and nothing is cleaned up.`}</p>
  <p class="dlg-do"><button class="btn btn-main" type="button" autofocus @click=${onYes}>Kill now</button><button class="btn" type="button" @click=${onClose}>${stopping ? "Let it wait" : "Leave it"}</button></p>`;
