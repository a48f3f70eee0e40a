/**
 * Guesses on how targets will end: the tally is a fold of them.  They count from "Guess first" to the first stop of the
 * run, or its end; what comes later was too late.  Who watches is told of others' only that there is one more, and
 * what they were when guesses are closed.
 */

/** @import { Bet, Guess, Run, State } from "../wire/types.js" */
/** @import { BetClosedEvent, BetOpenedEvent, BetPlacedEvent, StopRequestedEvent } from "../wire/types_events.js" */

/**
 * Of others who watch, how many have guessed is told and not what: see `app/lab/guesses.py`.
 *
 * @typedef {Omit<BetPlacedEvent, "who"|"ends"> & Partial<Pick<BetPlacedEvent, "who"|"ends">>} SealedEvent
 */

/** @param {{ends: string, before_s?: number|null}} event @returns {Guess} */
const guessOf = ({ ends, before_s: beforeS }) =>
  /** @type {Guess} */ (beforeS === undefined || beforeS === null ? ends : `${ends} ${beforeS}`);

/** @param {Run} run @param {BetOpenedEvent} event @returns {Run} */
export const betOpened = (run, event) => ({
  ...run,
  bet: {
    ...{ id: event.id, by: event.by, open: true, closed: null, guesses: {}, people: 0 },
    ...{ timeoutS: event.timeout_s ?? null, boundsS: event.bounds_s ?? [] },
  },
});

/** @param {Bet["guesses"]} guesses @param {{target: string, who: string, ends: string, before_s?: number}} guess @returns {Bet["guesses"]} */
const withOne = (guesses, guess) => ({
  ...guesses,
  [guess.target]: { ...guesses[guess.target], [guess.who]: guessOf(guess) },
});

/** @param {Bet["guesses"]} guesses */
const peopleIn = (guesses) => new Set(Object.values(guesses).flatMap(Object.keys)).size;

/** @param {Run} run @param {SealedEvent} event @returns {Run} */
export const betPlaced = (run, event) => {
  const { bet } = run;
  if (!bet?.open || bet.id !== event.bet) return run;
  const { target, who, ends, before_s } = event;
  const told = target !== undefined && who !== undefined && ends !== undefined;
  const guesses = told ? withOne(bet.guesses, { target, who, ends, before_s }) : bet.guesses;
  const people = Math.max(bet.people, event.people ?? 0, peopleIn(guesses));
  return { ...run, bet: { ...bet, guesses, people } };
};

/** @param {Run} run @param {Bet} bet @param {Bet["closed"]} closed @returns {Run} */
const shut = (run, bet, closed) => ({ ...run, bet: { ...bet, open: false, closed } });

/** @param {Run} run @param {BetClosedEvent} event @returns {Run} */
export const betClosed = (run, event) => {
  const { bet } = run;
  if (!bet || bet.id !== event.bet) return run;
  const told = event.guesses ?? [];
  if (!told.length) return shut(run, bet, event.reason);
  /** @type {Bet["guesses"]} */
  const guesses = told.reduce(withOne, {});
  return shut(run, { ...bet, guesses, people: peopleIn(guesses) }, event.reason);
};

/** A stop was asked for: before anybody says that guesses are closed, they are. @param {State} state @param {StopRequestedEvent} event @returns {State} */
export const betsShut = (state, event) => {
  const run = state.runs[event.run ?? ""];
  return run?.bet?.open ? { ...state, runs: { ...state.runs, [run.id]: shut(run, run.bet, "stop") } } : state;
};
