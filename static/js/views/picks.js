/**
 * Any picks for a race: the targets of the catalogue to tick, something of one's own to add, and the lanes in their order.
 */

import { html, live, nothing } from "../lit.js";
import { shortened } from "../words/text.js";
import { grouped, lackWords } from "./catalogue.js";

/** @import { Experiment } from "../wire/types.js" */

export const LEAST = 2;
export const MOST = 8;

/**
 * @typedef {object} Pick                one lane to be
 * @property {string} key               "tini.server"; of one's own: "own 3"
 * @property {string} title
 * @property {string} line              what is started, in short
 * @property {object} racer             as the API takes it
 */

/** What of an experiment can race. @param {Experiment} experiment @returns {Pick[]} */
export const picksOf = ({ id, title, targets }) => {
  const racing = targets.filter(({ races }) => races);
  return racing.map(({ name, equivalent }) => ({
    key: `${id}.${name}`,
    title: targets.length > 1 ? `${title}: ${name}` : title,
    line: shortened(equivalent, 120),
    racer: { experiment: id, target: name },
  }));
};

/** @param {Experiment} experiment @param {ReadonlySet<string>} chosen @param {boolean} full @param {(pick: Pick) => void} onPick */
const experimentView = (experiment, chosen, full, onPick) =>
  picksOf(experiment).map((pick) => {
    const on = chosen.has(pick.key);
    const off = !experiment.available || (full && !on);
    return html`<li><label class="pick" ?data-off=${off} title=${experiment.why_not ?? pick.line}><input type="checkbox" .checked=${live(on)} ?disabled=${off} @change=${() => onPick(pick)}>
      <b>${pick.title}</b><code>${pick.line}</code><small>${lackWords(experiment)}</small></label></li>`;
  });

/** @param {{picks: Pick[], ready: boolean, asked: boolean, role: "driver"|"viewer"}} slice @param {{onDrop: (key: string) => void, onStart: () => void}} handlers */
const lanesView = (
  { picks, ready, asked, role },
  { onDrop, onStart },
) => html`<aside class="home-side" aria-label="Lanes"><section>
    <h2>Lanes <span class="pick-count">${picks.length} of ${MOST}</span></h2>
    <ol class="pick-lanes">${Array.from({ length: MOST }, (_, at) => {
      const pick = picks[at];
      return pick
        ? html`<li><b class="lanes-key">${at + 1}</b><span>${pick.title}</span><button class="btn" type="button" aria-label=${`Remove ${pick.title}`} @click=${() => onDrop(pick.key)}>Remove</button></li>`
        : html`<li data-none><b class="lanes-key">${at + 1}</b><span>${at < LEAST ? "to be chosen" : ""}</span></li>`;
    })}</ol>
    ${role === "driver" ? html`<button class="btn btn-main pick-start" type="button" ?disabled=${!ready || asked} @click=${onStart}>${asked ? "Starting …" : `Start ${picks.length < LEAST ? "them" : `all ${picks.length}`}`}</button>` : nothing}
    <p class="result-dim">${role === "driver" ? "They are started as one run; one stop goes to all of them at the same moment." : "You watch: only the driver can start them. What you choose stands in this page’s address, which the driver can open."}</p>
  </section></aside>`;

/**
 * @param {{experiments: Experiment[], picks: Pick[], asked: boolean, role: "driver"|"viewer", own: unknown}} slice
 * @param {number} _nowMs
 * @param {{onPick: (pick: Pick) => void, onDrop: (key: string) => void, onStart: () => void}} handlers
 */
export const picksView = ({ experiments, picks, asked, role, own }, _nowMs, handlers) => {
  const chosen = new Set(picks.map(({ key }) => key));
  const full = picks.length >= MOST;
  const ready = picks.length >= LEAST && picks.length <= MOST;
  return html`<div class="home-list">${grouped(experiments).map(([group, entries]) => {
    const rows = entries.map((each) => experimentView(each, chosen, full, handlers.onPick));
    return rows.flat().length ? html`<section class="home-group"><h2>${group}</h2><ul>${rows}</ul></section>` : nothing;
  })}${own}</div>${lanesView({ picks, ready, asked, role }, handlers)}`;
};
