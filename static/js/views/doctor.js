/**
 * Every container of the engine: a line each, and below it why, how it is set up, what it has by each way of stopping
 * it, who is in it, and what would help.  There is nothing to press that acts on one, unless the lab was started with
 * --allow-foreign: the lab only looks at them.  What can be pressed makes a copy, and stops that.
 */

import { html, nothing, repeat } from "../lit.js";
import { linkTo } from "../words/address.js";
import { FATES } from "../words/fates.js";
import { clockTime, counted, visible } from "../words/text.js";
import { copyButton } from "./copy.js";
import { foreignView } from "./foreign.js";
import { adviceView } from "./verdict.js";

/** @import { Advice, State } from "../wire/types.js" */
/** @import { DoctorReport, Examined, Grace } from "../wire/types_doctor.js" */
/** @import { Meant } from "./foreign.js" */
/** @typedef {(container: string, fence: "fenced"|"docker") => void} Rehearse */

const CHIPS = /** @type {const} */ ({ true: ["left", "stops"], false: ["killed", "killed"], null: ["open", "open"] });

/** @param {number|null} s */
const secondsOf = (s) => (s === null ? "unknown" : s < 0 ? "for ever" : `${s} s`);

/** @param {Examined[]} all */
const summaryOf = (all) => {
  const count = (/** @type {boolean|null} */ holds) => all.filter((each) => each.holds === holds).length;
  const open = count(null);
  return [
    counted(count(false), "would be killed", "would be killed"),
    counted(count(true), "stops in time", "stop in time"),
    ...(open ? [`of ${open} nobody can tell for sure`] : []),
  ].join(", ");
};

/** @param {Examined} each */
const whose = (each) => {
  const [run] = each.target.split(".");
  if (each.is_lab) return html`<p class="doc-dim">The lab itself runs in it.</p>`;
  if (each.protected) return html`<p class="doc-dim">Protected by its label: no lab touches it.</p>`;
  if (each.ours)
    return html`<p><a href=${linkTo(`/runs/${encodeURIComponent(run)}`)}>Open run ${run.slice(1)}</a>: it is ${each.target} of this lab.</p>`;
  return html`<p class="doc-dim">Not of this lab, which only looks at it.</p>`;
};

/** @param {Grace[]} graces @param {string|null} copied @param {(text: string) => void} onCopy */
const gracesView = (
  graces,
  copied,
  onCopy,
) => html`<table class="doc-graces"><caption>From its signal to SIGKILL</caption>
    <thead><tr><th scope="col">stopped by</th><th scope="col">has</th><th scope="col">by</th></tr></thead>
    <tbody>${graces
      .filter(({ applies, lines }) => applies || lines.length)
      .map(({ path, seconds, source, lines }) => {
        const all = lines.join("\n");
        return html`<tr><th scope="row">${path}</th><td><b>${secondsOf(seconds)}</b></td><td>${source}${
          all
            ? html`<div class="result-lines"><span>manifest</span><code tabindex="0" aria-label="for the manifest">${all}</code>${copyButton(all, copied, onCopy)}</div>`
            : nothing
        }</td></tr>`;
      })}</tbody></table>`;

/** @param {Examined} each */
const processesView = ({ processes, more_processes: more, stop }) =>
  processes.length === 0
    ? nothing
    : html`<table class="doc-tree"><caption>Who is in it, and what ${stop.signal} does to each</caption>
    <thead><tr><th scope="col">pid</th><th scope="col">process</th><th scope="col">fate</th></tr></thead>
    <tbody>${processes.map(
      ({ ns_pid: pid, argv, name, fate, why }) =>
        html`<tr><td>${pid}</td><td><code>${visible(argv.join(" ") || name)}</code></td><td title=${why}>${FATES[fate].words}</td></tr>`,
    )}${more ? html`<tr><td></td><td colspan="2">and ${more} more</td></tr>` : nothing}</tbody></table>`;

/**
 * What a copy of the same image showed, and the way to let one show it.
 * @param {Examined} each @param {boolean} drives @param {Rehearse} onRehearse
 */
const rehearsalView = ({ id, is_lab: isLab, protected: shut, rehearsed }, drives, onRehearse) => {
  const run = rehearsed?.run
    ? html`<a href=${linkTo(`/runs/${encodeURIComponent(rehearsed.run)}`)}>Open run ${rehearsed.run.slice(1)}</a>`
    : nothing;
  const seen = rehearsed ? html`<p><b>On a copy:</b> ${visible(rehearsed.text)} ${run}</p>` : nothing;
  if (!drives || isLab || shut) return seen;
  const why = "A copy without network, mounts and ports is started and stopped, then one with what would help.";
  const begin = (/** @type {SubmitEvent} */ event) => {
    event.preventDefault();
    const asked = new FormData(/** @type {HTMLFormElement} */ (event.target));
    onRehearse(id, asked.has("usual") ? "docker" : "fenced");
  };
  return html`${seen}<form class="doc-act" @submit=${begin}><button class="btn">${rehearsed ? "Rehearse again" : "Rehearse on a copy"}</button>
    <span class="doc-dim">${why}</span><label class="doc-usual"><input type="checkbox" name="usual"> with a network and the engine’s usual capabilities</label></form>`;
};

/** What helps, each once: a finding and the forecast may ask for the same. @param {Examined} each @returns {Advice[]} */
const advices = ({ findings, stop }) => [
  ...new Map(
    [...findings.map(({ advice }) => advice), stop.advice]
      .filter((advice) => advice !== null)
      .map((advice) => [advice.text, advice]),
  ).values(),
];

/**
 * @typedef {{copied: string|null, drives: boolean, foreign: boolean, meant: Meant|null}} Slice
 *   `foreign`: containers that are not the lab's may be signalled and stopped
 * @typedef {Parameters<typeof foreignView>[2] & {onCopy: (text: string) => void, onRehearse: Rehearse}} Acts
 */

/** @param {Examined} each @param {Slice} slice @param {Acts} acts */
const bodyView = (each, { copied, drives, foreign, meant }, acts) => {
  const { onCopy, onRehearse } = acts;
  const open = drives && foreign && !each.is_lab && !each.protected && !each.ours;
  const { stop, seen, facts, findings, unheard } = each;
  const helps = advices(each);
  return html`<div class="doc-body"><div class="doc-why">
      <p class="result-say">docker stop: ${stop.say}${each.holds !== null && !stop.sure ? " (likely)" : ""}</p>
      <p>${visible(stop.why)}</p>
      ${stop.because.length ? html`<ul class="result-because">${stop.because.map((why) => html`<li>${visible(why)}</li>`)}</ul>` : nothing}
      ${unheard ? html`<p>${visible(unheard)}</p>` : nothing}
      ${findings.filter(({ check }) => check !== "killed").map(({ text }) => html`<p>${visible(text)}</p>`)}
      ${rehearsalView(each, drives, onRehearse)}
      ${helps.map((advice) => adviceView(advice, copied, onCopy))}
      ${stop.fix && helps.length === 0 ? html`<p><b>What would help:</b> ${stop.fix}</p>` : nothing}
      ${seen.missing ? html`<p class="doc-dim">Not seen from here: ${seen.missing}. ${seen.allow}</p>` : nothing}
      ${open ? foreignView(each, meant, acts) : whose(each)}
    </div><div class="doc-facts">
      <dl>${facts.map(({ name, value, source, means }) => html`<div><dt>${name}</dt><dd><b>${value}</b> <span>${source}</span> ${visible(means)}</dd></div>`)}</dl>
      ${gracesView(each.graces, copied, onCopy)}${processesView(each)}
    </div></div>`;
};

/** @param {Examined} each @param {Slice} slice @param {Acts} acts */
const oneView = (each, slice, acts) => {
  const [state, word] = CHIPS[`${each.holds}`];
  const others = each.findings.filter(({ check }) => check !== "killed").length;
  const asks = each.holds === null && slice.drives && !each.is_lab && !each.protected && !each.rehearsed; // a copy can tell
  return html`<li data-asks=${String(asks)}><details class="doc-one" data-holds=${String(each.holds)} ?open=${each.holds === false}>
      <summary><span class="chip" data-state=${state}>${word}</span><b>${visible(each.name)}</b><span class="doc-say">${each.stop.say}${
        others ? html` <em>${counted(others, "finding")}</em>` : nothing
      }</span><span class="doc-image">${visible(each.image)}</span><span class="doc-status">${each.status}</span></summary>
      ${bodyView(each, slice, acts)}</details>${asks ? html`<button class="btn doc-try" type="button" aria-label=${`Rehearse ${each.name} on a copy`} @click=${() => acts.onRehearse(each.id, "fenced")}>Rehearse</button>` : nothing}</li>`;
};

/**
 * @param {Slice & {report: DoctorReport|null, title: string, looks: boolean, done: State["foreign"]}} slice - `looks`: an
 *   engine answers; `done`: what came of requests to others' containers
 * @param {number} _nowMs
 * @param {Acts} acts
 */
export const doctorView = ({ report, title, looks, done, ...slice }, _nowMs, acts) => {
  const all = report?.containers ?? [];
  const state = !looks
    ? ""
    : report === null
      ? "Looking at the containers of the engine …"
      : all.length
        ? summaryOf(all)
        : "";
  return html`<header class="doc-head"><h1>${title}</h1><p role="status">${state}</p></header>
    ${looks && report && all.length === 0 ? html`<p class="doc-none">No container runs on this engine. Start one, here or anywhere, and it appears by itself.</p>` : nothing}
    ${done.length ? html`<ol class="doc-done" aria-label="What came of requests">${done.map(({ text, at }) => html`<li><time>${clockTime(Date.parse(at))}</time> ${visible(text)}</li>`)}</ol>` : nothing}
    <ul class="doc-list">${repeat(
      all,
      ({ id }) => id,
      (each) => oneView(each, slice, acts),
    )}</ul>
    ${all.length ? html`<p class="doc-dim">Read again every few seconds while this page is open. In a terminal: <code>signal-lab doctor</code></p>` : nothing}`;
};
