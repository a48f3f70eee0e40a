/**
 * One signal of the reference: its number, one signal and four answers, what it would do to the chosen target, who sends
 * it, and what programs do with it, each with where that is written.
 */

import { html, nothing } from "../lit.js";
import { linkTo } from "../words/address.js";
import { signsOf } from "../words/fates.js";
import { clockTime } from "../words/text.js";
import { command } from "./copy.js";
import { forecastWords, sendButton } from "./reference.js";
import { icon, numerals } from "./signs.js";

/** @import { Experiment, ForecastGroup, Signal, SignalUses } from "../wire/types.js" */
/** @import { Came } from "../selectors/reference.js" */
/** @import { alikeOf, fourAnswers } from "../selectors/reference.js" */

const SAME_EVERYWHERE = new Set(["HUP", "INT", "QUIT", "ABRT", "KILL", "ALRM", "TERM"]); // kill(1p) names these by number

/** @type {Record<Signal["default"], string>} */
const DEFAULTS = {
  terminate: "ends the process",
  core: "ends the process, with a core dump where limits allow",
  stop: "stops the process, until SIGCONT",
  continue: "lets a stopped process go on",
  ignore: "nothing",
};

/** @type {Record<string, string>} */
const KINDS = {
  stays: "Goes on",
  decides: "Ends in its own time",
  drains: "Finishes first, then ends",
  passes: "Passes it on",
  ends: "Ends",
};

/** @param {{title: string, url: string}} source @param {string} [text] */
const written = ({ title, url }, text = title) =>
  url
    ? html`<a href=${url} target="_blank" rel="noreferrer noopener" title=${title}>${text}</a>`
    : html`<span title=${title}>${text}</span>`;

/** @param {number} number its bit as proc(5) writes it */
const maskOf = (number) => (1n << BigInt(number - 1)).toString(16).padStart(16, "0");

/** @param {Signal} signal */
const facts = ({ short, number, default: action, catchable, group }) => html`<dl class="sigs-facts">
  <dt>Number</dt><dd>${number} ${group === "reserved" || SAME_EVERYWHERE.has(short) ? "on every machine" : "on this machine; other architectures may have another"}</dd>
  <dt>Default</dt><dd>${DEFAULTS[action]}</dd>
  <dt>Caught</dt><dd>${catchable ? "can be caught, blocked and ignored" : "cannot be caught, blocked or ignored"}</dd>
  ${action === "terminate" || action === "core" ? html`<dt>Exit code</dt><dd>${128 + number} (128 + ${number}) in shells and engines, if the default action ended it</dd>` : nothing}
  <dt>Queued</dt><dd>${group === "realtime" ? "as often as it is sent, in order" : "once, however often it is sent before it is taken"}</dd>
  <dt>In a mask</dt><dd><code>${maskOf(number)}</code>, as in SigCgt of /proc/PID/status</dd>
  ${action === "terminate" && catchable ? html`<dt>In the trace</dt><dd>a default that ends shows as <code>signal_deliver sig=9</code>; the exit status still says ${number}</dd>` : nothing}
</dl>`;

/** One program with its source, or several of which each name leads to its own. @param {ReturnType<typeof alikeOf>[number]} group */
const groupView = ({ programs, text }) => {
  const [{ program, source }] = programs;
  if (programs.length === 1) return html`<b>${program}</b> ${text} <small>${written(source)}</small>`;
  const here = programs.find((each) => each.source.url === "");
  return html`${text[0].toUpperCase()}${text.slice(1)}: ${programs.map((each, at) => html`${at ? ", " : nothing}<b>${written(each.source, each.program)}</b>`)}${here ? html` <small>(${here.source.title})</small>` : nothing}`;
};

/** @param {ReturnType<typeof alikeOf>} groups */
const programsView = (groups) => {
  let kind = "";
  return html`<section><h3>What programs do with it</h3>${
    groups.length
      ? html`<dl class="sigs-programs">${groups.map((group) => {
          const head = group.kind === kind ? nothing : html`<dt class="sigs-kind">${KINDS[group.kind]}</dt>`;
          kind = group.kind;
          return html`${head}<dd data-kind=${group.kind}>${groupView(group)}</dd>`;
        })}</dl>`
      : html`<p class="sigs-dim">No well-known program is known here to do anything else than its default.</p>`
  }</section>`;
};

/**
 * @typedef {object} OneSlice
 * @property {Signal} signal
 * @property {boolean} reserved
 * @property {ReturnType<typeof fourAnswers>} answers
 * @property {SignalUses["senders"][string]} senders
 * @property {ReturnType<typeof alikeOf>} programs
 * @property {Experiment[]} seen            experiments that send it
 * @property {ForecastGroup|null} group     for the root of the chosen target
 * @property {Came|null} came
 * @property {string} to                    "server: 1 python3"; "": nobody chosen
 * @property {boolean} alive
 * @property {string} run                   of the chosen target
 * @property {string[]} commands            to copy
 * @property {"driver"|"viewer"} role
 * @property {string|null} copied
 *
 * @param {OneSlice} slice
 * @param {number} _nowMs
 * @param {{onSend: (signal: string) => void, onCopy: (text: string) => void, onBack: () => void}} handlers
 */
export const oneView = (slice, _nowMs, { onSend, onCopy, onBack }) => {
  const { signal, reserved, answers, senders, programs, seen, copied, commands } = slice;
  return html`<button class="btn sigs-back" type="button" @click=${onBack}>${icon("i-list")}All signals</button>
    <div class="sigs-big"><h2 tabindex="-1">${signal.name}</h2>${numerals([...String(signal.number)])}</div>
    <p class="sigs-say">${signal.meaning}</p>
    ${targetView(slice, onSend)}
    ${reserved ? nothing : html`<section><h3>One signal, four answers</h3><ul class="sigs-four">${answers.map(({ sign, word, when }) => html`<li>${icon(sign)}<b>${word}</b>${when}</li>`)}</ul></section>`}
    ${facts(signal)}
    <section><h3>Who sends it</h3><dl class="sigs-senders">${senders.map(({ who, when, source }) => html`<dt>${who}</dt><dd>${when} <small>${written(source)}</small></dd>`)}</dl></section>
    ${reserved ? nothing : programsView(programs)}
    ${reserved ? nothing : html`<section class="sigs-commands"><h3>Send it yourself</h3>${commands.map((text) => command(text, copied, onCopy, `the command ${text.split(" ")[0]}`))}</section>`}
    ${seen.length ? html`<section><h3>See it</h3><ul class="sigs-see">${seen.map(({ id, title }) => html`<li><a href=${linkTo(`/experiments/${encodeURIComponent(id)}`)}>${title}</a></li>`)}</ul></section>` : nothing}`;
};

/** What it would do to the chosen one, the button, and what came of it. @param {OneSlice} slice @param {(signal: string) => void} onSend */
const targetView = ({ signal, reserved, group, came, to, alive, run, role }, onSend) => {
  if (!to || reserved) return nothing;
  return html`<section class="sigs-target" data-look=${group ? signsOf(group.fate, signal.name).look : ""}><h3>To ${to}</h3>
    <p class="sigs-fate">${group ? html`<b>${forecastWords(group, signal.name)}</b> ${group.why}` : alive ? "Nobody can tell: there is no forecast for it." : "It has ended: nothing reaches it any more."}</p>
    <div class="sigs-act">${role === "driver" ? sendButton(signal, came, !alive, true, onSend) : html`<span class="sigs-dim">Read-only: the driver sends.</span>`}
      <p class="sigs-result" data-is=${came?.is ?? ""}>${came ? html`${came.sign ? icon(came.sign) : nothing}<b>${came.text}</b>${came.event !== null ? html` <a href=${linkTo(`/runs/${encodeURIComponent(run)}#e${came.event}`)}>${came.atMs === null ? "" : clockTime(came.atMs)}<span class="vh"> in the record</span></a>` : nothing}` : nothing}</p></div></section>`;
};
