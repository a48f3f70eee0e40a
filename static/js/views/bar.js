/**
 * Where am I, who is here, which witnesses are awake.  A witness that is gone turns into ink on paper, with its reason.
 */

import { html, nothing } from "../lit.js";
import { linkTo } from "../words/address.js";
import { THEME_WORDS } from "../words/theme.js";
import { icon } from "./signs.js";

/** @import { Health } from "../wire/types.js" */
/** @import { Theme } from "../words/theme.js" */

/** @param {string} kind @param {string} text @param {boolean} gone @param {string} [why] */
const source = (kind, text, gone, why = "") => html`<span
    class=${`bar-src is-${kind}`} data-is=${gone ? "gone" : ""} title=${why} data-source=${kind}
    >${icon(`w-${kind}`)}<span>${text}</span></span
  >`;

/** @param {Health} health @param {boolean} lost */
const engine = ({ engine: { state, name, version, reason, hint } }, lost) => {
  if (state === "ready" && !lost) return source("engine", `${name || "engine"} ${version}`.trim(), false);
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

/** @typedef {import("../page/follow.js").Led} Led */

/** A viewer goes with the presenter, or its own ways. @param {Led} led @param {() => void} onLed */
export const ledView = (led, onLed) =>
  led === "follow"
    ? html`<span class="bar-led" role="status">Following the presenter</span><button class="btn bar-lead" type="button" data-led="follow" aria-label="Following the presenter: roam" title="This page goes where the presenter goes. Press to go your own ways." @click=${onLed}><span class="bar-do">Roam</span><span class="bar-is">Following</span></button>`
    : html`<span class="bar-led" role="status">Roaming</span><button class="btn bar-lead" type="button" aria-label="Follow the presenter" title="Go where the presenter goes" @click=${onLed}>Follow<span class="bar-do"> the presenter</span></button>`;

const PAGES = [
  ["home", "/", "Experiments"],
  ["runs", "/runs", "Runs"],
  ["signals", "/signals", "Signals"],
  ["doctor", "/doctor", "Doctor"],
];

/** @param {string} current @param {string} about */
const pages = (current, about) =>
  html`<nav class="bar-nav" aria-label="Pages">${PAGES.map(
    ([page, path, word]) =>
      html`<a href=${linkTo(page === "signals" && about ? `${path}?target=${encodeURIComponent(about)}` : path)} data-page=${page} aria-current=${page === current ? "page" : nothing}>${word}</a>`,
  )}</nav>`;

const mark = html`<svg viewBox="0 0 28 28" aria-hidden="true"><use href="#mark"></use></svg>Signal Lab`;

/** In two parts: where there is no room for what it is of, the number stands alone; a cut word would say nothing. @param {string} where */
const whereView = (where) => {
  const quote = where.indexOf("“");
  return html`<span class="bar-run" title=${where || nothing}><span>${quote < 0 ? where : where.slice(0, quote).replace(/ of $/, "")}</span> <span>${quote < 0 ? nothing : `${quote ? "of " : ""}${where.slice(quote)}`}</span></span>`;
};

/**
 * @param {{health: Health|null, engineLost: boolean, kernelLost: string, viewers: number, where: string, role: "driver"|"viewer",
 *   theme: Theme, stage: boolean, alone?: boolean, page?: string, about?: string, led?: Led|null}} slice - `where`: "run 31 of “PID 1”"; `alone`: a report, nothing can be opened from it;
 *   `viewers` -1: a replay, nobody is counted; `page`: which one this is;
 *   `about`: id of the target that is looked at; `led`: null: nobody presents, or one does it oneself
 * @param {number} _nowMs
 * @param {{onMenu: () => void, onShare: () => void, onTheme: () => void, onHelp: () => void, onPresent?: () => void,
 *   onLed?: () => void}} handlers
 */
export const barView = (slice, _nowMs, { onMenu, onShare, onTheme, onHelp, onPresent, onLed = () => {} }) => {
  const {
    health,
    engineLost,
    kernelLost,
    viewers,
    where,
    role,
    theme,
    stage,
    alone = false,
    page = "",
    about = "",
    led = null,
  } = slice;
  return html`<header class="bar">
    ${alone ? html`<span class="bar-mark">${mark}</span>` : html`<a class="bar-mark" href=${linkTo("/")}>${mark}</a>`}
    ${stage ? html`<button class="btn bar-menu" type="button" aria-label="Experiments" aria-haspopup="dialog" @click=${onMenu}>${icon("i-list")}<span>Experiments</span></button>` : nothing}
    ${alone ? nothing : pages(page, about)}
    ${whereView(where)}
    <span class="bar-gap"></span>
    ${health ? engine(health, engineLost) : nothing}
    ${health ? kernel(health.kernel_trace, kernelLost) : nothing}
    ${health && viewers >= 0 ? html`<span class="bar-src bar-who" title=${role === "driver" ? "You drive" : "You watch"}>${icon("i-eye")}<span>${watching(viewers, role)}</span></span>` : nothing}
    ${led ? ledView(led, onLed) : nothing}
    ${role === "driver" ? html`<button class="btn bar-share" type="button" aria-label="Share a link to watch" aria-haspopup="dialog" @click=${onShare}>${icon("i-link")}<span>Share</span></button>` : nothing}
    ${onPresent ? html`<button class="btn bar-present" type="button" aria-label="Present" title="Presenter mode (P)" @click=${onPresent}>${icon("i-screen")}<span>Present</span></button>` : nothing}
    <button class="btn btn-plain bar-help" type="button" aria-label="Keys" aria-haspopup="dialog" title="Keys (?)" @click=${onHelp}><kbd aria-hidden="true">?</kbd></button>
    <button class="btn btn-plain" type="button" aria-label=${`Theme: ${THEME_WORDS[theme]}`} title=${`Theme: ${THEME_WORDS[theme]}`} @click=${onTheme}>${icon("i-theme")}</button>
  </header>`;
};
