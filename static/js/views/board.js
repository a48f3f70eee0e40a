/**
 * One object: the columns are signals (press the heading to send), the rows are processes, the cells are dispositions.
 * The beam joins the key that was pressed to the row it went to.  The signs on the keys say what each signal would do to
 * the chosen process now; where nobody can say, what it does by default, and that is said.
 *
 * Keys and rows never change place under the pointer: the order of both comes from elsewhere and is fixed.
 */

import { html, live, nothing, repeat } from "../lit.js";
import { fateByDefault, signsOf } from "../words/fates.js";
import { counted } from "../words/text.js";
import { icon, shape } from "./signs.js";

/** @import { BoardCell, BoardRow, ForecastGroup, Origin, RowLoad, Signal, Target } from "../wire/types.js" */

/** @typedef {"asked"|"sent"|"failed"|""} KeyState */
/** @typedef {{signal: string, row: string, dropped: boolean}} Beam  from the key down to the row; dropped: the kernel said so */

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
  waited: "waited for, by sigwait",
  signalfd: "read from a signalfd",
  pending: "pending",
  fixed: "cannot be changed",
  unknown: "unknown",
};

/**
 * What is drawn for a cell: what waits, is waited for or held back goes before the action.  A signalfd reads only what
 * is blocked.
 * @param {BoardCell} cell
 */
export const dispositionOf = ({ action, blocked, pending, waited, signalfd }) => {
  if (pending) return "pending";
  if (action === "fixed") return "fixed";
  if (waited) return "waited";
  if (blocked) return signalfd ? "signalfd" : "blocked";
  return action;
};

const LEGEND = [
  ["default", "default"],
  ["caught", "caught"],
  ["ignored", "ignored"],
  ["blocked", "blocked"],
  ["waited", "waited for"],
  ["pending", "pending"],
];
const SEVERAL = 12; // more than are counted at a glance
const ORIGINS = /** @type {const} */ ([
  ["outside", "from outside"],
  ["inside", "inside"],
]);

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
 * @param {Signal} signal @param {ForecastGroup|null} group @param {boolean} over - it does nothing to anybody any more @param {KeyState} is @param {boolean} off
 * @param {"driver"|"viewer"} role @param {(signal: string) => void} onSend @param {(signal: string|null) => void} onPoint
 */
const keyView = (signal, group, over, is, off, role, onSend, onPoint) => {
  const { look: fate, sign, word } = signsOf(group?.fate ?? fateByDefault(signal), signal.name);
  const likely = group && !group.sure ? html`<i aria-hidden="true">?</i><span class="vh">, likely</span>` : nothing;
  const failed = is === "failed";
  const what = over
    ? nothing
    : html`${icon(failed ? "i-warn" : sign)}<span>${failed ? "not sent" : html`${word}${likely}`}</span>`;
  const inside = html`<b>${signal.short}</b><small>${signal.number}</small>${what}`;
  const point = () => onPoint(signal.name);
  const away = () => onPoint(null);
  if (role === "viewer")
    return html`<div class="key" data-fate=${fate} data-is=${is || nothing} @pointerenter=${point} @pointerleave=${away}>${inside}</div>`;
  return html`<button class="key" type="button" data-fate=${fate} data-is=${is || nothing} data-signal=${signal.name} ?disabled=${off}
    @click=${() => onSend(signal.name)} @focus=${point} @blur=${away} @pointerenter=${point} @pointerleave=${away}>${inside}</button>`;
};

/** @param {BoardCell} cell @param {Signal} signal @param {"pass"|"land"|"drop"|""} beam */
const cellView = (cell, signal, beam) => {
  const kind = dispositionOf(cell);
  const sign = kind === "unknown" ? html`<span aria-hidden="true">?</span>` : shape(kind);
  const also = (kind === "pending" || kind === "waited") && cell.blocked ? " and blocked" : "";
  return html`<td data-sig=${signal.short} data-d=${kind} data-beam=${beam || nothing} title=${`${signal.short}: ${DISPOSITIONS[kind]}${also}`}><div>${beam === "pass" ? nothing : sign}<span class="vh">${DISPOSITIONS[kind]}${also}</span></div></td>`;
};

/** Its place is kept where nobody can tell: no name may move when the first figures come. @param {RowLoad|null} load */
const loadView = (load) =>
  load === null
    ? html`<span class="board-load"></span>`
    : html`<span class="board-load" title="CPU, of one processor; resident memory"><span><span class="vh">, CPU </span>${load.cpu}</span><span><span class="vh">, memory </span>${load.memory}</span></span>`;

/** @param {BoardRow} row */
const branch = ({ depth, last }) => (depth === 0 ? "" : `${"  ".repeat(depth - 1)}${last ? "└ " : "├ "}`);

/**
 * @typedef {object} BoardSlice
 * @property {Target|null} target
 * @property {Signal[]} keys
 * @property {number} count                           how many signals there are in all
 * @property {BoardRow[]} rows
 * @property {number} [total]                         how many processes there are; more than rows: the rest is cut
 * @property {string|null} selected                   row that signals go to
 * @property {(ForecastGroup|null)[]} fates           of the chosen process, in the order of the keys; empty: no forecast
 * @property {Origin|null} from                       where signals are sent from; null: that makes no difference here
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
 *   onFind: () => void, onFrom: (from: Origin) => void, onThreads: (row: string) => void, onMore?: () => void}} handlers
 */
export const boardView = (slice, _nowMs, handlers) => {
  const { onSend, onPoint, onSelect, onFind, onFrom, onThreads, onMore } = handlers;
  const { target, keys, count, rows, selected, fates, from, states, beam, why, role, alive, missing } = slice;
  const { total = rows.length } = slice;
  const more = total - rows.length;
  const many = total > SEVERAL;
  const chosen = rows.find(({ row }) => row === selected) ?? null;
  const over = target?.status === "exited";
  const landing = beam ? rows.findIndex(({ row }) => row === beam.row) : -1;
  const verb = role === "viewer" ? "Chosen:" : "Send to";
  const to = alive
    ? html`${verb} <b>${chosen ? `${chosen.nsPid} ${chosen.comm}` : target?.name}</b>`
    : "Nothing to send to";
  return html`<section class="board" data-role=${role} aria-label="Processes and signals">
    <header class="board-head"><h2>${many ? `${total} processes` : "Processes"}${target ? ` in ${target.name}` : ""}${more > 0 ? html`<small>, ${rows.length} shown</small>` : nothing}</h2>
      <ul class="legend" aria-label="Shapes">${LEGEND.map(([kind, word]) => html`<li data-d=${kind}>${shape(kind)}${word}</li>`)}</ul>
      <button class="btn btn-plain board-find" type="button" aria-haspopup="dialog" @click=${onFind}>${icon("i-search")}All ${count || ""} signals</button>
    </header>
    <div class="board-scroll"><table class="board-table" ?data-many=${many}><caption class="vh">What each process does with each signal. Column heads send the signal; their words say what it ${fates.length ? "would do to the chosen process" : "does by default"}.</caption>
      <colgroup><col class="board-name"><col span=${keys.length || 12}></colgroup>
      <thead><tr class="board-groups"><td></td>${groupsOf(keys).map(({ word, span }) => html`<th colspan=${span} scope="colgroup">${word}</th>`)}</tr>
      <tr class="board-keys"><td class="board-to"><p>${to}</p>${
        from
          ? html`<fieldset class="seg board-from"><legend class="vh">Sent from</legend>${ORIGINS.map(
              ([origin, word]) =>
                html`<label><input type="radio" name="from" .checked=${live(origin === from)} @change=${() => onFrom(origin)}>${word}</label>`,
            )}</fieldset>`
          : nothing
      }<p class="board-default">${over ? nothing : fates.length ? "on the keys: the forecast" : "on the keys: what each does by default"}</p></td>
        ${keys.map((signal, at) => html`<th scope="col">${keyView(signal, fates[at] ?? null, over, states[signal.name] ?? "", !alive, role, onSend, onPoint)}</th>`)}</tr></thead>
      <tbody>${repeat(
        rows,
        ({ row }) => row,
        (row, index) =>
          rowView(
            row,
            branch(row),
            keys,
            row.row === selected,
            (signal) => {
              if (!beam || beam.signal !== signal || index > landing) return "";
              return index < landing ? "pass" : beam.dropped ? "drop" : "land";
            },
            onSelect,
            onThreads,
          ),
      )}
      ${rows.length ? nothing : html`<tr class="board-none"><td colspan=${keys.length + 1}>${missing}</td></tr>`}
      ${more > 0 ? html`<tr class="board-rest"><td colspan=${keys.length + 1}>${counted(more, "process", "processes")} further down the tree ${more === 1 ? "is" : "are"} not shown. <button class="btn" type="button" @click=${() => onMore?.()}>Show more</button></td></tr>` : nothing}</tbody>
    </table></div>
    <p class="board-why">${why}</p>
  </section>`;
};

/**
 * @param {BoardRow} row @param {string} stem @param {Signal[]} keys @param {boolean} selected
 * @param {(signal: string) => "pass"|"land"|"drop"|""} beamOf @param {(row: string) => void} onSelect @param {(row: string) => void} onThreads
 */
const rowView = (row, stem, keys, selected, beamOf, onSelect, onThreads) => {
  const full = [row.comm, row.args].filter(Boolean).join(" ");
  return html`<tr class="board-row" ?data-selected=${selected} data-is=${row.is ?? nothing} @click=${() => onSelect(row.row)}>
    <th scope="row" title=${`${full} · ${row.pid} on the machine`}><div class="board-who"><label><i aria-hidden="true">${stem}</i><input class="vh" type="radio" name="to" .checked=${live(selected)} @change=${() => onSelect(row.row)}><b>${row.nsPid}</b>${row.comm} ${
      row.note ? html`<em>${row.note}</em>` : nothing
    } <span>${row.args}</span></label>${
      row.differ
        ? html`<button class="board-differ" type="button" aria-haspopup="dialog" title=${`${row.differ}: show them`} @click=${(
            /** @type {Event} */ event,
          ) => {
            event.stopPropagation();
            onThreads(row.row);
          }}>${row.differ.replace("threads differ", "")}<span class="vh">threads </span>differ</button>`
        : nothing
    }${row.load === undefined ? nothing : loadView(row.load)}</div></th>${row.cells.map((cell, column) => cellView(cell, keys[column], beamOf(cell.signal)))}</tr>`;
};
