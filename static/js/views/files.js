/**
 * The scratch files of a run, as small editors: the lesson asks to change them.  What is typed is a draft until its
 * event is back; viewers and runs that are over show the file as it is.
 */

import { html, live, nothing } from "../lit.js";
import { clockTime, whoDid } from "../words/text.js";

/** @import { ScratchFile } from "../wire/types.js" */

/**
 * @typedef {object} FileSlice
 * @property {ScratchFile} file          as it is
 * @property {string|null} draft         what was typed and not saved; null: nothing
 * @property {boolean} stale             somebody else has written it since the draft was begun
 * @property {boolean} asked             its saving was asked for and has not been taken yet
 */

const ROWS_MIN = 3;
const ROWS_MAX = 6;

/** @param {FileSlice} slice @param {boolean} mayEdit */
const stateWords = ({ file: { by, atMs }, draft, stale }, mayEdit) => {
  const who = by === "an editor" ? "another editor" : by === null ? "" : whoDid(by);
  if (draft !== null && stale) return `${who} has written it meanwhile`;
  if (draft !== null) return "not saved";
  if (by === null || atMs === null)
    return mayEdit ? "as the experiment made it" : "as the experiment made it, read-only";
  return `written by ${who}, ${clockTime(atMs)}${mayEdit ? "" : ", read-only"}`;
};

/**
 * @param {{files: FileSlice[], mayEdit: boolean}} slice
 * @param {number} _nowMs
 * @param {{onDraft: (name: string, text: string) => void, onSave: (name: string) => void, onDiscard: (name: string) => void}} handlers
 */
export const filesView = ({ files, mayEdit }, _nowMs, { onDraft, onSave, onDiscard }) =>
  files.map((slice) => {
    const { file, draft, asked } = slice;
    const text = draft ?? file.text;
    const lines = file.text.replace(/\n$/, "").split("\n").length + 1;
    const dirty = draft !== null;
    return html`<form class="file" aria-label=${`File ${file.name}`} @submit=${(/** @type {Event} */ event) => {
      event.preventDefault();
      if (dirty && !asked) onSave(file.name);
    }}>
      <div class="file-head"><label for=${`file-${file.name}`}>${file.name}</label><span role="status" title=${stateWords(slice, mayEdit)}>${stateWords(slice, mayEdit)}</span>
      ${mayEdit ? html`<button class="btn btn-plain" type="button" ?disabled=${!dirty} @click=${() => onDiscard(file.name)}>Discard</button><button class="btn" type="submit" title="Ctrl S" ?disabled=${!dirty || asked}>${asked ? "Asked …" : "Save"}</button>` : nothing}</div>
      <textarea id=${`file-${file.name}`} rows=${Math.min(ROWS_MAX, Math.max(ROWS_MIN, lines))} spellcheck="false" autocapitalize="off" autocomplete="off" ?readonly=${!mayEdit}
        .value=${live(text)} @input=${(/** @type {Event} */ event) => onDraft(file.name, /** @type {HTMLTextAreaElement} */ (event.target).value)}
        @keydown=${(/** @type {KeyboardEvent} */ event) => {
          if (!(event.ctrlKey || event.metaKey) || (event.key !== "s" && event.key !== "Enter")) return;
          event.preventDefault();
          if (dirty && !asked) onSave(file.name);
        }}></textarea>
    </form>`;
  });
