/**
 * Seconds as drawn numerals.  The countdown has always two figures: `12` from 10 s up, else `9.9 … 0.0`; from 100 s
 * three.  Which way to round is decided by what is counted: time that is left is rounded up, so that 0.0 is shown when
 * SIGKILL is due and not before; time that has passed is rounded down; a result is rounded to the nearest.
 */

const UNKNOWN = ["dash", "dash"];
const DUST = 1e-6; // 3 − 0.1 is 2.9000000000000004, and that is not more than 2.9

/** @param {number} s @param {(x: number) => number} round @returns {number} to the last figure that is shown */
const rounded = (s, round) => {
  const positive = Math.max(0, s);
  const tenths = Math.max(0, round(positive * 10)) / 10; // and never −0
  return tenths < 9.95 ? tenths : round(positive);
};

/** Time left. @param {number} s */
export const left = (s) => rounded(s, (x) => Math.ceil(x - DUST));

/** Time passed. @param {number} s */
export const passed = (s) => rounded(s, (x) => Math.floor(x + DUST));

/** @param {string} figures */
const names = (figures) => [...figures].map((figure) => (figure === "." ? "dot" : figure));

/**
 * Names of the drawn numerals `n-…`.
 *
 * @param {number} s - seconds; below zero is zero, NaN is unknown
 * @returns {string[]} ["1", "dot", "8"], ["1", "2"], ["1", "2", "0"]
 */
export const numerals = (s) => {
  if (Number.isNaN(s)) return UNKNOWN;
  const shown = rounded(s, Math.round);
  return names(shown < 9.95 ? shown.toFixed(1) : shown.toFixed(0));
};

/** A result, beside a sentence that has its tenths: 10.1, 0.2, 120. @param {number} s - seconds @returns {string[]} */
export const resultNumerals = (s) => (s >= 9.95 && s < 99.95 ? names(s.toFixed(1)) : numerals(s));

/**
 * Three figures, for results in lanes: 10.1, 1.12, 0.15.
 *
 * @param {number} s - seconds
 * @returns {string[]}
 */
export const laneNumerals = (s) => {
  if (Number.isNaN(s)) return UNKNOWN;
  const positive = Math.max(0, s);
  return names(positive.toFixed(positive < 9.995 ? 2 : positive < 99.95 ? 1 : 0));
};
