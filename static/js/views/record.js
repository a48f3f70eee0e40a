/**
 * The record: the same facts in words, numbered.  Links to a number (`#e43`) land here.
 */

import { html, nothing, repeat } from "../lit.js";
import { icon, witness } from "./signs.js";

/** @import { RecordLine } from "../types.js" */

/**
 * @param {{lines: RecordLine[], behind: number, evidence: number|null, exportUrl: string|null}} slice
 *   `behind`: lines that came since the reader scrolled up; `evidence`: the event a link pointed at
 * @param {number} _nowMs
 * @param {{onScroll: (event: Event) => void, onEnd: () => void}} handlers
 */
export const recordView = (
  { lines, behind, evidence, exportUrl },
  _nowMs,
  { onScroll, onEnd },
) => html`<section class="rec" aria-label="Record">
  <header class="rec-head"><h2>Record</h2>${exportUrl ? html`<a href=${exportUrl} download>Export</a>` : nothing}</header>
  <ol class="rec-list" tabindex="0" aria-label="Events" @scroll=${onScroll}>${repeat(
    lines,
    ({ id }) => id,
    ({ id, when, author, text }) =>
      html`<li id=${`e${id}`} data-is=${id === evidence ? "evidence" : nothing}><time>${when}</time>${witness(author)}<p title=${text}>${text}</p><a href=${`#e${id}`} aria-label=${`event ${id}`}>${id}</a></li>`,
  )}${lines.length ? nothing : html`<li class="rec-none"><p>Nothing recorded yet.</p></li>`}</ol>
  ${behind > 0 ? html`<button class="btn rec-new" type="button" @click=${onEnd}>${icon("i-down")}${behind} new</button>` : nothing}
</section>`;
