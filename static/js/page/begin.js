/**
 * How a page begins: once all of it is there.  The early script watches what comes, and hears here whether it did; this
 * module asks for the early script again, and each style sheet whether it is there.
 */

import { loadScript } from "./parts.js";

/** @param {() => unknown} start */
export async function begin(start) {
  const early = /** @type {HTMLScriptElement|null} */ (document.querySelector("script[src]:not([type])"));
  if (early && !("early" in document.documentElement.dataset)) await loadScript(early).catch(reportError); // without it: the theme is the system's, and the server's note stays
  const sheets = [...document.querySelectorAll('link[rel="stylesheet"]')];
  const whole = sheets.every((link) => /** @type {HTMLLinkElement} */ (link).sheet);
  document.dispatchEvent(new CustomEvent(whole ? "signal-lab-whole" : "signal-lab-part"));
  if (whole) start();
}
