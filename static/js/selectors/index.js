/**
 * Slices of the state for views, one module per panel below `selectors/`.  Pure functions: no DOM, no clock of their own
 * (`nowMs` comes from the caller, who asks `clock.js`), nothing but `text.js` and `signals.js` beneath them.  What is
 * expensive gives back the same array while nothing changed, so that a view may be guarded by identity.
 */

export { acrossOf, withOthers } from "./across.js";
export { betOf, hush, hushedState } from "./bets.js";
export { boardCut, boardRows, cellsOf, keysOf, rootOf } from "./board.js";
export { clockOf } from "./clock.js";
export { fallOf, witnessesOf } from "./fall/fall.js";
export { choosesOrigin, fatesOf } from "./fates.js";
export { lanesBefore, lanesOf } from "./lanes/lanes.js";
export { lastRequests } from "./lanes/recent_requests.js";
export { hushedOf, isOver, lessonOf } from "./lesson.js";
export { laneNumerals, numerals, resultNumerals } from "./numerals.js";
export { raceOf } from "./race.js";
export { chartOf } from "./race_chart.js";
export { raceWords } from "./race_sentence.js";
export { lineOf, recordOf, zeroOf } from "./record.js";
export { alikeOf, cameOf, fatesFor, fourAnswers, referenceRows, seenIn } from "./reference.js";
export { rehearsalWords } from "./rehearsal.js";
export { resultOf } from "./result.js";
export { signalList } from "./signal_list.js";
export { endVerdict, signalVerdict } from "./verdict.js";
