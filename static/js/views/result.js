/**
 * Before: what a stop would come to.  Meanwhile: plain facts.  After: the verdict.  In the same slot and the same lines.
 */

import { html, nothing } from "../lit.js";
import { clockTime, duration, whoDid } from "../words/text.js";
import { command } from "./copy.js";
import { forecastView } from "./forecast.js";
import { words } from "./signs.js";
import { raceSaysView } from "./times.js";
import { briefVerdict, verdictView } from "./verdict.js";

/** @import { Experiment, Process, Result, Run, StopForecast, Target, Verdict } from "../wire/types.js" */

/** @param {Result} result */
const ended = ({ say, facts }) =>
  html`<p class="result-say">${say}</p>${facts.map((fact) => html`<p class="result-why">${fact}</p>`)}`;

/** How long ago that was, the countdown says. @param {Target} target */
const stopping = ({ stop }) => {
  if (!stop) return nothing;
  const due = stop.deadlineMs === null ? "no SIGKILL is due" : `SIGKILL is due at ${clockTime(stop.deadlineMs)}`;
  return html`<p class="result-say">Asked to stop.</p>
    <p class="result-why">${stop.signal} at ${clockTime(stop.atMs)}, by ${whoDid(stop.by)}; ${due}.</p>
    ${stop.forecast ? html`<p class="result-dim">Foretold: ${stop.forecast.say}. ${stop.forecast.why}</p>` : nothing}`;
};

/** @param {Target} target @param {Process|null} root @param {number} nowMs */
const running = (target, root, nowMs) => {
  const own = target.stopTimeoutS < 0 ? "waits for ever" : `waits ${target.stopTimeoutS} s`;
  return html`<p class="result-say">${target.name} is running${target.startedMs === null ? "" : `, ${duration(Math.max(0, nowMs - target.startedMs))}`}.</p>
    <p class="result-why">${root ? `Its root process is ${root.comm}, ${root.nsPid} inside and ${root.pid} on the machine.` : "Nobody has seen its processes yet."}</p>
    <p class="result-dim">A stop asks with ${target.stopSignal} and ${own}, unless told otherwise.</p>`;
};

/**
 * @param {{result: Result|null, run: Run|null, target: Target|null, root: Process|null, experiment: Experiment|null, question: string,
 *   equivalent: string, copied: string|null, forecast: StopForecast|null, verdict?: Verdict|null, last?: Verdict|null,
 *   raced?: import("../selectors/race_sentence.js").RaceWords|null, guesses?: string, drives?: boolean}} slice
 *   `verdict`: on the end; `last`: on the signal that was asked for last; `raced`: what is said over all lanes; `guesses`: what the room had guessed
 * @param {number} nowMs
 * @param {{onCopy: (text: string) => void, onRehearse: (container: string) => void}} handlers
 */
export const resultView = (
  {
    result,
    run,
    target,
    root,
    experiment,
    question,
    equivalent,
    copied,
    forecast,
    verdict = null,
    last = null,
    raced = null,
    guesses = "",
    drives = false,
  },
  nowMs,
  { onCopy, onRehearse },
) => {
  const going = target?.status === "running";
  const id = drives ? target?.containerId : null;
  const body = () => {
    if (verdict && !going) return verdictView(verdict, copied, onCopy);
    if (result && result.outcome !== "failed") return ended(result);
    if (run?.status === "finished")
      return html`<p class="result-say">${run.reason === "failed" ? "It could not be started." : "The run is over."}</p><p class="result-why">${run.error ?? ""}</p>`;
    if (target?.stop && !target.stop.finished) return stopping(target);
    if (target && going && forecast)
      return html`${result ? ended(result) : nothing}${forecastView(forecast, copied, onCopy, id ? () => onRehearse(id) : null)}${last ? briefVerdict(last) : nothing}`;
    if (target && going)
      return html`${result ? ended(result) : nothing}${running(target, root, nowMs)}${last ? briefVerdict(last) : nothing}`;
    if (run) return html`<p class="result-say">Starting.</p>`;
    return html`<p class="result-say">${words(question)}</p>
      <p class="result-why">${experiment ? experiment.targets.map(({ name, host }) => `${name}, a ${host}`).join(" · ") : nothing}</p>`;
  };
  const heading = !run ? "The question" : going && forecast ? "Forecast" : verdict && !going ? "Verdict" : "Result";
  return html`<section class="result" aria-label=${heading} tabindex="0"><h2>${heading}</h2>${guesses ? html`<p class="result-guess"><b>Guesses:</b> ${guesses}</p>` : nothing}${raced ? html`<div class="result-both">${raceSaysView(raced, copied, onCopy)}<div class="result-all"><h3>${target?.name}</h3>${body()}</div></div>` : body()}${equivalent ? html`<div class="result-cmd">${command(equivalent, copied, onCopy)}</div>` : nothing}</section>`;
};
