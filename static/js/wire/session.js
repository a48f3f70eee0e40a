/**
 * What a page knows and from where: the folded events of one stream, and what the API tells besides (health, catalogue,
 * signals).  Events are only queued when they arrive; the page folds them once per frame.
 */

import { createClock } from "../page/clock.js";
import { EMPTY, reduce } from "../reduce/index.js";
import { createApi } from "./api.js";
import { followEvents } from "./shared_stream.js";

/** @import { Focus, Writer } from "./types_api.js" */
/** @import { Experiment, Health, LabEvent, SignalTable, State, StreamState } from "./types.js" */
/** @import { Replay } from "../page/replay.js" */

const AGAIN_MS = 3000; // at first sooner: a browser drops a question when the machine's networks change
const CATALOGUE_KINDS = new Set(["stop_finished", "run_finished", "target_exited"]); // they change "last" of an experiment

/**
 * @param {{role: "driver"|"viewer", dirty: () => void, onEvent?: (event: LabEvent) => void, about?: string|null}} options
 *   `onEvent`: each event as it is folded; `about`: the experiment that the page is about, "" for none, null for all
 */
export function createSession({ role, dirty, onEvent, about = null }) {
  const api = createApi();
  const clock = createClock();
  /** @type {LabEvent[]} */
  let queue = [];
  /** @type {{close: () => void, retry: () => void}|null} */
  let stream = null;
  let refreshTimer = 0;
  let refreshes = 0;
  let failures = 0; // in a row
  let shown = 0; // whose answer is shown

  const session = {
    api,
    clock,
    /** @type {"driver"|"viewer"} */
    role,
    /** @type {State} */
    state: EMPTY,
    /** @type {Health|null} */
    health: null,
    viewers: 0,
    /** What the presenter looks at; null: nobody presents, or it is not known yet. @type {Focus|null} */
    focus: null,
    /** Why what happens cannot be shown now; null: it can. @type {Writer|null} */
    unwritten: null,
    /** @type {Experiment[]} */
    experiments: [],
    /** Files of experiments that cannot be used: "file:line: what is wrong". @type {string[]} */
    faults: [],
    /** @type {SignalTable|null} */
    table: null,
    /** Whether a stream was asked for; the first word of it comes later. */
    following: false,
    /** @type {StreamState|null} */
    connection: null,
    /** When the connection came back, by the server's clock. @type {number|null} */
    caughtUpMs: null,
    /** What is played again instead; see `replay_session.js`. @type {Replay|null} */
    replay: null,
    /** Nothing here is live. */
    replays: false,
    /** When the report was made, of one: there is no lab behind it. @type {string|null} */
    report: null,

    /**
     * Follows a run from its first event, or what concerns the whole lab from now on.
     * @param {{run?: string, kinds?: string[], after?: number}} what
     */
    open({ run, kinds, after = 0 }) {
      stream?.close();
      queue = [];
      session.state = EMPTY;
      session.following = true;
      stream = followEvents({
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
      refreshes += 1;
      const mine = refreshes; // a busy server may answer the later question first: what it said then is newer
      const sentMs = clock.monotonic();
      try {
        const { health, experiments, faults, signals } = await api.lab(about);
        clock.sync(health.now, sentMs, clock.monotonic());
        failures = 0;
        session.table = signals;
        if (mine > shown) {
          shown = mine;
          session.health = health;
          session.viewers = health.viewers;
          Object.assign(session, { experiments, faults });
          turn(health.focus ?? null);
          session.unwritten = health.writer?.state === "lost" ? health.writer : null;
        }
      } catch {
        failures += 1;
        later(Math.min(AGAIN_MS, 150 * 2 ** failures));
      }
      dirty();
    },

    /** The page is about another experiment now: all of that one is read. @param {string} id */
    turnTo(id) {
      if (about === null || about === id) return;
      about = id;
      later(0);
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

  /** A heartbeat and the health may overtake one another. @param {Focus|null} focus @returns {boolean} whether it is another */
  const turn = (focus) => {
    if (focus?.at === session.focus?.at || (focus && session.focus && focus.at < session.focus.at)) return false;
    session.focus = focus;
    return true;
  };

  /** @param {import("./types_api.js").Heartbeat} heartbeat */
  const beat = ({ now, viewers, focus = null, writer = null }) => {
    clock.heartbeat(now);
    const turned = turn(focus);
    if (viewers === session.viewers && !turned && !writer && !session.unwritten) return;
    session.viewers = viewers;
    session.unwritten = writer;
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
