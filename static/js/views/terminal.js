/**
 * The frame around the terminal: what it is, its size in words, and what stands there while there is no output.
 * The terminal itself is drawn by `terminal.js` into a box of fixed size.
 */

import { html, nothing } from "../lit.js";
import { buildView } from "./build.js";

/** @import { Build, Target } from "../wire/types.js" */

/** Whether the freezer of its control group holds it. @param {Target|null} target */
export const isPaused = (target) =>
  target?.status === "running" &&
  Object.values(target.processes).some(({ frozen, goneMs }) => frozen && goneMs === null);

/**
 * The line beside the heading, and for a container the control of its freezer.
 * @param {{target: Target|null, size: {cols: number, rows: number}|null, role: "driver"|"viewer", refused: string, lost: string,
 *   pausing?: boolean}} slice - `pausing`: it was asked for and has not been taken yet
 * @param {number} _nowMs
 * @param {{onPause: (paused: boolean) => void}} handlers
 */
export const terminalHeadView = ({ target, size, role, refused, lost, pausing = false }, _nowMs, { onPause }) => {
  const cells = size ? `${size.cols} × ${size.rows}` : "";
  const takesKeys = target ? target.tty || target.stdin : false;
  const paused = isPaused(target);
  const mayPause = role === "driver" && target?.host === "container" && target.status === "running";
  const told = () => {
    if (!target) return "";
    if (refused) return `not taken: ${refused}`;
    if (lost) return `output may be missing: ${lost}`;
    if (target.truncated) return `cut: only the first ${target.truncated} and the last lines`;
    if (target.status === "exited") return `${target.name}, ended`;
    if (paused) return `${target.name}, paused: its processes are frozen`;
    if (!takesKeys && target.status === "running")
      return `${target.name}, no input: this ${target.host} has no terminal`;
    const line = takesKeys && !target.tty ? "input by lines, no terminal" : cells;
    return [target.name, line, role === "viewer" ? "read-only" : ""].filter(Boolean).join(", ");
  };
  return html`<header class="term-head"><h2>Terminal</h2><span title=${told()}>${told()}</span>
    ${mayPause ? html`<button class="term-pause" type="button" aria-pressed=${paused ? "true" : "false"} ?disabled=${pausing} title="docker pause: the freezer of its control group stops every process of it" @click=${() => onPause(!paused)}>Pause</button>` : nothing}</header>`;
};

/**
 * What lies over the empty box: the log of a build, or a word; of a target that its run has left for later, its start.
 * @param {{target: Target|null, build: Build|null, role?: "driver"|"viewer", live?: boolean, starting?: boolean,
 *   cancelling?: boolean, again?: boolean}} slice
 *   `live`: its run is not over; `starting`: it was asked for; `again`: there is an experiment that can be started again
 * @param {number} nowMs
 * @param {{onStartTarget: () => void, onStart: () => void, onCancelBuild: (image: string) => void}} handlers
 */
export const terminalOverView = (
  { target, build, role = "viewer", live = false, starting = false, cancelling = false, again = false },
  nowMs,
  { onStartTarget, ...building },
) => {
  if (build) return buildView({ build, role, cancelling, again }, nowMs, building);
  if (target?.output.length) return nothing;
  if (live && target?.later && target.status === "new")
    return html`<div class="term-later"><p>${target.name} is not started yet: a step does that.</p>${role === "driver" ? html`<button class="btn" type="button" ?disabled=${starting} @click=${onStartTarget}>${starting ? "Asked …" : `Start ${target.name} now`}</button>` : nothing}</div>`;
  return html`<p class="term-end">${target?.status === "running" ? "nothing printed yet" : target?.status === "exited" ? "nothing was printed" : "not started"}</p>`;
};
