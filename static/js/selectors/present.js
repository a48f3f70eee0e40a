/**
 * What presenter mode says: one sentence in large type with its reason, who handles the signal, and the lesson's step.
 * The sentences are those of the page: the verdict's, the fall's, the forecast's.  Only their length is chosen here.
 */

/** @import { BoardRow, Clock, Experiment, Fall, Result, Run, Signal, StopForecast, Target, Verdict } from "../wire/types.js" */
/** @import { LessonStep } from "./lesson.js" */
import { cellsOf } from "./board.js";
import { lastAsked } from "./fall/fall.js";

const LONG = 60; // characters: a sentence that is longer is told in two where it has a joint
const HEAD_MAX = 60; // characters: what stands before a colon is the sentence while it is short, and no quotation

// Words that may begin a sentence; anything else there is the name of a program, and keeps its letters.
const PLAIN =
  /^(the|an?|its?|what|how|in|of|only|no|nobody|somebody|that|from|after|dropped|queued|waits|ends?|ended)\b/;

/** @param {string} text */
const sentence = (text) =>
  text ? `${PLAIN.test(text) ? text[0].toUpperCase() : text[0]}${text.slice(1).replace(/[.:]$/, "")}.` : "";

/**
 * A long sentence in two: what happened, and why.
 *
 * @param {string} text
 * @returns {{say: string, why: string}}
 */
export const parted = (text) => {
  for (const joint of text.length > LONG ? [": ", "; ", ", and "] : [": "]) {
    const at = text.indexOf(joint);
    if (at > 0 && at <= HEAD_MAX && !text.slice(0, at).includes("“"))
      return { say: sentence(text.slice(0, at)), why: sentence(text.slice(at + joint.length)) };
  }
  return { say: sentence(text), why: "" };
};

/** @param {Verdict} verdict */
const ofVerdict = ({ text, said }) => {
  const { say, why } = parted(text);
  return { say, why: why || (said.slice(1).find((each) => !text.startsWith(each.text.slice(0, -1)))?.text ?? "") };
};

/** @param {Fall|null} fall */
const headlineOf = (fall) => fall?.marks.find((mark) => mark.headline && mark.text && !mark.hollow)?.text ?? "";

/** The answer that the back row must read, in its own words. @param {string} text @param {string} signal */
const dropped = (text, signal) =>
  text.startsWith("dropped: ")
    ? { say: `The kernel dropped ${signal}.`, why: sentence(text.slice("dropped: ".length)) }
    : null;

/** What the fall says in large type, of a signal that was asked for. @param {Fall|null} fall @param {string} signal */
const ofFall = (fall, signal) =>
  dropped(headlineOf(fall), signal) ?? (headlineOf(fall) ? parted(headlineOf(fall)) : null);

/**
 * @typedef {object} Said
 * @property {string} say
 * @property {string} why
 * @property {boolean} ahead     nothing of it has happened yet
 *
 * @param {{run: Run|null, target: Target|null, fall: Fall|null, result: Result|null, verdict: Verdict|null, last: Verdict|null,
 *   forecast: StopForecast|null, forecastSay: string, question: string, refused: {say: string, why: string}|null, mayStart?: boolean, lane?: string,
 *   bet?: import("./bets.js").RunBet|null}} shown
 *   `forecastSay`: the forecast as a sentence; `lane`: the sentence of the chosen one of several targets
 * @returns {Said}
 */
export const saidOf = ({
  run,
  target,
  fall,
  result,
  verdict,
  last,
  forecast,
  forecastSay,
  question,
  refused,
  mayStart = false,
  lane = "",
  bet = null,
}) => {
  const told = (/** @type {{say: string, why: string}} */ { say, why }) => ({ say, why, ahead: false });
  if (refused) return told(refused);
  if (!run) return told({ say: question.replaceAll("`", ""), why: mayStart ? "Press r to start it." : "" });
  const going = target?.status === "running";
  if (verdict && !going) return told(ofVerdict(verdict));
  if (result && result.outcome !== "failed") return told({ say: result.say, why: result.facts[0] ?? "" });
  if (run.status === "finished" && !target?.exit)
    return told({
      say: run.reason === "failed" ? "It could not be started." : "The run is over.",
      why: run.error ?? "",
    });
  if (!target || !going) return told({ say: "Starting.", why: "" });
  if (bet?.open) {
    const why = bet.say.slice(bet.ask.length).trim();
    return told({ say: bet.ask, why: `${why[0].toUpperCase()}${why.slice(1)}` });
  }
  const { stop, lastSent } = target;
  if (stop && !stop.finished) {
    const asked = { say: `${target.name} is asked to stop with ${stop.signal}.`, why: "" };
    return told(ofFall(fall, stop.signal) ?? dropped(lane, stop.signal) ?? (lane ? parted(lane) : asked));
  }
  if (result) return told({ say: result.say, why: result.facts[0] ?? "" });
  if (lastSent?.failed) return told({ say: `${lastSent.signal} was not sent.`, why: sentence(lastSent.failed.error) });
  const sent = lastAsked(target);
  if (sent && last && last.request === sent.id) return told(dropped(headlineOf(fall), sent.signal) ?? ofVerdict(last));
  if (sent) return told(ofFall(fall, sent.signal) ?? { say: `${sent.signal} is sent.`, why: "" });
  if (forecast) return { say: forecastSay, why: forecast.why, ahead: true };
  return told({ say: `${target.name} is running.`, why: "" });
};

const TREE_ROWS = 4;

/**
 * @typedef {object} TreeRow
 * @property {string} row
 * @property {number} nsPid
 * @property {string} comm
 * @property {number} depth
 * @property {boolean} gone
 * @property {boolean} selected
 * @property {import("../wire/types.js").BoardCell} cell      what it does with the signal
 *
 * The processes with what each does with one signal; never more than there is room for, the chosen one among them.
 *
 * @param {Target|null} target @param {BoardRow[]} rows @param {Signal|null} signal @param {string|null} selected
 * @returns {{rows: TreeRow[], more: number, signal: string}}
 */
export const treeOf = (target, rows, signal, selected) => {
  if (!target || !signal) return { rows: [], more: 0, signal: signal?.name ?? "" };
  const at = rows.findIndex(({ row }) => row === selected);
  const fits = rows.length <= TREE_ROWS;
  const room = fits ? rows.length : TREE_ROWS - 1;
  const from = fits ? 0 : Math.max(0, Math.min(at - room + 1, rows.length - room));
  return {
    signal: signal.name,
    more: rows.length - room,
    rows: rows.slice(from, from + room).map(({ row, nsPid, comm, depth, is }) => ({
      ...{ row, nsPid, comm, depth, gone: is === "gone", selected: row === selected },
      cell: cellsOf(target.processes[row] ?? null, [signal])[0],
    })),
  };
};

/**
 * The number of presenter mode: while nothing is asked yet, the seconds that a stop would wait.
 *
 * @param {Clock} clock @param {number|null} timeoutS - what a stop would ask for; null: nothing can be stopped
 * @returns {{say: string, seconds: number, sub: string, thin: boolean}} `thin`: it is not counting
 */
export const numberOf = (clock, timeoutS) => {
  const { state, say, seconds, sub } = clock;
  if (state === "none") return { say: "Not started", seconds: Number.NaN, sub: "", thin: true };
  if (state === "starting") return { say, seconds: Number.NaN, sub: "", thin: true };
  if (state !== "ready" || timeoutS === null) return { say, seconds, sub, thin: false };
  if (timeoutS < 0) return { say: "A stop would wait", seconds: Number.NaN, sub: sub || "for ever", thin: true };
  return { say: "A stop would wait", seconds: timeoutS, sub: sub || "seconds", thin: true };
};

/**
 * The step that the lesson is at: the current one, else the last that was reached.
 *
 * @param {LessonStep[]} steps
 * @returns {LessonStep|null}
 */
export const stepNow = (steps) =>
  steps.find(({ is }) => is === "current") ?? steps.findLast(({ is }) => is !== "next") ?? steps[0] ?? null;

const OVER = new Set(["killed", "left", "ended"]);

/**
 * Whether the experiment can be started now: for the first time, or again.
 *
 * @param {{run: Run|null, experiment: Experiment|null, clock: Clock, cut: import("./lanes/lanes.js").Lanes|null, mayAgain?: boolean}} shown - `mayAgain`: it is one's own, and what it was made of is known
 */
export const mayBegin = ({ run, experiment, clock, cut, mayAgain = false }) =>
  (experiment?.available === true || mayAgain) &&
  (!run || (OVER.has(clock.state) && (cut?.lanes ?? []).every(({ over, waits }) => over || waits)));

/**
 * The step whose button can be pressed now, the one after a failure where there are two.
 *
 * @param {LessonStep[]} steps
 * @returns {LessonStep|null}
 */
export const stepToDo = (steps) =>
  steps.findLast(({ open, actions, blocked }) => open && actions.length > 0 && blocked === null) ?? null;

/** What to say in its place when all is over: what would help, else what was to be learnt. @param {Verdict|null} verdict @param {Experiment|null} experiment */
export const afterwards = (verdict, experiment) =>
  verdict?.advice ? verdict.advice.text : (experiment?.learnt[0] ?? "");
