/**
 * Which target the column of the reference is about.  Its run is followed without what it prints; a second line only
 * says that runs begin and end, so that the list of targets is read again.
 */

import { followEvents } from "../../wire/shared_stream.js";

/** @import { Session } from "../../wire/session.js" */
/** @import { RunFacts } from "../../wire/types.js" */
/** @import { Choice } from "../../views/reference.js" */

const LAB = ["lab_started", "source_lost", "source_back"];
const RUN = [
  ...["run_created", "run_finished", "target_starting", "target_started", "target_exited", "engine_event"],
  ...["process_appeared", "process_changed", "process_gone", "forecast", "kernel_signal"],
  ...["signal_requested", "signal_failed", "stop_requested", "stop_escalated", "stop_finished", ...LAB],
];
const TURNS = ["run_created", "run_finished", "target_started", "target_exited"];
const SETTLE_MS = 150;
const AGAIN_MS = 3000;

/** @param {{session: Session, dirty: () => void, first: string|null}} page - `first`: id of the target that the address names */
export function createTargets({ session, dirty, first }) {
  /** @type {RunFacts[]|null} */
  let runs = null;
  let timer = 0;
  let looking = false;
  let asked = 0; // questions so far: only the answer to the last one counts

  const targets = {
    /** The chosen one; null: nobody has chosen, so the newest that runs, once. */
    wanted: first,
    /** The run that is followed; "" for the lab alone. */
    run: "",

    async read() {
      asked += 1;
      const mine = asked;
      try {
        const found = await session.api.runs();
        if (mine === asked) runs = found;
      } catch {
        clearTimeout(timer); // the stream notices that nobody answers, and says so
        timer = window.setTimeout(targets.read, AGAIN_MS);
      }
      dirty();
    },

    /** What can be chosen, newest first; the chosen one stays in the list when its run is over. @returns {Choice[]|null} */
    choices: () =>
      runs === null
        ? null
        : runs.flatMap((run) =>
            (run.targets ?? [])
              .filter(({ id }) => run.status === "running" || id === targets.wanted)
              .map(({ id, name }) => ({ id, name, run })),
          ),

    /** Opens the stream that the choice needs, when it is another one. */
    follow() {
      const { health } = session;
      if (health && !looking) look(health.last_event_id ?? 0);
      const choices = targets.choices();
      if (!choices) return;
      targets.wanted ??= choices[0]?.id ?? "";
      if (!health) return;
      const run = choices.find(({ id }) => id === targets.wanted)?.run.run ?? "";
      if (!session.following || run !== targets.run) {
        targets.run = run;
        session.open(run ? { run, kinds: RUN } : { kinds: LAB, after: health.last_event_id });
      }
    },
  };

  /** @param {number} after */
  const look = (after) => {
    looking = true;
    targets.read(); // those read before know nothing of what happened between their answer and this id
    followEvents({
      kinds: TURNS,
      after,
      onEvent() {
        clearTimeout(timer);
        timer = window.setTimeout(targets.read, SETTLE_MS);
      },
      onHeartbeat() {},
      onReset: targets.read,
      onState() {},
      probe: session.api.probe,
    });
  };

  return targets;
}
