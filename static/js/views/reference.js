/**
 * The reference of signals: one real table, a row for each.  What is hollow in it would be, what is solid was: the
 * forecast for the chosen target stands beside what came of the last one that was sent to it.
 */

import { html, live, nothing } from "../lit.js";
import { linkTo } from "../words/address.js";
import { fateByDefault, signsOf } from "../words/fates.js";
import { icon } from "./signs.js";

/** @import { ForecastGroup, RunFacts, Signal } from "../wire/types.js" */
/** @import { Came, ReferenceRow } from "../selectors/reference.js" */

/** @type {Record<Signal["default"], string>} */
const DEFAULTS = {
  terminate: "ends it",
  core: "ends it, core",
  stop: "stops it",
  continue: "goes on",
  ignore: "nothing",
};

/** @typedef {{id: string, name: string, run: RunFacts}} Choice  a target that can be chosen */

/** @param {ForecastGroup} group @param {string} name */
export const forecastWords = ({ fate, sure }, name) => {
  const { sign, words } = signsOf(fate, name);
  return html`${icon(sign)}${words}${sure ? nothing : html`<i aria-hidden="true">?</i><span class="vh">, likely</span>`}`;
};

/** @param {Came} came */
const cameWords = ({ sign, brief }) => html`${sign ? icon(sign) : nothing}${brief}`;

/** @param {Signal} signal @param {Came|null} came @param {boolean} off @param {boolean} reached @param {(signal: string) => void} onSend */
export const sendButton = (signal, came, off, reached, onSend) =>
  html`<button class="btn sigs-send" type="button" data-is=${came?.is ?? ""} ?disabled=${off} tabindex=${reached ? "0" : "-1"}
    aria-label=${`Send ${signal.name}`} @click=${(/** @type {Event} */ event) => {
      event.stopPropagation();
      onSend(signal.name);
    }}>Send</button>`;

/**
 * @typedef {object} ReferenceSlice
 * @property {ReferenceRow[]} rows
 * @property {string} chosen                     name of the signal
 * @property {(ForecastGroup|null)[]} fates      in the order of the rows
 * @property {(Came|null)[]} cames               in the order of the rows
 * @property {string} to                         whom the column is about; "": nobody is chosen
 * @property {boolean} alive                     it runs
 * @property {"driver"|"viewer"} role
 * @property {string} query
 */

/**
 * @param {ReferenceRow} row @param {number} at @param {ReferenceSlice} slice
 * @param {{onChoose: (signal: string, event: Event) => void, onSend: (signal: string) => void}} handlers
 */
const rowView = (
  { signal, reserved, found },
  at,
  { chosen, fates, cames, to, alive, role, query },
  { onChoose, onSend },
) => {
  const is = signal.name === chosen;
  const act = fateByDefault(signal);
  const { look, sign } = signsOf(act, signal.name);
  const [group, came] = [fates[at], cames[at]];
  const would = reserved
    ? html`<span>kept by the C library</span>`
    : group
      ? html`<span>${forecastWords(group, signal.name)}</span>`
      : html`<span>${alive ? "unknown" : "–"}</span>`;
  const choose = (/** @type {MouseEvent} */ event) => {
    if (event.ctrlKey || event.metaKey || event.shiftKey || event.button) return; // a new tab is the browser's
    onChoose(signal.name, event);
  };
  return html`<tr id=${`row-${signal.number}`} data-signal=${signal.name} data-look=${look} ?data-chosen=${is} ?data-reserved=${reserved} @click=${choose}>
    <td>${signal.number}</td>
    <th scope="row"><a href=${linkTo(`/signals/${encodeURIComponent(signal.name).replace("%2B", "+")}`)} aria-current=${is ? "true" : nothing} tabindex=${is ? "0" : "-1"}>${signal.name}</a></th>
    <td class="sigs-default">${icon(sign)}${look === "kill" ? "kills it" : DEFAULTS[signal.default]}</td>
    <td class="sigs-can">${signal.catchable ? "yes" : "no"}</td>
    ${
      to
        ? html`<td class="sigs-would" data-look=${group ? signsOf(group.fate, signal.name).look : ""}>${would}</td>
      ${role === "driver" ? html`<td class="sigs-do">${reserved ? nothing : sendButton(signal, came, !alive, is, onSend)}</td>` : nothing}
      <td class="sigs-came" data-is=${came?.is ?? ""}>${came ? cameWords(came) : nothing}</td>`
        : nothing
    }
    <td class="sigs-what">${signal.meaning}${query && found.length ? html` <b>${found.slice(0, 3).join(", ")}${found.length > 3 ? " …" : ""}</b>` : nothing}</td>
  </tr>`;
};

/**
 * @param {ReferenceSlice} slice
 * @param {number} _nowMs
 * @param {{onChoose: (signal: string, event: Event) => void, onSend: (signal: string) => void, onQuery: (query: string) => void}} handlers
 */
export const referenceView = (slice, _nowMs, handlers) => {
  const { rows, to, role, query } = slice;
  if (rows.length === 0)
    return html`<div class="sigs-none"><p><b>No signal for “${query}”.</b> Names (<code>TERM</code>), numbers (<code>15</code>), <code>SIGRTMIN+3</code>, meanings and programs (<code>nginx</code>) are searched.</p>
      <p><button class="btn" type="button" @click=${() => handlers.onQuery("")}>Show all of them</button></p></div>`;
  return html`<table class="sigs-table" ?data-to=${to !== ""} data-role=${role}><caption class="vh">Signals of this machine${to ? `, and what each would do to ${to}` : ""}</caption>
    <thead><tr><th scope="col"><span class="vh">Number</span></th><th scope="col">Name</th><th scope="col" class="sigs-default">Default action</th><th scope="col" class="sigs-can">Can be caught</th>
    ${
      to
        ? html`<th scope="col" class="sigs-would" title=${to}>Would do to ${to}</th>${role === "driver" ? html`<th scope="col" class="sigs-do"><span class="vh">Send</span></th>` : nothing}<th scope="col" class="sigs-came">Came of it</th>`
        : nothing
    }<th scope="col" class="sigs-what">Meaning</th></tr></thead>
    <tbody>${rows.map((row, at) => rowView(row, at, slice, handlers))}</tbody></table>`;
};

/**
 * What stands above the table: the search, and whom the column is about.
 *
 * @param {{count: number, query: string, hits: number, choices: Choice[]|null, wanted: string, ended: boolean}} slice - `choices` null: not
 *   read yet; `wanted`: id of the chosen target; `ended`: it runs no more
 * @param {number} _nowMs
 * @param {{onQuery: (query: string) => void, onFirst: () => void, onTarget: (id: string) => void}} handlers
 */
export const referenceHead = ({ count, query, hits, choices, wanted, ended }, _nowMs, handlers) => {
  const { onQuery, onFirst, onTarget } = handlers;
  return html`<h1>${count} signals</h1>
    <label class="sigs-find">${icon("i-search")}<span class="vh">Search: name, number, meaning or program</span><input id="sigs-query" type="search" autocomplete="off" spellcheck="false" enterkeyhint="search" placeholder="TERM, 15, reload, nginx"
      .value=${live(query)} @input=${(/** @type {Event} */ event) => onQuery(/** @type {HTMLInputElement} */ (event.target).value)}
      @keydown=${(/** @type {KeyboardEvent} */ event) => {
        if (event.key === "Enter" || event.key === "ArrowDown") onFirst();
        else if (event.key === "Escape" && query) onQuery("");
        else return;
        event.preventDefault();
      }}><kbd aria-hidden="true">/</kbd></label>
    <span class="vh" role="status">${query ? `${hits} found` : ""}</span>
    <label class="sigs-to"><span aria-hidden="true">What it would do to</span><select id="sigs-target" aria-label="What it would do to" ?disabled=${!choices?.length && !wanted} @change=${(/** @type {Event} */ event) => onTarget(/** @type {HTMLSelectElement} */ (event.target).value)}>
      <option value="" .selected=${live(wanted === "")}>${choices?.length === 0 ? "nothing is running" : "nobody"}</option>
      ${(choices ?? []).map(({ id, name, run }) => html`<option value=${id} .selected=${live(id === wanted)}>${name}, run ${run.number}: ${run.title}${ended && id === wanted ? " (ended)" : ""}</option>`)}
    </select></label>`;
};
