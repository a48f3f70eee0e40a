/**
 * What pressing Stop would do, before it is pressed: all of it hollow and dotted.  The signal's fate is the forecast for
 * the root process; what happens at the deadline is the forecast of the stop.
 */

/** @import { Fall, FallMark, StopForecast, Target } from "../../wire/types.js" */
/** @import { NumberOf } from "./kernel.js" */
import { FATES, forecastOf } from "../../words/fates.js";
import { rootOf } from "../board.js";
import { fallMark } from "./marks.js";

/** @type {Partial<Record<string, FallMark["shape"]>>} where the line would go on to the program */
const IN_PROGRAM = {
  handler: "handle",
  sigwait: "handle",
  signalfd: "handle",
  terminates: "cross",
  core: "cross",
  stops: "freeze",
  continues: "thaw",
};
/** @type {Partial<Record<string, FallMark["shape"]>>} */
const IN_KERNEL = { dropped: "lid", queued_dropped: "lid", ignored: "lid", ignored_default: "lid", pending: "box" };

/**
 * The signal's line.
 *
 * @param {Target} target @param {string} signal @param {NumberOf} numberOf @param {number} x
 * @returns {{marks: FallMark[], drops: Fall["drops"], text: string}} `text` "": there is no forecast
 */
export const signalForecast = (target, signal, numberOf, x) => {
  const group = forecastOf(rootOf(target)?.forecast, numberOf(signal), "outside");
  if (!group) return { marks: [], drops: [], text: "" };
  const { fate, sure } = group;
  const would = sure ? FATES[fate].would : FATES[fate].would.replace(/^would /, "would likely ");
  const text = fate === "unknown" ? `nobody can tell what ${signal} would do` : `${signal} ${would}`;
  const end = IN_PROGRAM[fate];
  const shape = IN_KERNEL[fate] ?? (end ? "ring" : "none");
  const known = sure ? would : `likely ${FATES[fate].words}`; // has room on a phone
  const brief = fate === "unknown" ? "nobody can tell" : known;
  const marks = [fallMark({ x, lane: "kernel", shape, hollow: true, text, brief, headline: true })];
  if (end) marks.push(fallMark({ x, lane: "program", shape: end, hollow: true }));
  return { marks, drops: [{ x, top: "person", bottom: end ? "program" : "kernel", guess: true }], text };
};

/** @param {StopForecast|null} forecast */
const dueWords = (forecast) => {
  if (!forecast || forecast.outcome === "sigkill") return "SIGKILL";
  return forecast.outcome === "at_once" && forecast.sure ? "SIGKILL, not needed" : "SIGKILL, if it is still there";
};

/**
 * The deadline, where SIGKILL would be due.
 *
 * @param {Target} target @param {StopForecast|null} forecast @param {number} x
 * @returns {FallMark[]}
 */
export const deadlineForecast = ({ host }, forecast, x) => {
  const lane = host === "container" ? "engine" : "person";
  const marks = [fallMark({ x, lane, shape: "due", text: dueWords(forecast), brief: "SIGKILL", anchor: "end" })];
  if (forecast?.outcome === "sigkill" && forecast.timeoutS > 0) {
    const text = forecast.sure ? "would be killed" : "likely killed";
    marks.push(fallMark({ x, lane: "program", shape: "cross", hollow: true, text, brief: "", anchor: "end" }));
  }
  return marks;
};
