/**
 * Where am I, who is here, which witnesses are awake.  A witness that is gone turns into ink on paper, with its reason.
 */

import { html, nothing } from "../lit.js";
import { THEME_WORDS } from "../theme.js";
import { icon } from "./signs.js";

/** @import { Health } from "../types.js" */
/** @import { Theme } from "../theme.js" */

/** @param {string} kind @param {string} text @param {boolean} gone @param {string} [why] */
const source = (kind, text, gone, why = "") => html`<span
    class=${`bar-src is-${kind}`} data-is=${gone ? "gone" : ""} title=${why} data-source=${kind}
    >${icon(`w-${kind}`)}<span>${text}</span></span
  >`;

/** @param {Health} health @param {boolean} lost */
const engine = ({ engine: { state, name, version, reason, hint } }, lost) => {
  if (state === "ready" && !lost) return source("engine", `${name || "engine"} ${version}`, false);
  if (state === "absent") return source("engine", "no engine", true, `${reason} ${hint}`);
  return source("engine", "engine: no answer", true, reason);
};

/** @param {Health["kernel_trace"]} trace @param {string} lost - why it does not report now; "": it does */
const kernel = ({ state, reason, hint = "", where = "" }, lost) => {
  if (lost) return source("kernel", "kernel: no word", true, lost);
  if (state === "ready") return source("kernel", "kernel trace", false, where ? `Read by the ${where}` : "");
  return html`<span class="bar-src bar-off" title=${`${reason} ${hint}`.trim()}>${icon("w-kernel")}<span>no kernel trace</span></span>`;
};

/** @param {number} viewers @param {"driver"|"viewer"} role */
const watching = (viewers, role) =>
  viewers === 0 || (role === "viewer" && viewers === 1) ? "only you" : `${viewers} watching`;

/**
 * @param {{health: Health|null, engineLost: boolean, kernelLost: string, viewers: number, where: string, role: "driver"|"viewer",
 *   theme: Theme, stage: boolean}} slice - `where`: "run 31 of “PID 1”"
 * @param {number} _nowMs
 * @param {{onMenu: () => void, onShare: () => void, onTheme: () => void, onHelp: () => void}} handlers
 */
export const barView = (slice, _nowMs, { onMenu, onShare, onTheme, onHelp }) => {
  const { health, engineLost, kernelLost, viewers, where, role, theme, stage } = slice;
  return html`<header class="bar">
    <a class="bar-mark" href="/"><svg viewBox="0 0 28 28" aria-hidden="true"><use href="#mark"></use></svg>Signal Lab</a>
    ${stage ? html`<button class="btn bar-menu" type="button" aria-label="Experiments" aria-haspopup="dialog" @click=${onMenu}>${icon("i-list")}<span>Experiments</span></button>` : nothing}
    <span class="bar-run">${where}</span>
    <span class="bar-gap"></span>
    ${health ? engine(health, engineLost) : nothing}
    ${health ? kernel(health.kernel_trace, kernelLost) : nothing}
    ${health ? html`<span class="bar-src bar-who" title=${role === "driver" ? "You drive" : "You watch"}>${icon("i-eye")}<span>${watching(viewers, role)}</span></span>` : nothing}
    ${role === "driver" ? html`<button class="btn bar-share" type="button" aria-label="Share a link to watch" aria-haspopup="dialog" @click=${onShare}>${icon("i-link")}<span>Share</span></button>` : nothing}
    <button class="btn btn-plain bar-help" type="button" aria-label="Keys" aria-haspopup="dialog" title="Keys (?)" @click=${onHelp}><kbd aria-hidden="true">?</kbd></button>
    <button class="btn btn-plain" type="button" aria-label=${`Theme: ${THEME_WORDS[theme]}`} title=${`Theme: ${THEME_WORDS[theme]}`} @click=${onTheme}>${icon("i-theme")}</button>
  </header>`;
};
