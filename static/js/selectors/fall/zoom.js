/**
 * A part of the fall's time, looked at closely.  What is looked at belongs to one zero (a stop, a signal): another one is
 * seen whole again.  Without a zoom the axis is the live one, which nobody but time itself moves.
 */

/** @import { Axis } from "./axis.js" */

/**
 * @typedef {{fromS: number, toS: number}} Span   seconds from the zero
 * @typedef {Span & {zeroMs: number}} Zoom
 * @typedef {{zeroMs: number, whole: Span, window: Span}} FallTime
 */

const LEAST_S = 0.002; // the kernel's clock has microseconds, a screen has no room for them
const PAD = 0.15;
const MOST_TICKS = 10;
const FACTOR = 2;

/** @param {number} span */
const stepOf = (span) => {
  for (let power = -4; ; power += 1)
    for (const digit of [1, 2, 5]) if (span / (digit * 10 ** power) <= MOST_TICKS) return digit * 10 ** power;
};

/** @param {Span} window */
const ticksOf = ({ fromS, toS }) => {
  const step = stepOf(toS - fromS);
  const digits = Math.max(0, -Math.floor(Math.log10(step) + 1e-9));
  const first = Math.ceil(fromS / step - 1e-9);
  const count = Math.floor(toS / step + 1e-9) - first + 1;
  return Array.from({ length: Math.max(0, count) }, (_, index) => {
    const s = (first + index) * step;
    const label = Math.abs(s) < step / 2 ? "0" : s.toFixed(digits).replace("-", "−");
    return { x: ((s - fromS) / (toS - fromS)) * 100, label };
  });
};

/** The axis of what is looked at. @param {Axis} axis @param {Zoom|null} zoom @returns {Axis} */
export const zoomedAxis = (axis, zoom) => {
  if (!zoom || zoom.zeroMs !== axis.zeroMs) return axis;
  const { fromS, toS } = zoom;
  const x = (/** @type {number} */ atMs) =>
    Math.round((((atMs - axis.zeroMs) / 1000 - fromS) / (toS - fromS)) * 1e5) / 1e3;
  return { ...axis, x, ticks: ticksOf(zoom), window: { fromS, toS } };
};

/** Inside the whole; null: that is all of it. @param {FallTime} time @param {number} fromS @param {number} spanS @returns {Zoom|null} */
const inside = ({ zeroMs, whole }, fromS, spanS) => {
  const most = whole.toS - whole.fromS;
  if (spanS >= most * 0.999) return null;
  const span = Math.max(LEAST_S, spanS);
  const from = Math.min(Math.max(fromS, whole.fromS), whole.toS - span);
  return { zeroMs, fromS: from, toS: from + span };
};

/**
 * Closer (`by` 1) or farther (−1), with one moment kept in its place.
 * @param {FallTime} time @param {number} by @param {number} aroundS @returns {Zoom|null} null: all of it
 */
export const zoomedBy = (time, by, aroundS) => {
  const { fromS, toS } = time.window;
  const span = Math.max(LEAST_S, (toS - fromS) * FACTOR ** -by);
  const share = Math.min(1, Math.max(0, (aroundS - fromS) / (toS - fromS)));
  return inside(time, fromS + share * (toS - fromS) - share * span, span);
};

/** Earlier or later by a share of what is seen. @param {FallTime} time @param {number} share @returns {Zoom|null} */
export const panned = (time, share) => {
  const { fromS, toS } = time.window;
  return inside(time, fromS + share * (toS - fromS), toS - fromS);
};

/** Just what happened. @param {FallTime} time @param {readonly number[]} moments - ms @returns {Zoom|null} */
export const fitted = (time, moments) => {
  if (!moments.length) return null;
  const s = moments.map((atMs) => (atMs - time.zeroMs) / 1000);
  const [first, last] = [Math.min(...s), Math.max(...s)];
  const pad = Math.max(LEAST_S, (last - first) * PAD);
  return inside(time, first - pad, last - first + 2 * pad);
};

/** So that a moment is seen; the same where it is. @param {FallTime} time @param {Zoom|null} zoom @param {number} atMs @returns {Zoom|null} */
export const showing = (time, zoom, atMs) => {
  const { fromS, toS } = time.window;
  const s = (atMs - time.zeroMs) / 1000;
  return s >= fromS && s <= toS ? zoom : inside(time, s - (toS - fromS) / 2, toS - fromS);
};
