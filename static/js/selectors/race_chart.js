/**
 * The chart of stop times: a bar for each lane in the order of their ends, a tick for the run before of the same race, a
 * line for the timeout.  Places are per cent of the width, so nothing is measured.
 */

/** @import { Race, Racer } from "./race.js" */
import { seconds } from "../words/text.js";
import { placeWords } from "./race.js";

/**
 * @typedef {object} Before              the run before of the same race
 * @property {number} number
 * @property {Record<string, number>} tookS   by the name of the target
 *
 * @typedef {object} Bar
 * @property {string} id
 * @property {string} name
 * @property {string} place             "1st", "2nd, a tie"
 * @property {"killed"|"left"|"unknown"} how
 * @property {number} x                 its end, per cent of the plot; 0: it has no time
 * @property {string} text              "0.15 s", "3.1 s, killed"
 * @property {number|null} deadline         its timeout, per cent; null: none
 * @property {number|null} before       the run before, per cent
 * @property {string} beforeText
 * @property {string} timeout           "3 s", "none"
 *
 * @typedef {object} Chart
 * @property {Bar[]} bars               in the order of their ends
 * @property {{x: number, label: string}[]} ticks
 * @property {number|null} before       number of the run before
 * @property {string} label             all of it in words
 */

const STEPS = [0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 30, 60, 120, 300, 600, 1800];
const MARGIN = 1.12; // so that the longest has room for its end
const MOST_TICKS = 7;
const LEAST_S = 0.1;

const ENDS = { killed: ", killed", left: "", unknown: ", ended" };

/** @param {Racer} racer */
const textOf = ({ tookS, how }) => `${seconds(tookS)}${ENDS[how ?? "unknown"]}`;

/** @param {Bar} bar */
const said = ({ name, text, place, beforeText }) =>
  `${name} ${text}${place ? `, ${place}` : ""}${beforeText ? ` (the run before: ${beforeText})` : ""}`;

/** @param {Race} race @param {Before|null} before @returns {Chart} */
export const chartOf = ({ racers, order }, before) => {
  const untimed = racers.filter((racer) => !order.includes(racer));
  const all = [...order, ...untimed];
  const beforeOf = (/** @type {Racer} */ { name }) => before?.tookS[name] ?? null;
  const limits = all.map(({ stop }) => stop.timeoutS).filter((s) => s > 0);
  const longest = Math.max(
    LEAST_S,
    ...limits,
    ...all.map(({ tookS }) => tookS ?? 0),
    ...all.map((each) => beforeOf(each) ?? 0),
  );
  const span = longest * MARGIN;
  const x = (/** @type {number} */ s) => Math.round((s / span) * 10000) / 100;
  const bars = all.map((racer) => {
    const beforeS = beforeOf(racer);
    const { id, name, how, tookS, stop } = racer;
    return {
      id,
      name,
      place: placeWords(racer),
      how: how ?? /** @type {const} */ ("unknown"),
      x: tookS === null ? 0 : x(tookS),
      text: textOf(racer),
      deadline: stop.timeoutS > 0 ? x(stop.timeoutS) : null,
      before: beforeS === null ? null : x(beforeS),
      beforeText: beforeS === null ? "" : seconds(beforeS),
      timeout: stop.timeoutS < 0 ? "none" : `${stop.timeoutS} s`,
    };
  });
  const step = STEPS.find((each) => longest / each <= MOST_TICKS) ?? longest / MOST_TICKS;
  const count = Math.floor(span / step + 1e-9);
  const ticks = Array.from({ length: count + 1 }, (_, at) => ({
    x: x(at * step),
    label: String(Math.round(at * step * 100) / 100),
  }));
  return {
    bars,
    ticks,
    before: before?.number ?? null,
    label: `Stop times, the first first: ${bars.map(said).join("; ")}.`,
  };
};
