/**
 * What this experiment asks, the command line a person would type for it, and in the line below that what is special in
 * it and where its ports can be reached.  The line is always there, so that nothing moves when a port appears.
 */

import { html, nothing } from "../lit.js";
import { command } from "./copy.js";
import { words } from "./signs.js";

/** Where a port can be reached: only on the machine of the lab. @param {[string, number]} entry - "80/tcp", and its port there */
const portLink = ([
  inside,
  port,
]) => html`<a href=${`http://127.0.0.1:${port}/`} target="_blank" rel="noopener noreferrer"
    title=${`Port ${inside} of it, on the loopback of the lab’s machine; opens in a new tab`}><span class="vh">port ${inside} of it, </span>:${port}</a>`;

/**
 * @param {{question: string, equivalent: string, copied: string|null, special?: string|null, ports?: Record<string, number>, bet?: unknown}} slice
 *   `equivalent` "" until it is known; `bet`: what stands in the place of the command
 * @param {number} _nowMs
 * @param {{onCopy: (text: string) => void}} handlers
 */
export const askView = (
  { question, equivalent, copied, special = null, ports = {}, bet = nothing },
  _nowMs,
  { onCopy },
) => html`<section class="ask">
  <h1 title=${question}>${words(question)}</h1>
  ${
    bet === nothing
      ? html`<div class="ask-run">
  ${equivalent ? command(equivalent, copied, onCopy) : html`<div class="cmd cmd-none"><code> </code></div>`}
  <div class="ask-more">${special ? html`<button type="button" class="ask-special" popovertarget="ask-about"><b>Special:</b> ${words(special)}</button><div class="ask-about" id="ask-about" popover><h2>What is special in the command line</h2><p>${words(special)}</p></div>` : nothing}
  ${Object.keys(ports).length ? html`<span class="ask-ports">at the lab’s 127.0.0.1 ${Object.entries(ports).map(portLink)}</span>` : nothing}</div>
  </div>`
      : bet
  }
</section>`;
