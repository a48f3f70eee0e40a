/**
 * All signals in one list, by name, number or meaning.  It opens over the page and pushes nothing.
 */

import { html, live, nothing } from "../lit.js";
import { linkTo } from "../words/address.js";
import { fateByDefault, signsOf } from "../words/fates.js";
import { dispositionOf } from "./board.js";
import { icon, shape } from "./signs.js";

/** @import { SignalChoice } from "../wire/types.js" */

/** @param {SignalChoice} choice */
const fate = ({ signal, reserved, cell, group }) => {
  if (reserved) return html`<span>reserved</span>`;
  if (group) {
    const { sign, words } = signsOf(group.fate, signal.name);
    return html`<span>${icon(sign)}${words}${group.sure ? "" : html`<i aria-hidden="true">?</i><span class="vh">, likely</span>`}</span>`;
  }
  if (cell && cell.action !== "default" && cell.action !== "fixed") {
    const kind = dispositionOf(cell);
    return html`<span data-d=${kind}>${kind === "unknown" ? "?" : shape(kind)} ${kind}</span>`;
  }
  const { sign, words } = signsOf(fateByDefault(signal), signal.name);
  return html`<span>${icon(sign)}${words}</span>`;
};

/** What the chosen one would come to, and who uses it. @param {SignalChoice|undefined} choice */
const about = (choice) => (choice ? [choice.group?.why, choice.signal.used_by].filter(Boolean).join(" ") : "");

const SORTS = /** @type {const} */ (["number", "fate"]);

/**
 * @param {{choices: SignalChoice[], at: number, query: string, sort: "number"|"fate", role: "driver"|"viewer", to: string}} slice
 *   `at`: the chosen line; `to`: whom it is about
 * @param {number} _nowMs
 * @param {{onQuery: (query: string) => void, onSort: (sort: "number"|"fate") => void, onAt: (at: number) => void, onMove: (by: number) => void,
 *   onEnter: () => void, onPick: (choice: SignalChoice) => void, onClose: () => void}} handlers
 */
export const findView = ({ choices, at, query, sort, role, to }, _nowMs, handlers) => {
  const { onQuery, onSort, onAt, onPick, onClose } = handlers;
  const chosen = choices[at]?.signal ?? null;
  return html`<div class="find" @keydown=${(/** @type {KeyboardEvent} */ event) => {
    if (!(event.target instanceof Element && event.target.matches("[role=combobox]"))) return; // a button's own keys
    const moves = { ArrowDown: 1, ArrowUp: -1, PageDown: 8, PageUp: -8 }[event.key];
    if (moves) handlers.onMove(moves);
    else if (event.key === "Enter") handlers.onEnter();
    else return;
    event.preventDefault();
  }}>
    <label class="find-box">${icon("i-search")}<span class="vh">Find a signal by name, number or meaning</span><input autocomplete="off" spellcheck="false" autofocus role="combobox"
      aria-expanded="true" aria-controls="find-list" aria-activedescendant=${chosen ? `find-${chosen.number}` : nothing} placeholder="name, number or meaning" .value=${live(query)}
      @input=${(/** @type {Event} */ event) => onQuery(/** @type {HTMLInputElement} */ (event.target).value)}><button class="find-esc" type="button" aria-label="Esc: close" @click=${onClose}><kbd>Esc</kbd></button></label>
    <div class="find-sort"><span>For ${to}, sorted by</span>${SORTS.map(
      (each) =>
        html`<button type="button" aria-pressed=${each === sort ? "true" : "false"} @click=${() => onSort(each)}>${each}</button>`,
    )}<a href=${linkTo(`/signals${chosen ? `/${encodeURIComponent(chosen.name).replace("%2B", "+")}` : ""}`)}>Reference</a></div>
    <ul class="find-list" id="find-list" role="listbox" aria-label="Signals">${choices.map(
      (
        choice,
        index,
      ) => html`<li id=${`find-${choice.signal.number}`} role="option" aria-selected=${index === at ? "true" : "false"} aria-disabled=${choice.reserved ? "true" : nothing}
        @click=${() => onPick(choice)} @pointermove=${(/** @type {PointerEvent} */ event) => index !== at && (event.movementX || event.movementY) && onAt(index)}><span>${choice.signal.number}</span><b>${choice.signal.short}</b><em>${choice.signal.meaning}</em>${fate(choice)}</li>`,
    )}</ul>
    <p class="find-why"><span>${
      choices.length === 0
        ? html`Nothing by that name, number or meaning.`
        : role === "viewer"
          ? html`${about(choices[at])}`
          : html`<kbd>Enter</kbd> sends <b>${chosen?.name ?? ""}</b> to ${to}. ${about(choices[at])}`
    }</span></p>
  </div>`;
};
