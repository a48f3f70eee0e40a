/**
 * The threads of one process, where they differ: what each blocks, waits for, and has waiting for it alone.
 */

import { html } from "../lit.js";
import { has } from "../words/signals.js";
import { icon } from "./signs.js";

/** @import { Process, Signal } from "../wire/types.js" */

const NAMED = 8;

/** "TERM, INT", "all but KILL, STOP", "24 signals". @param {string} mask @param {readonly Signal[]} signals */
export const namesIn = (mask, signals) => {
  const [inside, outside] = [true, false].map((wanted) => signals.filter(({ number }) => has(mask, number) === wanted));
  const names = (/** @type {Signal[]} */ some) => some.map(({ short }) => short).join(", ");
  if (inside.length === 0) return "none";
  if (inside.length <= NAMED) return names(inside);
  return outside.length <= NAMED ? `all but ${names(outside)}` : `${inside.length} signals`;
};

/**
 * @param {{process: Process|null, signals: readonly Signal[]}} slice
 * @param {number} _nowMs
 * @param {{onClose: () => void}} handlers
 */
export const threadsView = (
  { process, signals },
  _nowMs,
  { onClose },
) => html`<header class="dlg-head"><h2>${process ? `Threads of ${process.comm} (${process.nsPid})` : "Threads"}</h2><button class="btn btn-plain" type="button" aria-label="Close" @click=${onClose}>${icon("i-close")}</button></header>
  <p class="dlg-dim">The kernel gives a signal for the process to one thread that does not block it.</p>
  <div class="dlg-scroll" tabindex="0" role="region" aria-label="Threads"><table class="dlg-table"><thead><tr><th scope="col">Thread</th><th scope="col">Blocks</th><th scope="col">Waits for</th><th scope="col">Pending for it</th></tr></thead>
  <tbody>${(process?.threadMasks ?? []).map(
    ({ ns_tid: tid, comm, blocked, waited, pending }) =>
      html`<tr><th scope="row"><b>${tid}</b> ${comm}</th><td>${namesIn(blocked, signals)}</td><td>${namesIn(waited, signals)}</td><td>${namesIn(pending, signals)}</td></tr>`,
  )}</tbody></table></div>
  ${process && process.threads > process.threadMasks.length ? html`<p class="dlg-dim">${process.threads - process.threadMasks.length} more are not listed.</p>` : ""}`;
