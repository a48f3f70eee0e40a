/**
 * Every experiment, always in the same place.  A tick is "has come to its end here", with all that was to be seen.
 */

import { html, nothing } from "../lit.js";
import { linkTo } from "../words/address.js";
import { icon } from "./signs.js";

/** @import { Experiment } from "../wire/types.js" */

/** Groups in the order of their first entry. @param {Experiment[]} experiments @returns {[string, Experiment[]][]} */
export const grouped = (experiments) => {
  /** @type {Map<string, Experiment[]>} */
  const groups = new Map();
  for (const each of experiments) groups.set(each.group, [...(groups.get(each.group) ?? []), each]);
  return [...groups];
};

/** The lesson after this one that can be done here. @param {Experiment[]} experiments @param {string} id */
export const nextLesson = (experiments, id) => {
  const all = grouped(experiments).flatMap(([, entries]) => entries);
  const at = all.findIndex((each) => each.id === id);
  return (at < 0 ? undefined : all.slice(at + 1).find(({ available, lesson }) => available && lesson)) ?? null;
};

/** What it runs on: "process", "container and process". @param {Pick<Experiment, "hosts">} experiment */
export const hostWords = ({ hosts }) => hosts.join(" and ");

/** Why it cannot be run now, in two words; "" where it can. @param {Pick<Experiment, "available"|"needs_engine">} experiment */
export const lackWords = ({ available, needs_engine: needsEngine }) =>
  available ? "" : needsEngine ? "needs Docker" : "not possible here";

/** How far it came here the last time. @param {Pick<Experiment, "last">} each @param {string} as - its class */
export const tick = ({ last }, as) =>
  last
    ? html`<span class=${as}>${icon(last.missed ? "i-minus" : "i-tick")}<span class="vh">${last.missed ? "not all of it was seen" : "seen to its end"}: </span></span>`
    : html`<span></span>`;

/** @param {Experiment} each */
const note = (each) => {
  if (each.available) return html`<small>${hostWords(each)}</small>`;
  return html`<small>${each.needs_engine ? lackWords(each) : `${hostWords(each)}, ${lackWords(each)}`}</small>`;
};

/**
 * @param {{experiments: Experiment[], current: string}} slice - `current`: id of the one that is open, or ""
 */
export const catalogueView = ({ experiments, current }) =>
  grouped(experiments).map(
    ([group, entries]) => html`<h2 class="cat-group">${group}</h2>
    <ul>${entries.map(
      (each) => html`<li><a href=${linkTo(`/experiments/${encodeURIComponent(each.id)}`)} data-id=${each.id}
        aria-current=${each.id === current ? "page" : nothing} ?data-needs=${!each.available} title=${each.why_not ?? nothing}>
        ${tick(each, "cat-tick")}
        <span>${each.title} ${note(each)}</span></a></li>`,
    )}</ul>`,
  );
