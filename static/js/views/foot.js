/**
 * The foot of every page: how loaded the lab's machine is, which is why times differ from one run to the next.
 */

import { html } from "../lit.js";

/** @param {{text: string, busy: boolean}} slice */
export const footView = ({ text, busy }) =>
  html`<p class="foot-load" ?data-busy=${busy} title="getloadavg: processes that ran, or wanted to, over the last minute">${text}</p>`;
