/**
 * The build of an image, in the terminal's place: the step and its command, how long it has taken, the end of its log;
 * for the driver a way to end it, and after its end a way to begin again.
 */

import { html, nothing } from "../lit.js";
import { duration } from "../words/text.js";

/** @import { Build } from "../wire/types.js" */

/** @param {Build} build */
const headline = ({ state, step, steps, image, what, lacks }) => {
  const at = `${what === "pull" ? "layer" : "step"} ${step} of ${steps}`;
  if (state === "failed") return `Failed${step ? ` in ${at}` : ""}${lacks ? `: package ${lacks}` : ""}`;
  if (state === "cancelled") return step ? `Cancelled in ${at}` : "Cancelled";
  if (!step) return `${what === "pull" ? "Pulling" : "Building"} ${image}`;
  return at[0].toUpperCase() + at.slice(1);
};

/**
 * @param {{build: Build, role: "driver"|"viewer", cancelling: boolean, again: boolean}} slice - `cancelling`: it was asked
 *   for; `again`: there is an experiment that can be started again
 * @param {number} nowMs
 * @param {{onCancelBuild: (image: string) => void, onStart: () => void}} handlers
 */
export const buildView = ({ build, role, cancelling, again }, nowMs, { onCancelBuild, onStart }) => {
  const { image, what, state, step, steps, command, lines, cut, sinceMs } = build;
  const running = state === "running";
  const drives = role === "driver";
  return html`<section class="bld" aria-label=${`${what === "pull" ? "Pull" : "Build"} of the image ${image}`} data-is=${state}>
    <header class="bld-head"><b role="status">${headline(build)}</b><code title=${command}>${command}</code>
      <time>${running ? duration(Math.max(0, nowMs - sinceMs)) : ""}</time>
      ${drives && running ? html`<button class="btn" type="button" ?disabled=${cancelling} @click=${() => onCancelBuild(image)}>${cancelling ? "Asked …" : "Cancel"}</button>` : nothing}
      ${drives && !running && again ? html`<button class="btn" type="button" @click=${onStart}>Try again</button>` : nothing}</header>
    <ol class="bld-steps" aria-hidden="true">${Array.from({ length: steps ?? 0 }, (_, at) => html`<li data-is=${at + 1 < (step ?? 0) ? "done" : at + 1 === step ? state : ""}></li>`)}</ol>
    <pre class="bld-log" tabindex="0" aria-label=${`Log of ${image}`}>${cut ? `… ${cut} lines before\n` : ""}${lines.join("\n")}</pre>
  </section>`;
};
