/**
 * A note takes the question's slot and never pushes it: what is wrong, the hint, the stable code, what happens next.
 * Not red: red is SIGKILL.
 */

import { html, nothing } from "../lit.js";
import { icon, words } from "./signs.js";

/** @import { Note } from "../page/notes.js" */

/**
 * @param {{note: Note, title: string}} slice - `title` stays the page's h1, for those who hear the page
 * @param {number} _nowMs
 * @param {{onNote: (action: string) => void}} handlers
 */
export const noteView = ({ note, title }, _nowMs, { onNote }) => html`<div class="note" data-is=${note.is}>
  <h1 class="vh">${title}</h1>
  ${icon(note.is === "good" ? "i-tick" : note.is === "news" ? "i-says" : "i-warn")}
  <p role=${note.is === "bad" ? "alert" : "status"} title=${note.text}><b>${note.headline}</b> ${words(note.text)}${
    note.code ? html` <span class="note-code">code ${note.code}</span>` : nothing
  }</p>
  ${note.button ? html`<button class="btn" type="button" @click=${() => note.action && onNote(note.action)}>${note.button}</button>` : nothing}
</div>`;
