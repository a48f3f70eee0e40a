/**
 * The board's panel: its rows and lights from the state, drawn again only when one of them is another.
 */

import { createPanel } from "../../page/panel.js";
import { boardCut, choosesOrigin, fatesOf, keysOf } from "../../selectors/index.js";
import { rowLoad } from "../../selectors/load.js";
import { boardView } from "../../views/board.js";
import { whyView } from "../../views/why.js";
import { lightsOf, ROWS, selectedRow, typedSignal } from "../shared/ui.js";

/** @import { Session } from "../../wire/session.js" */
/** @import { BoardRow, Origin, Process, ProcessLoad, Signal, Target } from "../../wire/types.js" */
/** @import { Handlers } from "../shared/handlers.js" */
/** @import { Ui } from "../shared/ui.js" */

/** Why there are no rows. @param {Target|null} target @param {string} lost */
const missingWords = (target, lost) => {
  if (!target || target.status === "new" || target.status === "starting") return "No process yet.";
  if (lost) return `Nobody can see its processes: ${lost}`;
  return target.status === "exited" ? "All of its processes are gone." : "Reading its processes …";
};

/** @param {{session: Session, ui: Ui, handlers: Handlers, at: (inMs: number) => void, dirty: () => void}} stage */
export function createBoard({ session, ui, handlers, at, dirty }) {
  const draw = createPanel("board");
  /** @type {Signal[]} */
  let keys = [];
  const onMore = () => {
    ui.rows += ROWS;
    dirty();
  };

  /**
   * @param {Target|null} target @param {Process|null} root @param {number} nowMs
   * @param {readonly ProcessLoad[]|null} loads - null: nothing here is live
   * @returns {{rows: BoardRow[], row: BoardRow|null, isRoot: boolean, from: Origin}} `row`: the one that signals go to
   */
  return (target, root, nowMs, loads) => {
    const { role, table, state } = session;
    if (table && keys.length === 0) keys = keysOf(table);
    const cut = boardCut(target, keys, nowMs, ui.rows, (target && ui.selected[target.id]) ?? null);
    const { total } = cut;
    const rows = loads
      ? cut.rows.map((row) => ({ ...row, load: rowLoad(loads, target?.processes[row.row]) }))
      : cut.rows;
    const rootRow = root?.row ?? null;
    const selected = selectedRow(ui, target, rows, rootRow);
    const { states, beam, untilMs } = lightsOf(ui, target, rows, rootRow, nowMs);
    if (untilMs < Number.POSITIVE_INFINITY) at(untilMs - nowMs);
    const chosen = rows.find(({ row }) => row === selected) ?? null;
    const alive = target?.status === "running";
    const signals = table?.signals ?? [];
    const from = alive && choosesOrigin(target) ? ui.from : null;
    const fates = alive ? fatesOf(chosen && target ? target.processes[chosen.row] : null, keys, from ?? "outside") : [];
    const pointed = signals.find(({ name }) => name === ui.pointed) ?? null;
    const why = whyView({
      typed: ui.typed,
      typedSignal: typedSignal(ui.typed, signals),
      problem: ui.signalProblem,
      failed: target?.lastSent ?? null,
      pointed,
      fate: fates[keys.findIndex(({ name }) => name === ui.pointed)] ?? null,
      from,
      role,
      chosen,
      alive,
      name: target?.name ?? "",
    });
    const lost = target ? (state.lost[`${target.id}/processes`] ?? null) : null;
    const missing = missingWords(target, lost?.reason ?? "");
    const parts = [
      target?.id,
      target?.name,
      alive,
      JSON.stringify([rows, total, selected, states, beam, missing]),
      keys,
      fates.length ? fates : null,
      from,
      ui.typed,
      ui.signalProblem,
      ui.pointed,
      target?.lastSent,
    ];
    draw(parts, () =>
      boardView(
        {
          target,
          keys,
          count: signals.length,
          rows,
          total,
          selected,
          fates,
          from,
          states,
          beam,
          why,
          role,
          alive,
          missing,
        },
        nowMs,
        { ...handlers, onFind: () => handlers.open("find"), onMore },
      ),
    );
    return { rows, row: chosen, isRoot: chosen === null || chosen.row === rootRow, from: from ?? "outside" };
  };
}
