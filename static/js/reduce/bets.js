/**
 * Guesses on how targets will end: the tally is a fold of them.  They count from "Guess first" to the first stop of the
 * run, or its end; what comes later was too late.  Who watches is told of others' only that there is one more, and
 * what they were when guesses are closed.
 */

/** @import { Bet, Guess, Run, State } from "../wire/types.js" */

/** @param {{ends: string, before_s?: number}} event @returns {Guess} */
const guessOf = ({ ends, before_s: beforeS }) =>
  /** @type {Guess} */ (beforeS === undefined || beforeS === null ? ends : `${ends} ${beforeS}`);

/** @param {Run} run @param {any} event @returns {Run} */
export const betOpened = (run, event) => ({
  ...run,
  bet: {
    ...{ id: event.id, by: event.by, open: true, closed: null, guesses: {}, people: 0 },
    ...{ timeoutS: event.timeout_s ?? null, boundsS: event.bounds_s ?? [] },
  },
});

/** @param {Bet["guesses"]} guesses @param {any} event @returns {Bet["guesses"]} */
const withOne = (guesses, event) => ({
  ...guesses,
  [event.target]: { ...guesses[event.target], [event.who]: guessOf(event) },
});

/** @param {Bet["guesses"]} guesses */
const peopleIn = (guesses) => new Set(Object.values(guesses).flatMap(Object.keys)).size;

/** @param {Run} run @param {any} event @returns {Run} */
export const betPlaced = (run, event) => {
  const { bet } = run;
  if (!bet?.open || bet.id !== event.bet) return run;
  const guesses = event.who === undefined ? bet.guesses : withOne(bet.guesses, event);
  const people = Math.max(bet.people, event.people ?? 0, peopleIn(guesses));
  return { ...run, bet: { ...bet, guesses, people } };
};

/** @param {Run} run @param {Bet} bet @param {Bet["closed"]} closed @returns {Run} */
const shut = (run, bet, closed) => ({ ...run, bet: { ...bet, open: false, closed } });

/** @param {Run} run @param {any} event @returns {Run} */
export const betClosed = (run, event) => {
  const { bet } = run;
  if (!bet || bet.id !== event.bet) return run;
  const told = event.guesses ?? [];
  if (!told.length) return shut(run, bet, event.reason);
  /** @type {Bet["guesses"]} */
  const guesses = told.reduce(withOne, {});
  return shut(run, { ...bet, guesses, people: peopleIn(guesses) }, event.reason);
};

/** A stop was asked for: before anybody says that guesses are closed, they are. @param {State} state @param {any} event @returns {State} */
export const betsShut = (state, event) => {
  const run = state.runs[event.run];
  return run?.bet?.open ? { ...state, runs: { ...state.runs, [run.id]: shut(run, run.bet, "stop") } } : state;
};
