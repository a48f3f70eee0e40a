/**
 * The number everyone watches.  Two figures, always.  It holds at 0.0 until somebody says that SIGKILL was sent:
 * nothing is inferred.  `role=timer` without a live region: the page's one polite region says what must be heard.
 */

import { html, nothing } from "../lit.js";
import { numerals } from "./signs.js";

/** @import { Clock } from "../wire/types.js" */

/**
 * @param {{clock: Clock, figures: string[], role: "driver"|"viewer", again: boolean, asked: string|null, rest?: number, kept?: boolean}} slice
 *   `again`: the experiment can be started again now; `asked`: what has been asked and is not yet taken ("kill", "start",
 *   "stop-all"); `rest`: how many other targets of the run could be stopped now; `kept`: on a telephone as high as the form
 * @param {number} _nowMs
 * @param {{onKill: () => void, onStart: () => void, onStopAll?: () => void}} handlers
 */
export const clockView = (
  { clock, figures, role, again, asked, rest = 0, kept = false },
  _nowMs,
  { onKill, onStart, onStopAll },
) => {
  const { state, say, sub } = clock;
  const going = state === "stopping" || state === "up" || state === "unknown";
  const over = state === "killed" || state === "left" || state === "ended";
  const said = figures.map((figure) => (figure === "dot" ? "." : figure === "dash" ? "" : figure)).join("");
  return html`<div class="clock" ?data-kept=${kept}>
    <p class="clock-say">${say}</p>
    ${numerals(figures)}
    <p class="clock-of">${sub}</p>
    <div class="clock-do">
      ${going && role === "driver" ? html`<button class="btn" type="button" ?disabled=${asked === "kill"} @click=${onKill}>Kill now</button>` : nothing}
      ${over && role === "driver" && again ? html`<button class="btn" type="button" ?disabled=${asked === "start"} @click=${onStart}>Run it again</button>` : nothing}
      ${rest > 0 && role === "driver" ? html`<button class="btn" type="button" ?disabled=${asked === "stop-all"} @click=${onStopAll}>Stop the other ${rest > 1 ? rest : nothing}</button>` : nothing}
      ${role === "viewer" && going ? html`<span class="clock-watch">You are watching</span>` : nothing}
    </div>
    <p class="vh" role="timer">${say} ${said} ${sub}</p>
  </div>`;
};
