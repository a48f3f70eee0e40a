/**
 * The frame around the terminal: what it is, its size in words, and what stands there while there is no output.
 * The terminal itself is drawn by `terminal.js` into a box of fixed size.
 */

import { html, nothing } from "../lit.js";

/** @import { Target } from "../types.js" */

/**
 * The line beside the heading.
 * @param {{target: Target|null, size: {cols: number, rows: number}|null, role: "driver"|"viewer", refused: string, lost: string}} slice
 */
export const terminalHeadView = ({ target, size, role, refused, lost }) => {
  const cells = size ? `${size.cols} × ${size.rows}` : "";
  const takesKeys = target ? target.tty || target.stdin : false;
  const told = () => {
    if (!target) return "";
    if (refused) return `not taken: ${refused}`;
    if (lost) return `output may be missing: ${lost}`;
    if (target.truncated) return `cut: ${target.truncated}`;
    if (target.status === "exited") return `${target.name}, ended`;
    if (!takesKeys && target.status === "running")
      return `${target.name}, no input: this ${target.host} has no terminal`;
    return [target.name, cells, role === "viewer" ? "read-only" : ""].filter(Boolean).join(", ");
  };
  return html`<header class="term-head"><h2>Terminal</h2><span title=${told()}>${told()}</span></header>`;
};

/**
 * What lies over the empty box: the log of a build, or a word.
 * @param {{target: Target|null, log: string[]|null, image: string}} slice
 */
export const terminalOverView = ({ target, log, image }) => {
  if (log)
    return html`<pre class="term-log" tabindex="0" aria-label=${`Build log of ${image}`}>${log.join("\n")}</pre>`;
  if (target?.output.length) return nothing;
  return html`<p class="term-end">${target?.status === "running" ? "nothing printed yet" : target?.status === "exited" ? "nothing was printed" : "not started"}</p>`;
};
