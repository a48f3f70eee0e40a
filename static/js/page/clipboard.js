/**
 * Copies text.  `navigator.clipboard` is only there on https and on loopback; a lab that is reached by another address
 * over plain HTTP needs the old way.
 */

/** @param {string} text @returns {Promise<boolean>} */
export async function copy(text) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    const field = document.createElement("textarea");
    field.value = text;
    field.className = "vh";
    (document.querySelector("dialog[open]") ?? document.body).append(field); // a dialog makes the rest inert
    const before = /** @type {HTMLElement|null} */ (document.activeElement);
    field.select();
    const done = document.execCommand("copy");
    field.remove();
    before?.focus();
    return done;
  }
}
