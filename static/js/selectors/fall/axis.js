/**
 * The time axis of the fall.  Fixed when the stop is asked for: from 12 % before to 12 % after the timeout, so that
 * nothing moves under the eyes.  Only when time runs over its right edge (no timeout, or an end that does not come) it
 * doubles, in one step.
 */

const LEAST_PAD_S = 0.36; // 12 % of 3 s: below that an engine's own second of delay would fall off the edge
const WITHOUT_LIMIT_S = 10;
const STEPS = [0.1, 0.5, 1, 2, 5, 10, 30, 60, 120, 300, 600, 1800, 3600];

/**
 * @typedef {object} Axis
 * @property {number} zeroMs
 * @property {(atMs: number) => number} x   per cent; outside the window below 0 or above 100
 * @property {{x: number, label: string}[]} ticks   labels are seconds
 * @property {import("./zoom.js").Span} whole    from its left to its right edge, seconds from the zero
 * @property {import("./zoom.js").Span} window   what is looked at of it
 */

/** @param {number} x */
const percent = (x) => Math.round(x * 1000) / 1000;

/**
 * @param {number} zeroMs
 * @param {number} spanS - what lies between zero and the last tick
 * @param {number} toMs - the last moment that must be on it
 * @param {boolean} [ticked]
 * @returns {Axis}
 */
export const axisOver = (zeroMs, spanS, toMs, ticked = true) => {
  let span = spanS;
  const pad = () => Math.max(0.12 * span, spanS >= 1 ? LEAST_PAD_S : 0);
  while ((toMs - zeroMs) / 1000 > span + pad()) span *= 2;
  const x = (/** @type {number} */ atMs) => percent((((atMs - zeroMs) / 1000 + pad()) / (span + 2 * pad())) * 100);
  const step = STEPS.find((each) => span / each <= 10 + 1e-9) ?? span / 4;
  const count = ticked ? Math.floor(span / step + 1e-9) + 1 : 0;
  const ticks = Array.from({ length: count }, (_, index) => {
    const s = Math.round(index * step * 10) / 10;
    return { x: x(zeroMs + s * 1000), label: String(s) };
  });
  const whole = { fromS: -pad(), toS: span + pad() };
  return { zeroMs, x, ticks, whole, window: whole };
};

/**
 * @param {number} timeoutS - −1: no limit; 0 is drawn on one second
 * @returns {number} the span of a stop with this timeout
 */
export const spanOf = (timeoutS) => (timeoutS < 0 ? WITHOUT_LIMIT_S : Math.max(1, timeoutS));
