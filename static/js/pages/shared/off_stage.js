/**
 * The acts of a page that is not the stage: nothing is chosen there unless the page says so, and no run is opened by it.
 */

import { createActs } from "./acts.js";

/** @typedef {Parameters<typeof createActs>[0]} Stage */

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
export const actsOffStage = ({ session, ui, frame }, chosen = () => ({})) =>
  createActs({
    session,
    ui,
    dirty: frame.dirty,
    flush: frame.flush,
    now: () => ({ ...NOTHING, ...chosen() }),
    openRun() {},
    newer: () => null,
  });
