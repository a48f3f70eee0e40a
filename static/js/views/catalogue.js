/**
 * Every experiment, always in the same place.  A tick is "has come to its end here".
 */

import { html, nothing } from "../lit.js";
import { icon } from "./signs.js";

/** @import { Experiment } from "../types.js" */

/** Groups in the order of their first entry. @param {Experiment[]} experiments @returns {[string, Experiment[]][]} */
export const grouped = (experiments) => {
  /** @type {Map<string, Experiment[]>} */
  const groups = new Map();
  for (const each of experiments) groups.set(each.group, [...(groups.get(each.group) ?? []), each]);
  return [...groups];
};

/**
 * @param {{experiments: Experiment[], current: string}} slice - `current`: id of the one that is open, or ""
 */
export const catalogueView = ({ experiments, current }) =>
  grouped(experiments).map(
    ([group, entries]) => html`<h2 class="cat-group">${group}</h2>
    <ul>${entries.map(
      (each) => html`<li><a href=${`/experiments/${encodeURIComponent(each.id)}`} data-id=${each.id}
        aria-current=${each.id === current ? "page" : nothing} ?data-needs=${!each.available} title=${each.why_not ?? nothing}>
        ${each.last ? html`<span class="cat-tick">${icon("i-tick")}<span class="vh">seen to its end: </span></span>` : html`<span></span>`}
        <span>${each.title}</span>${each.available ? nothing : html`<small>needs Docker</small>`}</a></li>`,
    )}</ul>`,
  );
