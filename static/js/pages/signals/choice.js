/**
 * The chosen signal is the page's address, `/signals/SIGTERM`, so that what one person looks at another one can open;
 * `/signals#15` is understood.  On a phone a chosen one takes the page, and Back leads to the list.
 */

import { referenceRows } from "../../selectors/index.js";
import { linkTo, pathAt } from "../../words/address.js";

/** @import { SignalTable } from "../../wire/types.js" */

/** @param {string} name */
export const pathOf = (name) => linkTo(name ? `/signals/${encodeURIComponent(name).replace("%2B", "+")}` : "/signals");

/** Room for one thing only: as `panels/signals.css` has it. */
export const isPhone = () => matchMedia("(max-width: 56rem)").matches;

/** Whether one takes the page. @returns {boolean} */
export const isOpen = () => document.body.dataset.view === "one";

/** @param {boolean} open */
export const setOpen = (open) => {
  if (open) document.body.dataset.view = "one";
  else delete document.body.dataset.view;
};

/** What the address names; "" for none, or for no signal. @param {SignalTable} table */
export const addressed = (table) => {
  const wish = location.hash.slice(1) || pathAt(location.pathname).split("/")[2] || "";
  let word = wish;
  try {
    word = decodeURIComponent(wish);
  } catch {
    return ""; // a lone per cent sign
  }
  const [best] = word ? referenceRows(table, null, word) : [];
  return best?.exact ? best.signal.name : "";
};

/** @param {string} name @param {string|null} target @param {boolean} push */
export const setAddress = (name, target, push) => {
  const search = target ? `?target=${encodeURIComponent(target)}` : "";
  history[push ? "pushState" : "replaceState"](null, "", pathOf(name) + search);
};

const chosenLink = () => /** @type {HTMLElement|null} */ (document.querySelector(".sigs-table a[aria-current]"));

/** Brings the chosen row in sight. @param {ScrollLogicalPosition} [block] */
export const showRow = (block = "nearest") => chosenLink()?.closest("tr")?.scrollIntoView({ block });

/** The same, and gives it the focus. @param {ScrollLogicalPosition} [block] */
export const focusRow = (block = "nearest") => {
  chosenLink()?.focus({ preventScroll: true });
  showRow(block);
};
