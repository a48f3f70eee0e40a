/**
 * Which run the stage shows: one is opened, left for a newer one, or come back to by the browser's own keys.
 *
 * The page stays the same one all the while: only its address and what is folded change.
 */

import { followEvents } from "../../wire/shared_stream.js";
import { linkTo, pathAt } from "../../words/address.js";
import { forgetRun } from "../shared/ui.js";

/** @import { LabEvent, Run, RunFacts } from "../../wire/types.js" */

/**
 * @typedef {object} Needs
 * @property {ReturnType<typeof import("../../wire/session.js").createSession>} session
 * @property {import("../shared/ui.js").Ui} ui
 * @property {ReturnType<typeof import("../../page/follow.js").createFollow>} follow
 * @property {{run: string, experiment: string}} now - what the last frame was about
 * @property {() => void} dirty
 * @property {() => string} query - what the address of a run ends with
 * @property {boolean} replays - what is shown is over, and nothing newer concerns it
 * @property {boolean} inLab - there are addresses to go to: not in a report
 */

/** The run that an address is of, if it is one's. @param {string} path */
const runOf = (path) => {
  const id = /^\/runs\/([^/]+)$/.exec(path)?.[1];
  return id === undefined ? null : decodeURIComponent(id);
};

/** @param {Needs} needs */
export function createRuns({ session, ui, follow, now, dirty, query, replays, inLab }) {
  /** @type {RunFacts|null} */
  let newer = null;
  /** @type {{close: () => void}|null} */
  let lookout = null;

  /** @param {string} run @param {boolean} [push] */
  const open = (run, push = true) => {
    now.run = document.body.dataset.run = run;
    newer = null;
    lookout?.close();
    lookout = null;
    forgetRun(ui);
    if (push) history.pushState(null, "", linkTo(`/runs/${encodeURIComponent(run)}${query()}`));
    session.open({ run });
    dirty();
  };

  /** Watches for what is started next: a viewer goes along with a run of the same experiment. @param {LabEvent & any} event */
  const look = (event) => {
    if (event.kind !== "run_created" || event.run === now.run) return;
    const roams = follow.state(session.focus) === "roam";
    if (session.role === "viewer" && !roams && event.experiment === now.experiment) {
      queueMicrotask(() => open(event.run));
      return;
    }
    newer = {
      run: event.run,
      number: event.number,
      experiment: event.experiment ?? null,
      title: event.title,
      created_at: event.at,
      status: "running",
      reason: null,
      finished_at: null,
      result: null,
      last_event_id: event.id,
    };
    dirty();
  };

  addEventListener("popstate", () => {
    if (!inLab) return;
    follow.roam();
    const run = runOf(pathAt(location.pathname));
    if (run === null) location.reload();
    else if (run !== now.run) open(run, false);
  });

  return {
    open,
    look,
    newer: () => newer,

    /** The presenter has another run of this experiment: no new page is needed. @param {string} to */
    goAlong(to) {
      const run = runOf(to);
      if (run === null || session.focus?.experiment !== now.experiment) return false;
      queueMicrotask(() => open(run));
      return true;
    },

    /** Of a run that is over nothing more is told: a stream of its own says what is started next. @param {Run|null} run */
    afterwards(run) {
      const { state, health } = session;
      if (run?.status !== "finished" || !health || lookout || replays) return;
      lookout = followEvents({
        kinds: ["run_created"],
        after: Math.max(state.lastId, health.last_event_id ?? 0),
        onEvent: look,
        onHeartbeat() {},
        onReset() {},
        onState() {},
        probe: session.api.probe,
      });
    },
  };
}
