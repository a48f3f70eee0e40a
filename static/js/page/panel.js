/**
 * One slot of the page and the view that is drawn into it: again only when one of the things it is made of is another.
 */

import { render } from "../lit.js";

/**
 * @param {string} id - of the slot; what the server has drawn there goes at the first drawing
 * @returns {(parts: readonly unknown[], view: () => unknown) => boolean} whether it drew
 */
export function createPanel(id) {
  const root = /** @type {HTMLElement} */ (document.getElementById(id));
  /** @type {readonly unknown[]|null} */
  let before = null;
  return (parts, view) => {
    if (before && before.length === parts.length && parts.every((part, index) => Object.is(part, before?.[index])))
      return false;
    if (!before) root.replaceChildren();
    before = parts;
    render(view(), root);
    return true;
  };
}
