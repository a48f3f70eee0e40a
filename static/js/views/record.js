/**
 * The record: the same facts in words, numbered.  Links to a number (`#e43`) land here.
 */

import { html, nothing, repeat } from "../lit.js";
import { icon, witness } from "./signs.js";

/** @import { RecordLine } from "../wire/types.js" */

/** @typedef {{export: string, replay: string|null, report: string|null}} Links  where the run can be had; null: it is not over, or is being replayed */

/** @param {Links} links */
const linksView = ({ export: file, replay, report }) =>
  html`${replay ? html`<a href=${replay} title="The same page, event by event">Replay</a>` : nothing}${report ? html`<a href=${report} title="One HTML file of this run, to keep and to send" download>Report</a>` : nothing}<a href=${file} title="Its events, one JSON object a line" download>Export</a>`;

/**
 * @param {{lines: RecordLine[], behind: number, evidence: number|null, pointed?: number|null, note?: string,
 *   copied?: boolean, links: Links|null}} slice
 *   `behind`: lines that came since the reader scrolled up; `evidence`: the line of the event that a link pointed at;
 *   `pointed`: that of the mark in the fall; `note`: why a link has no line
 * @param {number} _nowMs
 * @param {{onScroll: (event: Event) => void, onEnd: () => void, onCopy?: () => void}} handlers
 */
export const recordView = (
  { lines, behind, evidence, pointed = null, note = "", copied = false, links },
  _nowMs,
  { onScroll, onEnd, onCopy },
) => html`<section class="record" aria-label="Record">
  <header class="record-head"><h2>Record</h2>${
    links
      ? html`${linksView(links)}<button class="record-copy" type="button" ?disabled=${!lines.length} title="Copy these lines as text" @click=${onCopy}>${copied ? "Copied" : "Copy"}</button>`
      : nothing
  }</header>
  <ol class="record-list" tabindex="0" aria-label="Events" @scroll=${onScroll}>${repeat(
    lines,
    ({ id }) => id,
    ({ id, when, author, text }) =>
      html`<li id=${`e${id}`} data-is=${id === evidence ? "evidence" : id === pointed ? "pointed" : nothing}><time>${when}</time>${witness(author)}<p title=${text}>${text}</p><a href=${`#e${id}`} aria-label=${`event ${id}`}>${id}</a></li>`,
  )}${lines.length ? nothing : html`<li class="record-none"><p>Nothing recorded yet.</p></li>`}</ol>
  <p class="record-note" role="status" tabindex="-1">${note}</p>
  ${behind > 0 ? html`<button class="btn record-new" type="button" @click=${onEnd}>${icon("i-down")}${behind} new</button>` : nothing}
</section>`;
