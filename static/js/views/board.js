/**
 * One object: the columns are signals (press the heading to send), the rows are processes, the cells are dispositions.
 * The beam joins the key that was pressed to the row it went to.  The signs on the keys say what each signal does
 * *by default*: what it will do to this process is a forecast, and there is none here.
 *
 * Keys and rows never change place under the pointer: the order of both comes from elsewhere and is fixed.
 */

import { html, live, nothing, repeat } from "../lit.js";
import { icon, shape } from "./signs.js";

/** @import { BoardCell, BoardRow, Signal, Target } from "../types.js" */

/** @typedef {"asked"|"sent"|"failed"|""} KeyState */
/** @typedef {{signal: string, row: string}} Beam  from the key down to the row */

const FATES = /** @type {const} */ ({
  terminate: ["end", "f-end", "ends"],
  core: ["end", "f-end", "dumps core"],
  stop: ["freeze", "f-freeze", "freezes"],
  continue: ["thaw", "f-thaw", "goes on"],
  ignore: ["none", "f-none", "ignored"],
});

/** What a signal does by default: [fate, sign, word]. @param {Pick<Signal, "name"|"default">} signal */
export const fateOf = ({ name, default: action }) =>
  name === "SIGKILL" ? /** @type {const} */ (["kill", "f-kill", "kills"]) : FATES[action];

/** @type {Record<string, string>} */
const GROUPS = {
  leave: "Ask it to leave",
  tell: "Tell the program",
  pause: "Pause, go on",
  force: "Force",
  other: "Tell the program",
};

/** @type {Record<string, string>} */
const DISPOSITIONS = {
  default: "default",
  caught: "caught",
  ignored: "ignored",
  blocked: "blocked",
  pending: "pending",
  fixed: "cannot be changed",
  unknown: "unknown",
};

/** What is drawn for a cell: what waits or is held back goes before the action. @param {BoardCell} cell */
export const dispositionOf = ({ action, blocked, pending }) => (pending ? "pending" : blocked ? "blocked" : action);

/** Neighbours of one group become one heading. @param {Signal[]} keys */
const groupsOf = (keys) => {
  /** @type {{word: string, span: number}[]} */
  const groups = [];
  for (const { group } of keys) {
    const word = GROUPS[group] ?? "Others";
    const last = groups.at(-1);
    if (last?.word === word) last.span += 1;
    else groups.push({ word, span: 1 });
  }
  return groups;
};

/**
 * @param {Signal} signal @param {KeyState} is @param {boolean} off
 * @param {"driver"|"viewer"} role @param {(signal: string) => void} onSend @param {(signal: string|null) => void} onPoint
 */
const keyView = (signal, is, off, role, onSend, onPoint) => {
  const [fate, sign, word] = fateOf(signal);
  const failed = is === "failed";
  const inside = html`<b>${signal.short}</b><small>${signal.number}</small>${icon(failed ? "i-warn" : sign)}<span>${failed ? "not sent" : word}</span>`;
  const point = () => onPoint(signal.name);
  const away = () => onPoint(null);
  if (role === "viewer")
    return html`<div class="key" data-fate=${fate} data-is=${is || nothing} @pointerenter=${point} @pointerleave=${away}>${inside}</div>`;
  return html`<button class="key" type="button" data-fate=${fate} data-is=${is || nothing} data-signal=${signal.name} ?disabled=${off}
    @click=${() => onSend(signal.name)} @focus=${point} @blur=${away} @pointerenter=${point} @pointerleave=${away}>${inside}</button>`;
};

/** @param {BoardCell} cell @param {Signal} signal @param {"pass"|"land"|""} beam */
const cellView = (cell, signal, beam) => {
  const kind = dispositionOf(cell);
  const sign = kind === "unknown" ? html`<span aria-hidden="true">?</span>` : shape(kind);
  const also = kind === "pending" && cell.blocked ? " and blocked" : "";
  return html`<td data-sig=${signal.short} data-d=${kind} data-beam=${beam || nothing} title=${`${signal.short}: ${DISPOSITIONS[kind]}${also}`}><div>${beam === "pass" ? nothing : sign}<span class="vh">${DISPOSITIONS[kind]}${also}</span></div></td>`;
};

/** @param {BoardRow[]} rows @param {number} index */
const branch = (rows, index) => {
  const { depth } = rows[index];
  if (depth === 0) return "";
  const next = rows.slice(index + 1).find((row) => row.depth <= depth);
  return `${"  ".repeat(depth - 1)}${next?.depth === depth ? "├ " : "└ "}`;
};

/**
 * @typedef {object} BoardSlice
 * @property {Target|null} target
 * @property {{id: string, name: string}[]} targets   to switch between; empty or one: no switch
 * @property {Signal[]} keys
 * @property {number} count                           how many signals there are in all
 * @property {BoardRow[]} rows
 * @property {string|null} selected                   row that signals go to
 * @property {Record<string, KeyState>} states        by signal name
 * @property {Beam|null} beam
 * @property {unknown} why                            the line below
 * @property {"driver"|"viewer"} role
 * @property {boolean} alive                          there is something to send to
 * @property {string} missing                         why there are no rows; "" where there are
 *
 * @param {BoardSlice} slice
 * @param {number} _nowMs
 * @param {{onSend: (signal: string) => void, onPoint: (signal: string|null) => void, onSelect: (row: string) => void,
 *   onFind: () => void, onTarget: (target: string) => void}} handlers
 */
export const boardView = (slice, _nowMs, { onSend, onPoint, onSelect, onFind, onTarget }) => {
  const { target, targets, keys, count, rows, selected, states, beam, why, role, alive, missing } = slice;
  const chosen = rows.find(({ row }) => row === selected) ?? null;
  const landing = beam ? rows.findIndex(({ row }) => row === beam.row) : -1;
  const verb = role === "viewer" ? "Chosen:" : "Send to";
  const to = alive
    ? html`${verb} <b>${chosen ? `${chosen.nsPid} ${chosen.comm}` : target?.name}</b>`
    : "Nothing to send to";
  return html`<section class="board" data-role=${role} aria-label="Processes and signals">
    <header class="board-head"><h2>${target ? `Processes in ${target.name}` : "Processes"}</h2>
      ${
        targets.length > 1
          ? html`<fieldset class="seg"><legend class="vh">Target</legend>${targets.map(
              ({ id, name }) =>
                html`<label><input type="radio" name="target" .checked=${live(id === target?.id)} @change=${() => onTarget(id)}>${name}</label>`,
            )}</fieldset>`
          : nothing
      }
      <ul class="legend" aria-label="Shapes">${["default", "caught", "ignored", "blocked", "pending"].map((kind) => html`<li data-d=${kind}>${shape(kind)}${kind}</li>`)}</ul>
      <button class="btn btn-plain board-find" type="button" aria-haspopup="dialog" @click=${onFind}>${icon("i-search")}All ${count || ""} signals</button>
    </header>
    <div class="board-scroll"><table class="board-table"><caption class="vh">What each process does with each signal. Column heads send the signal; their words say what it does by default.</caption>
      <colgroup><col class="board-name"><col span=${keys.length || 12}></colgroup>
      <thead><tr class="board-groups"><td></td>${groupsOf(keys).map(({ word, span }) => html`<th colspan=${span} scope="colgroup">${word}</th>`)}</tr>
      <tr class="board-keys"><td class="board-to"><p>${to}</p><p class="board-default">on the keys: what each does by default</p></td>
        ${keys.map((signal) => html`<th scope="col">${keyView(signal, states[signal.name] ?? "", !alive, role, onSend, onPoint)}</th>`)}</tr></thead>
      <tbody>${repeat(
        rows,
        ({ row }) => row,
        (row, index) =>
          rowView(
            row,
            branch(rows, index),
            keys,
            row.row === selected,
            (signal) => {
              if (!beam || beam.signal !== signal || index > landing) return "";
              return index === landing ? "land" : "pass";
            },
            onSelect,
          ),
      )}
      ${rows.length ? nothing : html`<tr class="board-none"><td colspan=${keys.length + 1}>${missing}</td></tr>`}</tbody>
    </table></div>
    <p class="board-why">${why}</p>
  </section>`;
};

/**
 * @param {BoardRow} row @param {string} stem @param {Signal[]} keys @param {boolean} selected
 * @param {(signal: string) => "pass"|"land"|""} beamOf @param {(row: string) => void} onSelect
 */
const rowView = (row, stem, keys, selected, beamOf, onSelect) => {
  const full = [row.comm, row.args].filter(Boolean).join(" ");
  return html`<tr class="board-row" ?data-selected=${selected} data-is=${row.is ?? nothing} @click=${() => onSelect(row.row)}>
    <th scope="row" title=${`${full} · ${row.pid} on the machine`}><label><i aria-hidden="true">${stem}</i><input class="vh" type="radio" name="to" .checked=${live(selected)} @change=${() => onSelect(row.row)}><b>${row.nsPid}</b>${row.comm} ${
      row.note ? html`<em>${row.note}</em>` : nothing
    } <span>${row.args}</span></label></th>${row.cells.map((cell, column) => cellView(cell, keys[column], beamOf(cell.signal)))}</tr>`;
};
