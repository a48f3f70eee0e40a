/**
 * Several targets side by side: one lane each, in the order that the run announced them, on one scale of seconds.  The
 * scale is that of the longest timeout, so that their ends can be compared; lanes keep their place, whoever ends first.
 */

/** @import { Clock, Experiment, FallMark, Run, Signal, State, Step, Target, Witnesses } from "../../wire/types.js" */
/** @import { Across } from "../across.js" */
/** @import { NumberOf } from "../fall/kernel.js" */
/** @import { Asked, LaneFigure } from "./figure.js" */
import { numberIn } from "../../words/signals.js";
import { seconds, shortened } from "../../words/text.js";
import { acrossOf, withOthers } from "../across.js";
import { clockOf } from "../clock.js";
import { endOf } from "../ends.js";
import { axisOver, spanOf } from "../fall/axis.js";
import { answerOf } from "../fall/kernel.js";
import { laneNumerals, numerals } from "../numerals.js";
import { placeWords, raceOf } from "../race.js";
import { BLANK, laneFigure, lastOfLane, stopOf, zeroOfLane } from "./figure.js";
import { commandWords } from "./words.js";

const MOVING = new Set(["stopping", "overdue", "up", "unknown"]);
const RESULTS = new Set(["killed", "left", "ended"]);
const SENTENCE = 90;

/**
 * @typedef {object} Lane
 * @property {string} id
 * @property {string} name
 * @property {string} sub        host and command in short
 * @property {string} full       the command line as a person would type it
 * @property {LaneFigure["field"]} field
 * @property {string} say        "SIGKILL in"
 * @property {string} of         "of 10 s"
 * @property {string[]} figures  drawn numerals; empty: nothing is counted
 * @property {string} spoken     the same in words, for who hears the page
 * @property {boolean} thin      what it would count from: forecast, not begun
 * @property {boolean} waits     a step or a person starts it, and nobody has yet
 * @property {boolean} later     it is not started with the run, and not yet
 * @property {boolean} stoppable it runs, and nobody has asked for its stop
 * @property {string} place     "1st", "2nd, a tie", once that is certain; ""
 * @property {boolean} over
 * @property {string} sentence   for a phone, where there is no room for the figure
 * @property {string} label      the figure in one sentence
 * @property {LaneFigure} figure
 *
 * @typedef {object} Leap                from a process in one lane to one in another
 * @property {number} id                 of the event that began it
 * @property {number} from               index of the lane
 * @property {number} to
 * @property {number} x0                 per cent, in the time of the sender's lane
 * @property {number} x1
 * @property {FallMark["shape"]} shape   what became of it
 *
 * @typedef {object} Lanes
 * @property {Lane[]} lanes
 * @property {Leap[]} [leaps]
 * @property {{x: number, label: string}[]} ticks
 * @property {boolean} moves     something counts
 * @property {boolean} alive
 */

/** "starts with step 3" @param {readonly Step[]} steps @param {string} name */
const startWords = (steps, name) => {
  const at = steps.findIndex(({ do: actions }) => actions.some(({ start }) => start?.target === name));
  return at < 0 ? "starts when asked" : `starts with step ${at + 1}`;
};

/** Words and figures at the end of a lane. @param {Clock} clock @param {Target} target @param {string} later @param {Asked} asked @returns {Pick<Lane, "say"|"of"|"figures"|"thin">} */
const endWords = (clock, target, later, { timeoutS }) => {
  const { state, say, sub, seconds: s } = clock;
  const told = { say: say.charAt(0).toLowerCase() + say.slice(1), of: "", figures: numerals(s), thin: false };
  const limit = clock.of === null ? "" : `of ${clock.of} s`;
  if (say.startsWith("SIGKILL")) Object.assign(told, { say });
  switch (state) {
    case "starting":
      return target.later && target.status === "new"
        ? { ...told, say: "not started", of: later, figures: [] }
        : { ...told, say: "starting", figures: [] };
    case "ready":
      if (timeoutS < 0) return { ...told, say: "would wait", of: "for ever", figures: [], thin: true };
      return { ...told, say: "would wait", of: sub || "seconds", figures: numerals(timeoutS), thin: true };
    case "stopping":
      return { ...told, of: limit };
    case "overdue":
      return { ...told, of: limit || "no limit" };
    case "up":
      return { ...told, of: "no limit" };
    case "unknown":
      return { ...told, say, of: sub };
    default:
      break;
  }
  if (target.overMs !== null && target.startedMs === null) return { ...told, say: "not started", figures: [] };
  const end = endOf(target);
  const code = end?.code === null || end?.code === undefined ? "exit unknown" : `exit ${end.code}`;
  if (end && !end.byStop) return { ...told, say: "ran for", of: code, figures: laneNumerals(s) };
  return { ...told, say: told.say.replace(" after", ""), of: code, figures: laneNumerals(s) };
};

/** The sentence of a lane: what became of the signal, then how it ended. @param {LaneFigure} figure */
const told = ({ words }) => words.map(({ text }) => text).filter((text, at, all) => text && all.indexOf(text) === at);

/** @param {Experiment|null} experiment @param {string} name */
const announcedAs = (experiment, name) => experiment?.targets.find((each) => each.name === name) ?? null;

/** Before a run: the lanes that it will have. @param {Experiment} experiment @returns {Lanes} */
export const lanesBefore = ({ targets, steps }) => {
  const lanes = targets.map(({ name, later, equivalent, stop_timeout_s: ownS }, at) => {
    const sub = commandWords(targets[at], targets);
    return {
      ...{ id: name, name, sub, full: equivalent, field: BLANK.field },
      ...{ say: later ? "" : "would wait", of: later ? startWords(steps, name) : ownS < 0 ? "for ever" : "seconds" },
      figures: later || ownS < 0 ? [] : numerals(ownS),
      ...{ spoken: "", place: "", thin: true, waits: false, later, stoppable: false, over: false },
      sentence: sub,
      label: `${name} is not running yet.`,
      figure: BLANK,
    };
  });
  const span = Math.max(1, ...targets.map(({ stop_timeout_s: ownS }) => spanOf(ownS)));
  return { lanes, ticks: axisOver(0, span, 0).ticks, moves: false, alive: false };
};

/**
 * The scale: as long as the longest timeout of those that run or have run.  It doubles where a stop runs over its edge.
 * @param {Target[]} targets @param {(target: Target) => Asked} askedOf @param {number} nowMs
 */
const spanOfAll = (targets, askedOf, nowMs) => {
  const started = targets.filter(({ startedMs }) => startedMs !== null);
  const spans = started.map((target) => spanOf(stopOf(target)?.timeoutS ?? askedOf(target).timeoutS));
  const lastS = Math.max(0, ...started.map((target) => (lastOfLane(target, nowMs) - zeroOfLane(target, nowMs)) / 1000));
  let span = spans.length ? Math.max(...spans) : spanOf(-1);
  while (axisOver(0, span, 0, false).x(lastS * 1000) > 100) span *= 2;
  return span;
};

/**
 * From lane to lane, each end in the time of its own lane.
 * @param {readonly Across[]} across @param {Target[]} targets @param {number} nowMs @param {number} span @param {NumberOf} numberOf
 * @returns {Leap[]}
 */
const leapsOf = (across, targets, nowMs, span, numberOf) =>
  across.flatMap(({ from, to, word }) => {
    const [sender, receiver] = [from, to].map((id) => targets.findIndex((target) => target.id === id));
    const [x0, x1] = [sender, receiver].map((at) => {
      const zeroMs = zeroOfLane(targets[at], nowMs);
      return word.atMs < zeroMs ? -1 : axisOver(zeroMs, span, zeroMs).x(word.atMs);
    });
    if (x0 < 0 || x1 < 0 || x0 > 100 || x1 > 100) return [];
    return [{ id: word.id, from: sender, to: receiver, x0, x1, shape: answerOf(word, numberOf).shape }];
  });

/**
 * @param {Run} run
 * @param {State} state
 * @param {number} nowMs - by the server's clock
 * @param {object} known
 * @param {Witnesses} known.witnesses
 * @param {"ready"|"absent"|"lost"} [known.engineState]
 * @param {Experiment|null} known.experiment
 * @param {readonly Signal[]} known.signals
 * @param {string|null} known.chosen - the lane that the stop's control is about
 * @param {Asked|undefined} known.asked - what that is set to
 * @returns {Lanes}
 */
export const lanesOf = (run, state, nowMs, { witnesses, engineState, experiment, signals, chosen, asked }) => {
  const across = acrossOf(run, state);
  const targets = run.targets.flatMap((id) => state.targets[id] ?? []).map((target) => withOthers(target, across));
  const underWay = targets.some((target) => stopOf(target) && !endOf(target));
  /** @param {Target} target @returns {Asked} */
  const own = ({ stopTimeoutS, stopSignal, stopForecast }) => ({
    timeoutS: stopTimeoutS,
    signal: stopSignal,
    forecast: stopForecast,
  });
  /** The scale stays while a stop is under way, whatever is chosen for the next one. @param {Target} target */
  const askedOf = (target) => (target.id === chosen && asked && !underWay ? asked : own(target));
  const span = spanOfAll(targets, askedOf, nowMs);
  /** @param {string} name */
  const numberOf = (name) => numberIn(signals, name);
  const all = targets.map(({ name, host, equivalent }) => ({
    host,
    equivalent: equivalent || announcedAs(experiment, name)?.equivalent || "",
  }));
  const race = raceOf(run, state, nowMs);
  const lanes = targets.map((target, at) => {
    const racer = race?.racers.find(({ id }) => id === target.id);
    const place = racer ? placeWords(racer) : "";
    const zeroMs = zeroOfLane(target, nowMs);
    const clock = clockOf(target, state, nowMs, engineState);
    const ask = askedOf(target);
    const figure = laneFigure(target, nowMs, axisOver(zeroMs, span, zeroMs), ask, witnesses, numberOf);
    const later = run.status === "running" ? startWords(experiment?.steps ?? [], target.name) : "";
    const ends = endWords(clock, target, later, ask);
    const sub = commandWords(all[at], all);
    const over = RESULTS.has(clock.state);
    const waits = clock.state === "starting" && target.later && target.status === "new" && run.status === "running";
    const said = told(figure);
    const result = over && ends.figures.length ? seconds(clock.seconds) : "";
    return {
      id: target.id,
      name: target.name,
      sub,
      full: all[at].equivalent,
      field: figure.field,
      ...ends,
      spoken: result,
      place,
      waits,
      later: target.later && target.status === "new",
      stoppable: clock.state === "ready",
      over,
      sentence: shortened(said.join("; ") || sub, SENTENCE),
      label: `${target.name}: ${[...said, ...(figure.way ? [figure.way.brief] : []), MOVING.has(clock.state) ? "under way" : `${ends.say} ${result} ${ends.of}${place && `, ${place}`}`.replace(/ +/g, " ").trim()].join("; ")}.`,
      figure,
    };
  });
  return {
    lanes,
    leaps: leapsOf(across, targets, nowMs, span, numberOf),
    ticks: axisOver(0, span, 0).ticks,
    moves: lanes.some(({ figure }) => figure.now !== null),
    alive: targets.some(({ status, overMs }) => status === "running" && overMs === null),
  };
};
