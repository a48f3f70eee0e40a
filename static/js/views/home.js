/**
 * The catalogue: every experiment with its signature, the fall of its last run here, on one common axis.
 */

import { html, nothing, svg } from "../lit.js";
import { linkTo } from "../words/address.js";
import { seconds } from "../words/text.js";
import { grouped, hostWords, lackWords, tick } from "./catalogue.js";
import { words } from "./signs.js";

/** @import { Experiment } from "../wire/types.js" */

const AXIS_S = 10;
const X0 = 7.76; // where a stop begins, per cent of the width
const X1 = 93.97; // where the axis ends

/** @param {number} s */
const xOf = (s) => X0 + (X1 - X0) * Math.min(1.04, s / AXIS_S);
/** @param {number} x */
const percent = (x) => `${x.toFixed(2)}%`;

/** What it asks; of one that is not possible here, why. @param {Experiment} experiment */
const asks = ({ available, needs_engine: needsEngine, why_not: whyNot, question }) =>
  available || needsEngine || !whyNot ? words(question) : html`Not here: ${words(whyNot)}`;

const axis = html`<div class="exp exp-axis" aria-hidden="true"><span></span><span class="exp-key">seconds from the stop to the end, in the last run here</span><span></span><svg width="100%" height="24">${[
  0, 2, 4, 6, 8, 10,
].map((s) => svg`<text x=${percent(xOf(s))} y="16">${s === AXIS_S ? "10 s" : s}</text>`)}</svg><span></span></div>`;

/** @param {Experiment} experiment */
const signature = ({ last }) => {
  const tookS = last?.took_s ?? null;
  const edges = svg`<line class="edge" x1=${percent(X1)} x2=${percent(X1)} y1="6" y2="42"/><line class="edge" x1=${percent(X0)} x2=${percent(X0)} y1="6" y2="42"/>`;
  if (!last || tookS === null)
    return html`<svg class="exp-sig" width="100%" height="46" aria-hidden="true">${edges}</svg>`;
  const end = xOf(tookS);
  const killed = last.killed === true;
  return html`<svg class="exp-sig" width="100%" height="46" data-end=${killed ? "killed" : last.killed === false ? "left" : "unknown"} aria-hidden="true">${edges}
    ${svg`<rect class="life" x="0" width=${percent(end)} y="30" height="8"/><svg x=${percent(X0)} y="0" overflow="visible"><path class="stem" d="M0 6V34"/></svg>
    <svg x=${percent(end)} y="0" overflow="visible"><path class="stem" d=${killed ? "M-6 28l12 12M6 28l-12 12" : "M0 25v18"}/></svg>`}</svg>`;
};

/** @param {Experiment} experiment */
const outcome = (experiment) => {
  const { available, last } = experiment;
  if (!available) return html`<span>${lackWords(experiment)}</span>`;
  if (!last) return html`<span>not run yet</span>`;
  const how = last.killed ? "killed" : last.exit_code === null ? "ended" : `exit ${last.exit_code}`;
  return html`${last.took_s === null ? nothing : html`<b>${seconds(last.took_s)}</b> `}<span>${how}</span>`;
};

/** Files of one's own that are wrong, each with its line and what was expected. @param {string[]} faults */
const faultsView = (faults) =>
  faults.length
    ? html`<section class="home-group home-faults"><h2>Files that cannot be used</h2><ul>${faults.map((fault) => html`<li><code>${fault}</code></li>`)}</ul></section>`
    : nothing;

/** @param {{experiments: Experiment[], faults?: string[], own?: unknown}} slice - `own`: what stands below the catalogue */
export const homeView = ({ experiments, faults = [], own = nothing }) =>
  html`<div class="home-list">${experiments.length ? axis : nothing}${grouped(experiments).map(
    ([group, entries]) =>
      html`<section class="home-group"><h2>${group}</h2><ul>${entries.map(
        (
          each,
        ) => html`<li><a class="exp" href=${linkTo(`/experiments/${encodeURIComponent(each.id)}`)} data-id=${each.id} ?data-needs=${!each.available} title=${each.why_not ?? nothing}>
      ${tick(each, "exp-tick")}
      <span class="exp-name"><b>${each.title}</b><span>${asks(each)}</span></span><span class="exp-host">${hostWords(each)}</span>${signature(each)}<span class="exp-res">${outcome(each)}</span></a></li>`,
      )}</ul></section>`,
  )}${faultsView(faults)}${own}</div>`;
