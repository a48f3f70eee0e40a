/**
 * The runs, those that are live first.  What a run came to is a chip: colour and words.
 */

import { html, nothing } from "../lit.js";
import { linkTo } from "../words/address.js";
import { duration, seconds } from "../words/text.js";

/** @import { RunFacts } from "../wire/types.js" */

/** @param {RunFacts} facts @returns {{state: string, text: string}} */
const chipOf = ({ status, reason, result }) => {
  if (status === "running") return { state: "live", text: "live" };
  if (reason === "failed") return { state: "idle", text: "not started" };
  if (!result) return { state: "idle", text: reason === "lab_was_gone" ? "unknown" : "over" };
  const { took_s: tookS, exit_code: code, killed } = result;
  if (tookS !== null && killed !== null)
    return { state: killed ? "killed" : "left", text: `${killed ? "killed" : "left"} ${seconds(tookS)}` };
  return { state: "idle", text: code === null ? "ended" : `exit ${code}` };
};

/** One unit is enough in a list. @param {number} atMs @param {number} nowMs */
export const ago = (atMs, nowMs) =>
  nowMs - atMs < 5000
    ? "now"
    : `${duration(nowMs - atMs)
        .split(" ")
        .slice(0, 2)
        .join(" ")} ago`;

/** Live ones first, each part newest first. @param {RunFacts[]} runs */
export const inOrder = (runs) => [
  ...runs.filter(({ status }) => status === "running"),
  ...runs.filter(({ status }) => status !== "running"),
];

/**
 * @param {{runs: RunFacts[]|null, role: "driver"|"viewer"}} slice - null: not read yet
 * @param {number} nowMs
 * @param {{onEnd: (run: string) => void}} handlers
 */
export const runsView = (
  { runs, role },
  nowMs,
  { onEnd },
) => html`<aside class="home-side" aria-label="Runs"><section><h2>Runs <a href=${linkTo("/runs")}>all runs</a></h2>
  ${
    runs?.length === 0
      ? html`<p class="result-dim">None yet. What is started appears here, with what came of it, and stays after a restart.</p>`
      : html`<ul class="home-runs">${inOrder(runs ?? []).map((facts) => {
          const chip = chipOf(facts);
          const live = facts.status === "running";
          return html`<li><a href=${linkTo(`/runs/${encodeURIComponent(facts.run)}`)}><b>${facts.number}</b><span class="home-run"><span title=${facts.title}>${facts.title}</span> <time>${ago(Date.parse(live ? facts.created_at : (facts.finished_at ?? facts.created_at)), nowMs)}</time></span>
            <span class="chip" data-state=${chip.state}>${chip.text}</span></a>${live && role === "driver" ? html`<button class="btn" type="button" aria-label=${`End run ${facts.number}`} @click=${() => onEnd(facts.run)}>End</button>` : nothing}</li>`;
        })}</ul>`
  }</section></aside>`;
