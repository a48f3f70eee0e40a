/**
 * How a target ended, as far as somebody said so.  "killed" and "left" need a witness: the stop's own end says whether
 * SIGKILL was sent before; without a stop it is the wait status, or the engine that said it sent SIGKILL together with
 * exit code 137.  Code 137 alone proves nothing.
 */

/** @import { Target } from "../wire/types.js" */
import { exitedWith } from "../words/text.js";

/**
 * @typedef {object} End
 * @property {"killed"|"left"|"unknown"} how
 * @property {boolean} byStop
 * @property {number} atMs
 * @property {number|null} tookS   of the stop
 * @property {number|null} code
 * @property {string} text         "exited with 143"
 */

const HOW = /** @type {const} */ ({ true: "killed", false: "left", null: "unknown" });

/** @param {Target} target @returns {"killed"|"left"|"unknown"} */
const howWithoutStop = ({ exit, marks }) => {
  if (!exit || exit.cause === "unknown") return "unknown";
  if (exit.signal) return exit.signal === "SIGKILL" ? "killed" : "left";
  if (exit.code !== 137) return "left";
  return marks.some(({ lane, what }) => lane === "engine" && what === "kill") ? "killed" : "unknown";
};

/** @param {Target} target @param {number|null} code @param {boolean} killed */
const words = ({ exit }, code, killed) => {
  if (exit?.signal) return `ended by ${exit.signal}`;
  return killed ? `${exitedWith(code)}, after SIGKILL` : exitedWith(code);
};

/** @param {import("../wire/types.js").Stop} stop @param {Target} target @returns {End|null} */
const endOfStop = (stop, target) => {
  const done = stop.finished;
  if (!done || done.error) return null;
  const how = HOW[/** @type {"true"|"false"|"null"} */ (String(done.killed))];
  const atMs = stop.diedMs ?? target.exit?.atMs ?? done.atMs;
  const text = words(target, done.exitCode, how === "killed");
  return { how, byStop: true, atMs, tookS: done.tookS, code: done.exitCode, text };
};

/**
 * @param {Target|null} target
 * @returns {End|null} null: it has not ended, or its stop has still to be told to the end
 */
export const endOf = (target) => {
  if (!target) return null;
  const { exit, stop, overMs } = target;
  const byStop = stop ? endOfStop(stop, target) : null;
  if (byStop) return byStop;
  const untold = stop !== null && stop.finished === null;
  if (untold && overMs === null) return null;
  const shared = { byStop: false, tookS: null };
  if (!exit) {
    if (overMs === null || target.startedMs === null) return null;
    return { ...shared, how: "unknown", atMs: overMs, code: null, text: "its end was not recorded" };
  }
  const how = untold ? "unknown" : howWithoutStop(target);
  const text = words(target, exit.code, how === "killed" && exit.signal === null);
  return { ...shared, how, atMs: exit.atMs, code: exit.code, text };
};
