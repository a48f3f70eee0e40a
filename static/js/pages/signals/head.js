/**
 * What stands above the reference's table: the bar, the search and the choice of a target, and the line that says whom
 * the column is about, whose slot a note may take.
 */

import { createPanel } from "../../page/panel.js";
import { noteView } from "../../views/note.js";
import { referenceHead } from "../../views/reference.js";
import { stateView } from "../../views/reference_state.js";
import { exitedWith } from "../../words/text.js";
import { createBarOffStage, noteOffStage } from "../shared/off_stage_head.js";

/** @import { Session } from "../../wire/session.js" */
/** @import { Origin, Process, Target } from "../../wire/types.js" */
/** @import { Choice } from "../../views/reference.js" */
/** @import { StateSlice } from "../../views/reference_state.js" */
/** @import { Handlers } from "../shared/handlers.js" */
/** @import { Ui } from "../shared/ui.js" */

/**
 * @param {{session: Session, ui: Ui, handlers: Handlers & {onQuery: (query: string) => void, onFirst: () => void, onTarget: (id: string) => void},
 *   dirty: () => void, here: () => {led: import("../../page/follow.js").Led|null, onFollow: () => void}}} page
 */
export function createSignalsHead({ session, ui, handlers, dirty, here }) {
  const bar = createBarOffStage({ session, handlers, page: "signals", dirty });
  const [head, state] = ["sigs-head", "sigs-state"].map(createPanel);

  /**
   * @param {{choices: Choice[]|null, wanted: string, target: Target|null, root: Process|null, who: string, origin: Origin|null,
   *   run: string, query: string, hits: number}} shown - `wanted`: id of the chosen target; `who`: its root process
   * @param {number} nowMs
   * @returns {boolean} whether a note stands there: what it tells goes by the second
   */
  return ({ choices, wanted, target, root, who, origin, run, query, hits }, nowMs) => {
    const { role, table } = session;
    bar(here(), nowMs);
    const count = table?.signals.length ?? 0;
    const ended = target?.status === "exited";
    if (count && choices)
      head([count, query, hits, JSON.stringify(choices), wanted, ended], () =>
        referenceHead({ count, query, hits, choices, wanted, ended }, nowMs, handlers),
      );
    const note = noteOffStage({ session, ui }, nowMs);
    const exit = target?.exit;
    /** @type {StateSlice} */
    const line = {
      choices: choices?.length ?? null,
      wanted,
      name: target?.name ?? "",
      who,
      isInit: root?.isInit ?? false,
      status: target?.status ?? "",
      ended: exit ? (exit.signal ? `was ended by ${exit.signal}` : exitedWith(exit.code)) : "",
      run,
      role,
    };
    state([JSON.stringify([note, line, origin])], () =>
      note ? noteView({ note, title: "Signals" }, nowMs, handlers) : stateView({ line, origin }, nowMs, handlers),
    );
    return note !== null;
  };
}
