/**
 * All kept runs: what each was, what it came to and why, how long it took, and when.
 */

import { html, live, nothing, repeat } from "../lit.js";
import { linkTo } from "../words/address.js";
import { duration, seconds } from "../words/text.js";
import { ago } from "./runs.js";
import { icon } from "./signs.js";

/** @import { Experiment, KeptRun } from "../wire/types.js" */

/** @type {Record<KeptRun["outcome"], string>} */
const OUTCOME_WORDS = {
  running: "live",
  killed: "killed",
  left: "left in time",
  ended: "ended by itself",
  not_started: "not started",
  unknown: "unknown",
};

/** @param {KeptRun} run @returns {{state: string, text: string}} */
const outcomeChip = ({ outcome, result }) => {
  const took = result?.took_s == null ? "" : ` ${seconds(result.took_s)}`;
  if (outcome === "killed") return { state: "killed", text: `killed${took}` };
  if (outcome === "left") return { state: "left", text: `left${took}` };
  if (outcome === "running") return { state: "live", text: "live" };
  if (outcome === "ended") return { state: "idle", text: `exit ${result?.exit_code}` };
  return { state: "idle", text: OUTCOME_WORDS[outcome] };
};

/** What it was; a command of one's own has no better name than itself. @param {KeptRun} run */
const nameOf = ({ experiment, title, question }) => (experiment === null && title === "main" ? question : title);

/** What stands below the title: the verdict, else what was asked or started. @param {KeptRun} run */
const sentence = ({ result, commands, question }) => result?.verdict ?? commands[0] ?? question;

/** @param {number|null} s */
const took = (s) => (s === null ? "" : s < 60 ? seconds(s) : duration(s * 1000));

/**
 * @typedef {object} HistoryHandlers
 * @property {(wish: Partial<Wish>) => void} onWish
 * @property {() => void} onMore
 * @property {(run: string|null) => void} onAsk       asks whether it is to be deleted; null: no more
 * @property {(run: string) => void} onForget
 * @property {(run: string) => void} onEnd
 *
 * @typedef {{q: string, outcome: string, experiment: string}} Wish
 */

/** @param {KeptRun} run @param {string|null} asking @param {HistoryHandlers} handlers */
const doing = ({ run, number, outcome, imported }, asking, { onAsk, onForget, onEnd }) => {
  const name = `${imported ? "imported run" : "run"} ${number}`;
  if (outcome === "running")
    return html`<button class="btn" type="button" aria-label=${`End ${name}`} @click=${() => onEnd(run)}>End</button>`;
  if (asking !== run)
    return html`<button class="btn" type="button" aria-label=${`Delete ${name}`} @click=${() => onAsk(run)}>Delete</button>`;
  return html`<p id="hist-sure">Delete ${name} for good?</p>
    <button class="btn btn-main" type="button" aria-describedby="hist-sure" @click=${() => onForget(run)}>Yes, delete</button>
    <button class="btn" type="button" @click=${() => onAsk(null)}>Keep</button>`;
};

/** @param {Wish} wish @param {Experiment[]} experiments @param {HistoryHandlers} handlers */
const find = (wish, experiments, { onWish }) => {
  const value = (/** @type {Event} */ event) => /** @type {HTMLInputElement} */ (event.target).value;
  const known = experiments.some(({ id }) => id === wish.experiment) || !wish.experiment;
  return html`<form class="hist-find" role="search" @submit=${(/** @type {Event} */ event) => event.preventDefault()}>
    <label><span>Search title, number, command, outcome</span><input type="search" maxlength="200" autocomplete="off" spellcheck="false" .value=${live(wish.q)} @input=${(/** @type {Event} */ event) => onWish({ q: value(event) })}></label>
    <label><span>Outcome</span><select @change=${(/** @type {Event} */ event) => onWish({ outcome: value(event) })}>
      <option value="" ?selected=${!wish.outcome}>any</option>${Object.entries(OUTCOME_WORDS).map(([name, words]) => html`<option value=${name} ?selected=${wish.outcome === name}>${words}</option>`)}</select></label>
    <label><span>Experiment</span><select @change=${(/** @type {Event} */ event) => onWish({ experiment: value(event) })}>
      <option value="" ?selected=${!wish.experiment}>any</option>${known ? nothing : html`<option value=${wish.experiment} selected>${wish.experiment}</option>`}${experiments.map(({ id, title }) => html`<option value=${id} ?selected=${wish.experiment === id}>${title}</option>`)}</select></label>
  </form>`;
};

/** @param {Wish} wish @param {HistoryHandlers} handlers */
const none = (wish, { onWish }) =>
  wish.q || wish.outcome || wish.experiment
    ? html`<div class="hist-none"><p>No run is like that.</p><button class="btn" type="button" @click=${() => onWish({ q: "", outcome: "", experiment: "" })}>Show all runs</button></div>`
    : html`<div class="hist-none"><p>No runs yet. What is started appears here, with what came of it, and stays after a restart.</p><a class="btn btn-main" href=${linkTo("/")}>Choose an experiment</a></div>`;

/**
 * A file from somewhere else: chosen here, or dropped on the page.
 * @param {{importing: boolean}} slice @param {number} _nowMs @param {{onFile: (file: File) => void}} handlers
 */
export const importView = ({ importing }, _nowMs, { onFile }) =>
  html`<label class="btn hist-import" aria-disabled=${importing ? "true" : nothing}>${icon("i-down")}<span>${importing ? "Reading …" : "Import …"}</span><input class="vh" type="file" accept=".jsonl,.html,.htm" ?disabled=${importing} aria-label="Import a run: an export or a report" @change=${(
    /** @type {Event} */ event,
  ) => {
    const input = /** @type {HTMLInputElement} */ (event.target);
    const file = input.files?.[0];
    if (file) onFile(file);
    input.value = "";
  }}></label>`;

/**
 * @param {{runs: KeptRun[]|null, total: number, more: boolean, wish: Wish, experiments: Experiment[], asking: string|null,
 *   role: "driver"|"viewer", extra?: unknown}} slice - `runs` null: not read yet; `asking`: the run that is about to be
 *   deleted; `extra`: stands in the head
 * @param {number} nowMs
 * @param {HistoryHandlers} handlers
 */
export const historyView = ({ runs, total, more, wish, experiments, asking, role, extra = nothing }, nowMs, handlers) =>
  html`<header class="hist-head"><h1>Runs</h1><p role="status">${runs === null ? "" : runs.length < total ? `${runs.length} of ${total}` : `${total}`}</p>${extra}</header>
  ${find(wish, experiments, handlers)}
  ${
    runs === null
      ? nothing
      : runs.length === 0
        ? none(wish, handlers)
        : html`<ol class="hist-list" aria-label="Runs, newest first">${repeat(
            runs,
            ({ run }) => run,
            (run) => {
              const chip = outcomeChip(run);
              const said = sentence(run);
              return html`<li><a class="hist-run" href=${linkTo(`/runs/${encodeURIComponent(run.run)}`)}><span class="hist-no"><span class="vh">run </span>${run.number}</span>
            <span class="hist-what"><b>${nameOf(run)}${run.imported ? html`<em>imported</em>` : nothing}</b><span title=${said}>${said}</span></span>
            <span class="chip" data-state=${chip.state}>${chip.text}</span><span class="hist-took">${took(run.duration_s)}</span><time datetime=${run.created_at}>${ago(Date.parse(run.imported_at ?? run.created_at), nowMs)}</time></a>
          ${role === "driver" ? html`<div class="hist-do" data-is=${asking === run.run ? "asking" : nothing}>${doing(run, asking, handlers)}</div>` : nothing}</li>`;
            },
          )}</ol>`
  }
  ${more ? html`<button class="btn hist-more" type="button" @click=${handlers.onMore}>Show more</button>` : nothing}`;
