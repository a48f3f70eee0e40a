/**
 * The line below the search: whom the column is about, or why there is none.  One line, always there.
 */

import { html, live, nothing } from "../lit.js";
import { linkTo } from "../words/address.js";

/** @import { Origin } from "../wire/types.js" */

/**
 * @typedef {object} StateSlice
 * @property {number|null} choices   how many targets can be chosen; null: not read yet
 * @property {string} wanted         id of the chosen one; "" for none
 * @property {string} name           its name
 * @property {string} who            "1 python3": its root process; "" while nobody has seen it
 * @property {boolean} isInit        that is PID 1 of a namespace
 * @property {string} status
 * @property {string} ended          "exited with 137"; "" while it has not
 * @property {string} run
 * @property {"driver"|"viewer"} role
 */

const experiments = html`<a href=${linkTo("/")}>Experiments</a>`;

const ORIGINS = /** @type {const} */ ([
  ["outside", "from outside"],
  ["inside", "inside"],
]);

/**
 * The line, and from where signals would be sent.
 * @param {{line: StateSlice, origin: Origin|null}} slice - `origin` null: that makes no difference to this target
 * @param {number} _nowMs
 * @param {{onFrom: (from: Origin) => void}} handlers
 */
export const stateView = ({ line, origin }, _nowMs, { onFrom }) =>
  html`${stateLine(line)}${
    origin
      ? html`<fieldset class="seg sigs-from"><legend class="vh">Sent from</legend>${ORIGINS.map(
          ([each, word]) =>
            html`<label><input type="radio" name="from" .checked=${live(each === origin)} @change=${() => onFrom(each)}>${word}</label>`,
        )}</fieldset>`
      : nothing
  }`;

/** @param {StateSlice} slice */
const stateLine = ({ choices, wanted, name, who, isInit, status, ended, run, role }) => {
  if (choices === null) return html`<p>Looking for targets that run …</p>`;
  if (!wanted && choices === 0)
    return role === "driver"
      ? html`<p>Nothing is running. Start something under ${experiments}: what each signal would do to it then stands here.</p>`
      : html`<p>Nothing is running. When the driver starts something, what each signal would do to it stands here.</p>`;
  if (!wanted) return html`<p>Choose a target above: what each signal would do to it then stands here.</p>`;
  const link = html`<a href=${linkTo(`/runs/${encodeURIComponent(run)}`)}>its run</a>`;
  if (!name)
    return run
      ? html`<p>Reading its run …</p>`
      : html`<p><b>That target is not there any more.</b> Choose another one.</p>`;
  if (status === "exited")
    return html`<p><b>${name} ${ended || "has ended"}.</b> Nothing reaches it any more; see ${link}, or choose another one.</p>`;
  if (status !== "running") return html`<p>${name} does not run yet; see ${link}.</p>`;
  if (!who) return html`<p>Reading the processes of ${name} …</p>`;
  const sends = role === "driver" ? "Send goes to it." : "Read-only: the driver sends.";
  return html`<p>To <b>${who}</b>, ${isInit ? "PID 1 of its namespace" : "its root process"}, now: ${link}. ${sends}</p>`;
};
