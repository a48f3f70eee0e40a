/**
 * No word from the kernel: what cannot be seen then, why, and what would allow it.
 */

import { html, nothing } from "../lit.js";

/** @import { Health } from "../wire/types.js" */

/** @param {{trace: Health["kernel_trace"]}} slice */
export const noTraceView = ({
  trace: { reason, hint },
}) => html`<section class="home-none" aria-label="No kernel trace"><div>
      <h2>The kernel’s own word is missing here.</h2>
      <p>What it did with a signal, and when, is then not seen: its lane is dotted. Forecasts, processes, stops and output are as true without it.</p></div>
    <dl><dt>Tried</dt><dd>${reason}</dd>
      ${hint ? html`<dt>To allow it</dt><dd>${hint}</dd>` : nothing}</dl></section>`;
