/**
 * A command or an image of one's own, beside the catalogue: what, with which options, and the command line that this is.
 * What the lab refuses is said here, below what was typed, and nothing of it is lost.
 */

import { html, live, nothing } from "../lit.js";
import { fieldOf, ownCount, ownRequest } from "../selectors/own.js";
import { argvOf } from "../words/argv.js";
import { command } from "./copy.js";

/** @import { Own } from "../selectors/own.js" */
/** @import { Problem } from "../page/notes.js" */

/** @typedef {(own: Partial<Own>) => void} OnOwn */

/** @param {Own} own @param {boolean} engine */
const why = (own, engine) => {
  if (argvOf(own.command) === null || argvOf(own.entrypoint) === null) return "A quote is not closed.";
  if (own.host === "process") return "It runs on this machine, as the user of the lab, on a terminal of its own.";
  if (own.host === "sandbox")
    return "It runs on this machine as PID 1 of a PID namespace of its own, as in a container but without Docker.";
  if (!engine) return "Needs Docker.";
  const fence = own.unfenced ? "The engine’s usual capabilities, and a network." : "No network, no capabilities.";
  return `An image that the engine does not have is pulled, where a registry answers; without any the lab’s own is taken. ${fence}`;
};

/**
 * @param {string} name - as in `own` @param {string} label @param {string} flag - as docker run has it
 * @param {Own} own @param {OnOwn} onOwn @param {{hint?: string, about?: string, wrong: string}} more - `about`: as the API calls it
 */
const field = (name, label, flag, own, onOwn, { hint = "", about = name, wrong }) => html`<label class="own-field">
  <span>${label} <code>${flag}</code></span>
  <input type="text" autocomplete="off" spellcheck="false" maxlength="1000" placeholder=${hint} name=${name} aria-invalid=${wrong === about ? "true" : "false"}
    aria-describedby=${wrong === about ? "own-wrong" : nothing} .value=${live(String(own[/** @type {keyof Own} */ (name)]))}
    @input=${(/** @type {Event} */ event) => onOwn({ [name]: /** @type {HTMLInputElement} */ (event.target).value })}></label>`;

/** @param {string} name @param {string} label @param {string} flag @param {Own} own @param {OnOwn} onOwn */
const tick = (name, label, flag, own, onOwn) => html`<label class="own-tick">
  <input type="checkbox" name=${name} .checked=${live(Boolean(own[/** @type {keyof Own} */ (name)]))} @change=${(
    /** @type {Event} */ event,
  ) =>
    onOwn({
      [name]: /** @type {HTMLInputElement} */ (event.target).checked,
    })}><span>${label} <code>${flag}</code></span></label>`;

/** @param {Own} own @param {OnOwn} onOwn @param {string} wrong */
const env = (own, onOwn, wrong) => html`<label class="own-field own-env"><span>Environment <code>-e</code></span>
  <textarea rows="3" spellcheck="false" autocomplete="off" maxlength="8000" name="env" placeholder="NAME=value, one on each line" aria-invalid=${wrong === "env" ? "true" : "false"}
    aria-describedby=${wrong === "env" ? "own-wrong" : nothing} .value=${live(own.env)}
    @input=${(/** @type {Event} */ event) => onOwn({ env: /** @type {HTMLTextAreaElement} */ (event.target).value })}></textarea></label>`;

/** @param {Own} own @param {OnOwn} onOwn @param {string} wrong */
const optionsOfContainer = (own, onOwn, wrong) => html`<div class="own-ticks">
    ${tick("init", "An init as PID 1", "--init", own, onOwn)}
    ${tick("pidHost", "The machine’s PID namespace", "--pid host", own, onOwn)}
    ${tick("tty", "A terminal", "-t", own, onOwn)}
    ${tick("stdin", "Keep its input open", "-i", own, onOwn)}
    ${tick("unfenced", "Docker’s own fence", "network, capabilities", own, onOwn)}</div>
  ${field("stopSignal", "Stop signal", "--stop-signal", own, onOwn, { hint: "the image’s, else SIGTERM", about: "stop_signal", wrong })}
  ${field("stopTimeout", "Stop timeout, s", "--stop-timeout", own, onOwn, { hint: "10; −1 for ever", about: "stop_timeout_s", wrong })}
  ${field("entrypoint", "Entrypoint", "--entrypoint", own, onOwn, { hint: "the image’s", wrong })}
  ${field("memory", "Memory", "--memory", own, onOwn, { hint: "256m", wrong })}
  ${field("user", "User", "--user", own, onOwn, { hint: "the image’s", wrong })}
  ${field("workdir", "Working directory", "--workdir", own, onOwn, { hint: "the image’s", wrong })}
  ${env(own, onOwn, wrong)}`;

/** @param {Own} own @param {OnOwn} onOwn @param {string} wrong */
const optionsOfProcess = (own, onOwn, wrong) => html`
  ${field("workdir", "Working directory", "cd", own, onOwn, { hint: "that of the lab", about: "cwd", wrong })}
  ${env(own, onOwn, wrong)}`;

/**
 * @param {{own: Own, engine: boolean, asked: boolean, line: string, problem: Problem|null, copied: string|null, does?: "Start"|"Add",
 *   full?: boolean}} slice - `does`: what the button does; `full`: no more can be added; `engine`: one is there; `line`: the equivalent command line, "" while it is not known; `problem`: what the lab
 *   says against it
 * @param {number} _nowMs
 * @param {{onOwn: OnOwn, onStartOwn: () => void, onCopy: (text: string) => void}} handlers
 */
export const ownView = (
  { own, engine, asked, line, problem, copied, does = "Start", full = false },
  _nowMs,
  { onOwn, onStartOwn, onCopy },
) => {
  const ready = ownRequest(own) !== null && (engine || own.host !== "container") && !asked && !full;
  const wrong = problem ? fieldOf(problem.error) : "";
  const count = ownCount(own);
  const typed = (/** @type {"image"|"command"} */ name) => (/** @type {Event} */ event) =>
    onOwn({ [name]: /** @type {HTMLInputElement} */ (event.target).value });
  return html`<section class="home-group home-own"><h2>Your own</h2><form class="own" @submit=${(
    /** @type {Event} */ event,
  ) => {
    event.preventDefault();
    if (ready) onStartOwn();
  }}>
    <fieldset class="seg"><legend class="vh">What to start</legend>${
      /** @type {const} */ (["container", "sandbox", "process"]).map(
        (host) =>
          html`<label><input type="radio" name="own" .checked=${live(own.host === host)} @change=${() => onOwn({ host })}>${host}</label>`,
      )
    }</fieldset>
    <label class="own-image"><span class="vh">Image</span><input type="text" autocomplete="off" spellcheck="false" maxlength="200" placeholder="image" ?disabled=${own.host !== "container"}
      aria-invalid=${wrong === "image" ? "true" : "false"} .value=${live(own.image)} @input=${typed("image")}></label>
    <label class="own-command"><span class="vh">Command</span><input type="text" autocomplete="off" spellcheck="false" maxlength="4000" placeholder="command, such as: python3 -m http.server"
      aria-invalid=${argvOf(own.command) === null || wrong === "command" ? "true" : "false"} .value=${live(own.command)} @input=${typed("command")}></label>
    <button class="btn btn-main" type="submit" ?disabled=${!ready}>${asked ? "Asked …" : does}</button>
    <p>${why(own, engine)}</p>
    <details class="own-more" .open=${live(own.open)} @toggle=${(/** @type {Event} */ event) => onOwn({ open: /** @type {HTMLDetailsElement} */ (event.target).open })}>
      <summary>Options${count ? html` <b>${count} set</b>` : nothing}</summary>
      <div class="own-options">${own.host === "container" ? optionsOfContainer(own, onOwn, wrong) : optionsOfProcess(own, onOwn, wrong)}</div>
    </details>
    <div class="own-line">${line && !problem ? command(line, copied, onCopy, "the same as a command line") : nothing}
      <p class="own-wrong" id="own-wrong" role="status">${problem ? html`<b>${problem.what}</b> ${problem.error}${problem.error.endsWith(".") ? "" : "."} ${problem.hint ?? ""} <code>${problem.code}</code>` : nothing}</p></div>
  </form></section>`;
};
