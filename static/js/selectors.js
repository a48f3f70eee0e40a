/**
 * Slices of the state for views, one module per panel below `selectors/`.  Pure functions: no DOM, no clock of their own
 * (`nowMs` comes from the caller, who asks `clock.js`), nothing but `text.js` and `signals.js` beneath them.  What is
 * expensive gives back the same array while nothing changed, so that a view may be guarded by identity.
 */

export { acrossOf, withOthers } from "./selectors/across.js";
export { betOf, hush, hushedState } from "./selectors/bets.js";
export { boardCut, boardRows, cellsOf, keysOf, rootOf } from "./selectors/board.js";
export { clockOf } from "./selectors/clock.js";
export { fallOf, witnessesOf } from "./selectors/fall.js";
export { choosesOrigin, fatesOf } from "./selectors/fates.js";
export { lastActs } from "./selectors/lane_acts.js";
export { lanesBefore, lanesOf } from "./selectors/lanes.js";
export { hushedOf, isOver, lessonOf } from "./selectors/lesson.js";
export { laneNumerals, numerals } from "./selectors/numerals.js";
export { raceOf } from "./selectors/race.js";
export { chartOf } from "./selectors/race_chart.js";
export { raceWords } from "./selectors/race_sentence.js";
export { lineOf, recordOf, zeroOf } from "./selectors/record.js";
export { alikeOf, cameOf, fatesFor, fourAnswers, referenceRows, seenIn } from "./selectors/reference.js";
export { resultOf } from "./selectors/result.js";
export { signalList } from "./selectors/signal_list.js";
export { endVerdict, signalVerdict } from "./selectors/verdict.js";
