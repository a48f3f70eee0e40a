/**
 * What is known after an end, as plain facts.  Why it went like that is the verdict's business, not this module's.
 */

/** @import { Result, Target } from "../wire/types.js" */
import { exitedWith, seconds } from "../words/text.js";
import { endOf } from "./ends.js";

const SAYS = /** @type {const} */ ({ killed: "Killed", left: "Left", unknown: "Ended" });

/** @param {string} text */
const sentence = (text) => `${text[0]?.toUpperCase() ?? ""}${text.slice(1)}.`;

/** @param {Target} target */
const asked = ({ stop }) => {
  if (!stop) return [];
  const limit = stop.timeoutS < 0 ? "without a timeout" : `with a timeout of ${stop.timeoutS} s`;
  return [`${stop.signal} was asked for first, ${limit}.`];
};

/** @param {boolean|null|undefined} killed */
const sigkill = (killed) => {
  if (killed === undefined) return [];
  if (killed === null) return ["Nobody can tell whether SIGKILL was sent."];
  return [killed ? "SIGKILL was sent before it ended." : "SIGKILL was not needed."];
};

/**
 * @param {Target|null} target
 * @returns {Result|null} null: nothing has ended yet
 */
export const resultOf = (target) => {
  if (!target) return null;
  const done = target.stop?.finished ?? null;
  if (done?.error && !target.exit) {
    const say = `The stop failed: ${done.error}`;
    return { outcome: "failed", say, facts: [`${target.name} is still running.`], tookS: null, exitCode: null };
  }
  const end = endOf(target);
  if (!end) return null;
  const meaning = (end.byStop ? done?.meaning : target.exit?.meaning) ?? "";
  const facts = [`${sentence(exitedWith(end.code)).slice(0, -1)}${meaning ? ` (${meaning})` : ""}.`];
  if (target.exit?.signal) facts.push(`The kernel says: ended by ${target.exit.signal}.`);
  if (!end.byStop) {
    const outcome = end.how === "unknown" ? "unknown" : "ended";
    return {
      outcome,
      say: sentence(end.text),
      facts: facts.slice(end.text === exitedWith(end.code) && !meaning ? 1 : 0),
      tookS: null,
      exitCode: end.code,
    };
  }
  const say =
    end.tookS === null
      ? `${SAYS[end.how]}; how long it took is unknown.`
      : `${SAYS[end.how]} after ${seconds(end.tookS)}.`;
  facts.push(...sigkill(done?.killed), ...asked(target));
  return { outcome: end.how, say, facts, tookS: end.tookS, exitCode: end.code };
};
