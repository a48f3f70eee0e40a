/**
 * All signals in one list, by name, number or meaning.  It opens over the page and pushes nothing.
 */

import { html, nothing } from "../lit.js";
import { dispositionOf, fateOf } from "./board.js";
import { icon, shape } from "./signs.js";

/** @import { SignalChoice } from "../types.js" */

/** @param {SignalChoice} choice */
const fate = ({ signal, reserved, cell }) => {
  if (reserved) return html`<span>reserved</span>`;
  if (cell && cell.action !== "default" && cell.action !== "fixed") {
    const kind = dispositionOf(cell);
    return html`<span data-d=${kind}>${kind === "unknown" ? "?" : shape(kind)} ${kind}</span>`;
  }
  const [, sign, word] = fateOf(signal);
  return html`<span>${icon(sign)}${word}</span>`;
};

/**
 * @param {{choices: SignalChoice[], at: number, query: string, role: "driver"|"viewer", to: string}} slice - `at`: the chosen line
 * @param {number} _nowMs
 * @param {{onQuery: (query: string) => void, onAt: (at: number) => void, onMove: (by: number) => void,
 *   onEnter: () => void, onPick: (choice: SignalChoice) => void, onClose: () => void}} handlers
 */
export const findView = ({ choices, at, query, role, to }, _nowMs, handlers) => {
  const { onQuery, onAt, onPick, onClose } = handlers;
  const chosen = choices[at]?.signal ?? null;
  return html`<div class="find" @keydown=${(/** @type {KeyboardEvent} */ event) => {
    const moves = { ArrowDown: 1, ArrowUp: -1, PageDown: 8, PageUp: -8 }[event.key];
    if (moves) handlers.onMove(moves);
    else if (event.key === "Enter") handlers.onEnter();
    else return;
    event.preventDefault();
  }}>
    <label class="find-box">${icon("i-search")}<span class="vh">Find a signal by name, number or meaning</span><input autocomplete="off" spellcheck="false" autofocus role="combobox"
      aria-expanded="true" aria-controls="find-list" aria-activedescendant=${chosen ? `find-${chosen.number}` : nothing} placeholder="name, number or meaning" .value=${query}
      @input=${(/** @type {Event} */ event) => onQuery(/** @type {HTMLInputElement} */ (event.target).value)}><button class="find-esc" type="button" aria-label="Close" @click=${onClose}><kbd>Esc</kbd></button></label>
    <ul class="find-list" id="find-list" role="listbox" aria-label="Signals">${choices.map(
      (
        choice,
        index,
      ) => html`<li id=${`find-${choice.signal.number}`} role="option" aria-selected=${index === at ? "true" : "false"} aria-disabled=${choice.reserved ? "true" : nothing}
        @click=${() => onPick(choice)} @pointermove=${(/** @type {PointerEvent} */ event) => index !== at && (event.movementX || event.movementY) && onAt(index)}><span>${choice.signal.number}</span><b>${choice.signal.short}</b><em>${choice.signal.meaning}</em>${fate(choice)}</li>`,
    )}</ul>
    <p class="find-why">${
      choices.length === 0
        ? html`Nothing by that name, number or meaning.`
        : role === "viewer"
          ? html`${chosen?.used_by ?? ""}`
          : html`<kbd>Enter</kbd> sends <b>${chosen?.name ?? ""}</b> to ${to}. ${chosen?.used_by ?? ""}`
    }</p>
  </div>`;
};
