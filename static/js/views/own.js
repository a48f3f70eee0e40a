/**
 * A command or an image of one's own, beside the catalogue.  What is typed is a list of words and never a shell.
 */

import { argvOf } from "../argv.js";
import { html, live } from "../lit.js";

/** @typedef {{host: "container"|"sandbox"|"process", image: string, command: string}} Own */

/**
 * What the API is asked for.
 * @param {Own} own @returns {{host: string, command: string[], image?: string}|null} null: it cannot be started like this
 */
export const ownRequest = ({ host, image, command }) => {
  const words = argvOf(command);
  if (words === null) return null;
  if (host !== "container") return words.length ? { host, command: words } : null;
  return image.trim() || words.length
    ? { host, command: words, ...(image.trim() ? { image: image.trim() } : {}) }
    : null;
};

/** @param {Own} own @param {boolean} engine */
const why = (own, engine) => {
  if (argvOf(own.command) === null) return "A quote is not closed.";
  if (own.host === "process") return "It runs on this machine, as the user of the lab, on a terminal of its own.";
  if (own.host === "sandbox")
    return "It runs on this machine as PID 1 of a PID namespace of its own, as in a container but without Docker.";
  if (!engine) return "Needs Docker.";
  return "The engine must have the image; without one the lab’s own is taken. No network, no capabilities.";
};

/**
 * @param {{own: Own, engine: boolean, asked: boolean}} slice - `engine`: one is there
 * @param {number} _nowMs
 * @param {{onOwn: (own: Partial<Own>) => void, onStartOwn: () => void}} handlers
 */
export const ownView = ({ own, engine, asked }, _nowMs, { onOwn, onStartOwn }) => {
  const ready = ownRequest(own) !== null && (engine || own.host !== "container") && !asked;
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
      .value=${live(own.image)} @input=${typed("image")}></label>
    <label class="own-command"><span class="vh">Command</span><input type="text" autocomplete="off" spellcheck="false" maxlength="4000" placeholder="command, such as: python3 -m http.server"
      aria-invalid=${argvOf(own.command) === null ? "true" : "false"} .value=${live(own.command)} @input=${typed("command")}></label>
    <button class="btn btn-main" type="submit" ?disabled=${!ready}>${asked ? "Asked …" : "Start"}</button>
    <p>${why(own, engine)}</p>
  </form></section>`;
};
