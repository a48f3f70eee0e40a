/**
 * Whether a run of one's own (a command, an image, a race of picks) can be started once more: what it was made of is the
 * server's to know, so it is asked for once for a run.
 */

/** @import { Session } from "../../wire/session.js" */
/** @import { Experiment, Run } from "../../wire/types.js" */

/** @param {{session: Session, dirty: () => void}} stage */
export function createAgain({ session, dirty }) {
  /** By run. @type {Map<string, boolean>} */
  const known = new Map();

  /** @param {string} run */
  const ask = async (run) => {
    known.set(run, false);
    try {
      known.set(run, (await session.api.run(run)).again === true);
    } catch {
      known.delete(run); // asked again when something comes
      return;
    }
    dirty();
  };

  /** @param {Run|null} run @param {Experiment|null} experiment */
  return (run, experiment) => {
    if (!run || experiment?.available) return Boolean(run);
    if (run.experiment || session.role !== "driver") return false;
    if (!known.has(run.id)) ask(run.id);
    return known.get(run.id) ?? false;
  };
}
