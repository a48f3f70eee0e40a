/**
 * Acts on a container that is not the lab's, where whoever started the lab has allowed that.  Each is asked once more, by
 * a button that names the signal and the container, in the place of those that were pressed.
 */

import { html } from "../lit.js";
import { visible } from "../words/text.js";

/** @import { Examined } from "../wire/types_doctor.js" */

/** @typedef {{container: string, name: string, what: "signal"|"stop", signal: string}} Meant */

const SIGNALS = ["HUP", "INT", "QUIT", "TERM", "USR1", "USR2", "WINCH", "STOP", "CONT", "KILL"];

/**
 * @param {Examined} each @param {Meant|null} meant - what waits for its confirmation
 * @param {{onMean: (meant: Meant|null) => void, onMeant: (meant: Meant) => void}} acts
 */
export const foreignView = ({ id, name, stop }, meant, { onMean, onMeant }) => {
  if (meant?.container === id) {
    const words = meant.what === "stop" ? `Stop ${name} with ${meant.signal}` : `Send ${meant.signal} to ${name}`;
    return html`<div class="doc-act doc-meant" role="group" aria-label="Confirm"><p>It is not a container of this lab.</p>
      <button class="btn doc-go" type="button" @click=${() => onMeant(meant)}>${visible(words)}</button>
      <button class="btn" type="button" @click=${() => onMean(null)}>Cancel</button></div>`;
  }
  const mean = (/** @type {"signal"|"stop"} */ what, /** @type {string} */ signal) =>
    onMean({ container: id, name, what, signal });
  const send = (/** @type {Event} */ { currentTarget }) => {
    const chosen = /** @type {HTMLElement} */ (currentTarget).parentElement?.querySelector("select");
    if (chosen) mean("signal", `SIG${chosen.value}`);
  };
  return html`<p class="doc-dim">Not of this lab, which may act on it: it was started with --allow-foreign.</p><div class="doc-act"><button class="btn" type="button" @click=${() => mean("stop", stop.signal)}>Stop …</button>
    <label>Signal <select class="btn" aria-label=${`Signal for ${name}`}>${SIGNALS.map((each) => html`<option ?selected=${each === "TERM"}>${each}</option>`)}</select></label>
    <button class="btn" type="button" @click=${send}>Send …</button></div>`;
};
