/**
 * The fall in a lane: small, so of the four witnesses two rows are left.  A line begins at the top, where somebody asked;
 * it ends at the kernel (a lid: dropped, a box: it waits) or in the life of the program.  Time is that of all lanes
 * of the run: seconds since the lane's own stop.
 *
 * Solid is recorded, hollow and dotted is forecast, as everywhere.
 */

/** @import { FallMark, Stop, StopForecast, Target, Witnesses } from "../../wire/types.js" */
/** @import { Axis } from "../fall/axis.js" */
/** @import { Answer, NumberOf } from "../fall/kernel.js" */
import { duration } from "../../words/text.js";
import { endOf } from "../ends.js";
import { lastAsked, SIGNAL_SPAN_S } from "../fall/fall.js";
import { signalForecast } from "../fall/forecast.js";
import { lifeOf, nameOf, within } from "../fall/frame.js";
import { wayOf } from "../fall/hops.js";
import { answersOf, answerTo, endsRoot } from "../fall/kernel.js";

/** @typedef {import("../ends.js").End} End */
/** @typedef {{timeoutS: number, signal: string, forecast?: StopForecast|null}} Asked */

/**
 * @typedef {object} LaneDrop             a line from the top
 * @property {number} x                  per cent
 * @property {"top"|"kernel"|"program"} to  top: nobody knows how far it came
 * @property {FallMark["shape"]} shape   at its end
 * @property {boolean} hollow            forecast
 * @property {boolean} unseen            nobody saw it on its way
 *
 * @typedef {object} LaneWords
 * @property {number} x                  per cent, of the mark that they belong to
 * @property {"top"|"kernel"|"program"} row
 * @property {string} text
 * @property {"start"|"end"} anchor
 * @property {boolean} lid               beside a lid there is less room
 *
 * @typedef {object} LaneFigure
 * @property {"idle"|"stopping"|"killed"|"left"|"unknown"} field
 * @property {{x0: number, x1: number}|null} life
 * @property {{x0: number, x1: number}|null} dotted
 * @property {number|null} now
 * @property {{x: number, past: boolean}|null} deadline   past: it was not needed
 * @property {number|null} due           the SIGKILL of a stop that nobody has asked for yet
 * @property {LaneDrop[]} drops
 * @property {{x: number, shape: FallMark["shape"], hollow: boolean}[]} marks   on the program's row
 * @property {LaneWords[]} words
 * @property {{x: number, text: string, brief: string}|null} [way]   who sent what to whom inside the target; brief: the first, and how many more
 */

const CHARACTER = 1.7; // per cent of a lane's plot, guessed: nothing is measured on this page
const SMALL_CHARACTER = 1.3;
const BESIDE = { lid: 7, other: 4 };
const FAR = 55; // from there on words stand before their mark

/** The longest that has room to the right of a mark. @param {readonly string[]} texts @param {number} x @param {boolean} lid */
const longest = (texts, x, lid) =>
  texts.find((text) => x + BESIDE[lid ? "lid" : "other"] + text.length * CHARACTER <= 100) ?? texts.at(-1) ?? "";

/** The way of a signal among its processes: the first ones in words, and how many more. @param {Target} target @param {Axis} axis @param {NumberOf} numberOf @returns {LaneFigure["way"]} */
const wayWords = (target, axis, numberOf) => {
  const hops = wayOf(target, axis, numberOf, 100)?.hops.filter(({ from }) => from !== null) ?? [];
  if (!hops.length) return null;
  const x = within(Math.min(50, hops[0].x));
  const all = hops.map((_, at) => {
    const told = hops.slice(0, hops.length - at).map(({ say }) => say);
    return [...told, ...(at ? [`${at} more`] : [])].join("; ");
  });
  const brief = all.at(-1) ?? "";
  return { x, text: all.find((text) => x + text.length * SMALL_CHARACTER <= 100) ?? brief, brief };
};

/** The stop that a lane is about; one that came to nothing is none. @param {Target} target */
export const stopOf = ({ stop }) => (stop && !stop.finished?.error ? stop : null);

/** The signal that a lane is about, for as long as it is news. @param {Target} target @param {number} nowMs */
const signalOf = (target, nowMs) => {
  const sent = lastAsked(target);
  if (!sent || stopOf(target)) return null;
  const end = endOf(target);
  const untilMs = sent.atMs + SIGNAL_SPAN_S * 1000;
  return (end ? end.atMs : nowMs) <= untilMs ? sent : null;
};

/** Second 0 of a lane: its stop, else the signal of a moment ago, its end, or now. @param {Target} target @param {number} nowMs */
export const zeroOfLane = (target, nowMs) =>
  stopOf(target)?.atMs ?? signalOf(target, nowMs)?.atMs ?? endOf(target)?.atMs ?? nowMs;

/** The last moment that must be on a lane's axis. @param {Target} target @param {number} nowMs */
export const lastOfLane = (target, nowMs) => {
  const zeroMs = zeroOfLane(target, nowMs);
  const stop = stopOf(target);
  if (!stop) return zeroMs;
  return Math.max(zeroMs, endOf(target)?.atMs ?? Math.min(nowMs, stop.diedMs ?? nowMs));
};

/** @type {LaneFigure} */
export const BLANK = {
  field: "idle",
  life: null,
  dotted: null,
  now: null,
  deadline: null,
  due: null,
  drops: [],
  marks: [],
  words: [],
};

/**
 * The line of a signal that was sent, and what is said of it.
 * @param {Answer|undefined} answer @param {string} signal @param {number} x @param {boolean} sent @param {Witnesses} witnesses
 * @returns {{drop: LaneDrop, words: LaneWords}}
 */
const sentLine = (answer, signal, x, sent, witnesses) => {
  const texts = answer?.texts ?? [sent ? `${signal} sent` : `${signal} asked for`];
  const lid = answer?.shape === "lid" || answer?.shape === "box";
  const blind = !answer && sent && witnesses.kernel !== null; // it may have come, but nobody was there to see it
  const to = answer ? answer.lane : blind ? "kernel" : "top";
  const shape = answer ? (answer.shape === "cross" ? "none" : answer.shape) : "none";
  return {
    drop: { x, to, shape, hollow: false, unseen: blind },
    words: { x, row: "kernel", text: longest(texts, x, lid), anchor: "start", lid },
  };
};

/** How it ended, on the row of its life. @param {Target} target @param {End} end @param {number} x @param {boolean} crossed @param {boolean} told - the line says it already @returns {Pick<LaneFigure, "marks"|"words">} */
const ending = (target, end, x, crossed, told) => {
  const killed = end.how === "killed";
  const shape = killed || crossed ? "cross" : "end";
  const meaning = end.byStop ? "" : (target.exit?.meaning ?? "");
  const short = meaning.split(": ").at(-1); // "by convention of …: the command was not found"
  const texts = [meaning, short].filter(Boolean).map((each) => `${end.text}: ${each}`);
  texts.push(end.text);
  const far = x > FAR;
  /** @type {LaneWords} */
  const words = {
    x,
    row: far ? "top" : "program",
    text: far ? end.text : longest(texts, x, false),
    anchor: far ? "end" : "start",
    lid: false,
  };
  return { marks: [{ x, shape, hollow: false }], words: told || (killed && end.byStop) ? [] : [words] };
};

/** @param {Target} target @param {Stop} stop @param {number} nowMs @param {Axis} axis @param {Witnesses} witnesses @param {NumberOf} numberOf @returns {LaneFigure} */
const ofStop = (target, stop, nowMs, axis, witnesses, numberOf) => {
  const end = endOf(target);
  const lost = target.host === "container" && witnesses.engine !== null && !end;
  const toMs = lastOfLane(target, nowMs);
  const answers = answersOf(target, axis, stop.atMs, numberOf);
  const answer = answerTo(answers, stop.signal);
  const crossed = answers.some((each) => endsRoot(target, each));
  const killed = end?.how === "killed";
  // Asked for at the same moment, sent when an engine came to it: what it took is counted from there.
  const x = axis.x(stop.sentMs ?? stop.atMs);
  const now = within(axis.x(toMs));
  const line = sentLine(answer, stop.signal, x, target.host !== "container" || stop.sentMs !== null, witnesses);
  const deadlineX = stop.deadlineMs === null || lost || killed ? null : axis.x(stop.deadlineMs);
  /** @type {LaneFigure} */
  const figure = {
    ...BLANK,
    field: end ? end.how : lost ? "unknown" : "stopping",
    life: lifeOf(target, axis, toMs),
    dotted: end ? null : { x0: now, x1: deadlineX !== null && deadlineX > now ? deadlineX : 100 },
    now: end ? null : now,
    deadline: deadlineX === null ? null : { x: deadlineX, past: end !== null },
    drops: [line.drop],
    words: [line.words],
  };
  if (!end) return figure;
  const ends = ending(target, end, now, crossed, Boolean(answer && endsRoot(target, answer)));
  if (deadlineX !== null && deadlineX > now) figure.dotted = { x0: now, x1: deadlineX };
  if (killed && stop.signal !== "SIGKILL") {
    const seen = stop.killMs !== null || target.exit?.signal === "SIGKILL";
    figure.drops.push({ x: now, to: "program", shape: "none", hollow: false, unseen: !seen });
    figure.words.push({ x: now, row: "top", text: "SIGKILL", anchor: now > FAR ? "end" : "start", lid: false });
  }
  return { ...figure, marks: ends.marks, words: [...figure.words, ...ends.words] };
};

/** @param {Target} target @param {{atMs: number, signal: string, across?: boolean}} sent @param {number} nowMs @param {Axis} axis @param {Witnesses} witnesses @param {NumberOf} numberOf @returns {LaneFigure} */
const ofSignal = (target, { atMs, signal, across = false }, nowMs, axis, witnesses, numberOf) => {
  const end = endOf(target);
  const toMs = end?.atMs ?? nowMs;
  const answers = answersOf(target, axis, atMs, numberOf);
  const answer = answerTo(answers, signal);
  const line = sentLine(answer, signal, axis.x(atMs), true, witnesses);
  const x = within(axis.x(toMs));
  const figure = {
    ...BLANK,
    field: end?.how ?? /** @type {const} */ ("idle"),
    life: lifeOf(target, axis, toMs),
    now: end ? null : x,
    drops: across ? [] : [line.drop], // it comes from another lane, not from above
    words: [line.words],
  };
  if (!end) return figure;
  const crossed = answers.some((each) => endsRoot(target, each));
  const ends = ending(target, end, x, crossed, Boolean(answer && endsRoot(target, answer)));
  return { ...figure, marks: ends.marks, words: [...figure.words, ...ends.words] };
};

/** At rest: what Stop would come to. @param {Target} target @param {number} nowMs @param {Axis} axis @param {Asked} asked @param {NumberOf} numberOf @returns {LaneFigure} */
const atRest = (target, nowMs, axis, { timeoutS, signal, forecast = null }, numberOf) => {
  const x = axis.x(nowMs);
  const ahead = signalForecast(target, signal, numberOf, x);
  const inKernel = ahead.marks.find(({ lane }) => lane === "kernel");
  const inProgram = ahead.marks.find(({ lane }) => lane === "program");
  const lid = inKernel?.shape === "lid" || inKernel?.shape === "box";
  const deadline = timeoutS < 0 ? null : axis.x(nowMs + timeoutS * 1000);
  const text = ahead.text && longest([ahead.text, inKernel?.brief ?? ""], x, lid);
  const going = `${nameOf(target)} is running, ${duration(Math.max(0, nowMs - (target.startedMs ?? nowMs)))}`;
  const needed = forecast?.outcome !== "at_once" && deadline !== null;
  const killed = needed && forecast?.outcome === "sigkill" && timeoutS > 0;
  const shape = (inProgram ?? inKernel)?.shape ?? "ring";
  return {
    ...BLANK,
    life: lifeOf(target, axis, nowMs),
    dotted: forecast?.outcome === "at_once" ? null : { x0: x, x1: deadline ?? 100 },
    due: needed ? deadline : null,
    drops: [{ x, to: inProgram ? "program" : ahead.text ? "kernel" : "top", shape, hollow: true, unseen: false }],
    marks: killed ? [{ x: deadline, shape: "cross", hollow: true }] : [],
    words: [
      ...(text ? [{ x, row: /** @type {const} */ ("kernel"), text, anchor: /** @type {const} */ ("start"), lid }] : []),
      { x, row: "program", text: going, anchor: "start", lid: false },
    ],
  };
};

/**
 * @param {Target} target @param {number} nowMs - by the server's clock
 * @param {Axis} axis - of this lane: its own zero on the scale of all
 * @param {Asked} asked - what a stop of it would be asked for
 * @param {Witnesses} witnesses @param {NumberOf} numberOf
 * @returns {LaneFigure}
 */
export const laneFigure = (target, nowMs, axis, asked, witnesses, numberOf) => {
  const stop = stopOf(target);
  const way = wayWords(target, axis, numberOf);
  if (stop) return { ...ofStop(target, stop, nowMs, axis, witnesses, numberOf), way };
  const sent = signalOf(target, nowMs);
  if (sent && target.startedMs !== null) return { ...ofSignal(target, sent, nowMs, axis, witnesses, numberOf), way };
  const end = endOf(target);
  if (end) {
    const x = axis.x(end.atMs);
    const crossed = Boolean(target.exit?.signal);
    return {
      ...BLANK,
      field: end.how,
      life: lifeOf(target, axis, end.atMs),
      ...ending(target, end, x, crossed, false),
    };
  }
  return target.status === "running" && target.overMs === null ? atRest(target, nowMs, axis, asked, numberOf) : BLANK;
};
