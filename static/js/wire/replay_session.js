/**
 * A session whose events are all there already, and whose clock is the replay's.  The stage is given it in place of a live
 * one and does not know the difference; whoever looks at it is a viewer, and nothing is ever sent.
 */

import { createReplay } from "../page/replay.js";
import { EMPTY } from "../reduce/index.js";
import { createApi } from "./api.js";

/** @import { Experiment, Health, LabEvent, SignalTable, State } from "./types.js" */
/** @import { Session } from "./session.js" */
/** @import { Replay } from "../page/replay.js" */

/** @typedef {{events: LabEvent[], experiments: Experiment[], table: SignalTable, made?: string}} Recording  `made`: when, of a report */

/** @param {string} text - JSON Lines @returns {LabEvent[]} */
export const eventsOf = (text) =>
  text
    .split("\n")
    .filter(Boolean)
    .map((line) => JSON.parse(line));

/** How the witnesses were then, as far as no event says that one was lost. @param {readonly (LabEvent & any)[]} events @returns {Health} */
const healthOf = (events) => {
  const blind = events.find(({ kind, source, target }) => kind === "source_lost" && source === "kernel" && target);
  return {
    version: "",
    now: "",
    role: "viewer",
    viewers: 0,
    engine: { state: "ready", name: "engine", version: "", reason: "", hint: "" },
    kernel_trace: blind ? { state: "absent", reason: blind.reason } : { state: "ready", reason: "" },
  };
};

/**
 * @param {{load: () => Promise<Recording>, dirty: () => void, onReady: (replay: Replay) => void,
 *   onFailed: (error: unknown) => void, monotonic?: () => number, report?: string|null}} options
 *   `load`: reads all of it; `onReady`: says where it begins, and whether it plays; `report`: when it was made, of one
 * @returns {Session}
 */
export function createReplaySession({
  load,
  dirty,
  onReady,
  onFailed,
  monotonic = () => performance.now(),
  report = null,
}) {
  const nothing = async () => {
    throw new TypeError("nothing is sent in a replay");
  };
  let asked = false;

  /** @type {Session} */
  const session = {
    api: createApi({ fetch: nothing, again: false }),
    clock: {
      monotonic,
      now: () => session.replay?.now() ?? 0,
      sync() {},
      heartbeat() {},
      offsetMs: 0,
    },
    role: "viewer",
    state: /** @type {State} */ (EMPTY),
    health: null,
    viewers: -1, // nobody is counted
    focus: null, // nor followed
    unwritten: null,
    experiments: [],
    faults: [],
    table: null,
    following: true,
    connection: null,
    caughtUpMs: null,
    replay: null,
    replays: true,
    report,
    async open() {
      if (asked) return;
      asked = true;
      try {
        const { events, experiments, table } = await load();
        session.health = healthOf(events);
        Object.assign(session, { experiments, table });
        session.replay = createReplay(events, { monotonic, dirty });
        onReady(session.replay);
      } catch (error) {
        onFailed(error);
      }
      dirty();
    },
    fold() {
      const before = session.state;
      if (session.replay) session.state = session.replay.tick();
      return before !== session.state;
    },
    refresh: async () => {},
    retry() {},
    turnTo() {},
    dispose() {},
  };
  return session;
}
