/**
 * The palette: one box to type in, and below it what can be done.  A combobox whose list is always open: the focus stays
 * in the box, arrows move the choice, Enter does it.
 */

import { html, live, nothing } from "../lit.js";
import { icon } from "./signs.js";

/** @import { Entry } from "../selectors/palette.js" */

const MOVES = /** @type {Record<string, number>} */ ({ ArrowDown: 1, ArrowUp: -1, PageDown: 8, PageUp: -8 });

/**
 * @param {{entries: Entry[], at: number, query: string}} slice - `at`: the chosen one
 * @param {number} _nowMs
 * @param {{onQuery: (query: string) => void, onAt: (at: number) => void, onPick: (entry: Entry) => void,
 *   onEnter: () => void, onClose: () => void}} handlers
 */
export const paletteView = ({ entries, at, query }, _nowMs, { onQuery, onAt, onPick, onEnter, onClose }) => {
  const within = (/** @type {number} */ next) => Math.max(0, Math.min(entries.length - 1, next));
  const onKey = (/** @type {KeyboardEvent} */ event) => {
    if (event.isComposing || !(event.target instanceof Element && event.target.matches("[role=combobox]"))) return;
    if (MOVES[event.key]) onAt(within(at + MOVES[event.key]));
    else if (event.key === "Enter") onEnter();
    else return;
    event.preventDefault();
  };
  return html`<div class="find pal" @keydown=${onKey}>
    <label class="find-box">${icon("i-search")}<span class="vh">What to do</span><input autocomplete="off" spellcheck="false" autofocus role="combobox"
      aria-expanded="true" aria-autocomplete="list" aria-controls="pal-list" aria-activedescendant=${entries[at] ? `pal-${entries[at].id}` : nothing} placeholder="an experiment, a signal, stop 3 …" .value=${live(query)}
      @input=${(/** @type {Event} */ event) => onQuery(/** @type {HTMLInputElement} */ (event.target).value)}><button class="find-esc" type="button" aria-label="Esc: close" @click=${onClose}><kbd>Esc</kbd></button></label>
    <ul class="find-list" id="pal-list" role="listbox" aria-label="What can be done">${entries.map(
      (entry, index) =>
        html`<li id=${`pal-${entry.id}`} role="option" aria-selected=${index === at ? "true" : "false"} @click=${() => onPick(entry)}
        @pointermove=${(/** @type {PointerEvent} */ event) => index !== at && (event.movementX || event.movementY) && onAt(index)}><span>${entry.group}</span><b>${entry.text}</b><em>${entry.more ?? ""}</em><span>${entry.keys ? html`<kbd>${entry.keys}</kbd>` : nothing}</span></li>`,
    )}</ul>
    <p class="pal-none" role="status">${entries.length ? nothing : "Nothing by these letters."}</p>
  </div>`;
};
