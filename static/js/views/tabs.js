/**
 * The phone's tabs: which panel stands under the field.  Wide screens show all panels and no tabs.
 */

import { html, nothing } from "../lit.js";
import { icon } from "./signs.js";

const TABS = /** @type {const} */ ([
  ["signals", "f-drop", "Signals"],
  ["terminal", "w-program", "Terminal"],
  ["record", "i-list", "Record"],
  ["result", "i-says", "Result"],
  ["lesson", "i-tick", "Lesson"],
]);

/**
 * @param {{tab: string, told?: boolean}} slice - `told`: there is a result to be read
 * @param {number} _nowMs
 * @param {{onTab: (tab: string) => void}} handlers
 */
export const tabsView = ({ tab, told = false }, _nowMs, { onTab }) =>
  html`<nav class="tabs" aria-label="Panels">${TABS.map(
    ([id, sign, word]) =>
      html`<button type="button" aria-current=${id === tab ? "true" : "false"} @click=${() => onTab(id)}>${icon(sign)}${word}${told && id === "result" && id !== tab ? html`<i></i><span class="vh">: it has ended</span>` : nothing}</button>`,
  )}</nav>`;
