/**
 * The handlers of a page that is not the stage: nothing is chosen there unless the page says so, and no run is opened by it.
 */

import { createHandlers } from "./handlers.js";

/** @typedef {Parameters<typeof createHandlers>[0]} Stage */

const NOTHING = Object.freeze({
  target: null,
  row: null,
  isRoot: true,
  from: /** @type {const} */ ("outside"),
  canStop: false,
  stopping: false,
  run: "",
  experiment: "",
});

/**
 * @param {{session: Stage["session"], ui: Stage["ui"], frame: {dirty: () => void, flush: () => void}}} page
 * @param {() => Partial<ReturnType<Stage["now"]>>} [chosen] - what this page has chosen
 */
export const handlersOffStage = ({ session, ui, frame }, chosen = () => ({})) =>
  createHandlers({
    session,
    ui,
    dirty: frame.dirty,
    flush: frame.flush,
    now: () => ({ ...NOTHING, ...chosen() }),
    openRun() {},
    newer: () => null,
  });
