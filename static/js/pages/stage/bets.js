/**
 * Guesses on the stage: under which name this browser's are recorded is asked for once for a run; the rest is in its
 * events.
 */

import { betOf, hush, hushedState } from "../../selectors/index.js";

/** @import { Session } from "../../wire/session.js" */
/** @import { Run, Target } from "../../wire/types.js" */
/** @import { RunBet } from "../../selectors/bets.js" */
/** @import { Ui } from "../shared/ui.js" */

/** @param {{session: Session, ui: Ui, dirty: () => void}} stage */
export function createBets({ session, ui, dirty }) {
  /** By run. @type {Map<string, string>} */
  const names = new Map();

  /** @param {string} run */
  const ask = async (run) => {
    if (names.has(run)) return;
    names.set(run, "");
    try {
      names.set(run, (await session.api.myBets(run)).who);
    } catch {
      names.delete(run); // asked again when something comes
      return;
    }
    dirty();
  };

  return {
    /** @param {Run|null} run @returns {RunBet|null} */
    cut(run) {
      if (!run?.bet) return null;
      ask(run.id);
      return betOf(run, session.state, { who: names.get(run.id) ?? "", role: session.role });
    },
    /** What may be shown while the room guesses. @param {Run|null} run @param {Target|null} target */
    shown: (run, target) => (target && run?.bet?.open ? hush(target) : target),
    /** @param {Run|null} run */
    state: (run) => hushedState(session.state, run),
    /** Of one target, for its buttons. @param {RunBet} bet @param {Target} target */
    lane: (bet, { id, name }) => ({ id, name, bet: bet.lanes[id], asked: ui.asked.has(`guess:${id}`) }),
  };
}

/** @typedef {ReturnType<typeof createBets>} Bets */
