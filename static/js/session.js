/**
 * What a page knows and from where: the folded events of one stream, and what the API tells besides (health, catalogue,
 * signals).  Events are only queued when they arrive; the page folds them once per frame.
 */

import { createApi } from "./api.js";
import { createClock } from "./clock.js";
import { EMPTY, reduce } from "./reducer.js";
import { openStream } from "./stream.js";

/** @import { Experiment, Health, LabEvent, SignalTable, State, StreamState } from "./types.js" */

const AGAIN_MS = 3000;
const CATALOGUE_KINDS = new Set(["stop_finished", "run_finished", "target_exited"]); // they change "last" of an experiment

/**
 * @param {{role: "driver"|"viewer", dirty: () => void, onEvent?: (event: LabEvent) => void}} options
 *   `onEvent`: each event as it is folded
 */
export function createSession({ role, dirty, onEvent }) {
  const api = createApi();
  const clock = createClock();
  /** @type {LabEvent[]} */
  let queue = [];
  /** @type {{close: () => void, retry: () => void}|null} */
  let stream = null;
  let refreshTimer = 0;

  const session = {
    api,
    clock,
    role,
    /** @type {State} */
    state: EMPTY,
    /** @type {Health|null} */
    health: null,
    viewers: 0,
    /** @type {Experiment[]} */
    experiments: [],
    /** @type {SignalTable|null} */
    table: null,
    /** @type {StreamState|null} */
    connection: null,
    /** When the connection came back, by the server's clock. @type {number|null} */
    caughtUpMs: null,

    /**
     * Follows a run from its first event, or what concerns the whole lab from now on.
     * @param {{run?: string, kinds?: string[], after?: number}} what
     */
    open({ run, kinds, after = 0 }) {
      stream?.close();
      queue = [];
      session.state = EMPTY;
      stream = openStream({
        run,
        kinds,
        after,
        onEvent: take,
        onHeartbeat: beat,
        onReset: reset,
        onState: connected,
        probe: api.probe,
        now: () => clock.now(),
      });
    },

    /** @returns {boolean} whether anything was folded */
    fold() {
      if (queue.length === 0) return false;
      const batch = queue;
      queue = [];
      let stale = false;
      for (const event of batch) {
        session.state = reduce(session.state, event);
        const source = "source" in event ? event.source : null;
        stale ||= source === "engine" || source === "kernel" || CATALOGUE_KINDS.has(event.kind);
        onEvent?.(event);
      }
      if (stale) later(100);
      return true;
    },

    /** Reads what is not in the stream.  A failure is not told: the stream notices first, and says so. */
    async refresh() {
      clearTimeout(refreshTimer);
      const sentMs = clock.monotonic();
      try {
        const told = api.health().then((health) => {
          clock.sync(health.now, sentMs, clock.monotonic()); // now: any wait would blur the clock
          session.health = health;
          session.viewers = health.viewers;
        });
        const asked = [told, api.experiments(), session.table ?? api.signals()];
        const [, experiments, table] = await Promise.all(asked);
        Object.assign(session, { experiments, table });
      } catch {
        later(AGAIN_MS);
      }
      dirty();
    },

    retry: () => stream?.retry(),

    dispose() {
      stream?.close();
      clearTimeout(refreshTimer);
    },
  };

  /** @param {number} inMs */
  const later = (inMs) => {
    clearTimeout(refreshTimer);
    refreshTimer = window.setTimeout(session.refresh, inMs);
  };

  /** @param {LabEvent} event */
  const take = (event) => {
    queue.push(event);
    dirty();
  };

  /** @param {{now: string, viewers: number}} heartbeat */
  const beat = ({ now, viewers }) => {
    clock.heartbeat(now);
    if (viewers === session.viewers) return;
    session.viewers = viewers;
    dirty();
  };

  const reset = () => {
    queue = [];
    session.state = EMPTY;
    later(0);
    dirty();
  };

  /** @param {StreamState} now */
  const connected = (now) => {
    const before = session.connection;
    session.connection = now;
    if (now.state === "open" && before && before.tries > 0) {
      session.caughtUpMs = clock.now();
      later(0);
    }
    dirty();
  };

  return session;
}

/** @typedef {ReturnType<typeof createSession>} Session */
