/**
 * Where a lane has no witness: all of it (a local process has no engine, the trace is off), from a moment on (it was
 * lost), or for a while that is over.  Such a part is broken and says why; silence would look like "nothing happened".
 */

/** @import { Fall, FallMark, Gap, Target, Witnesses } from "../../wire/types.js" */
/** @import { Axis } from "./axis.js" */
import { shortened } from "../../words/text.js";
import { fallMark } from "./marks.js";

const LOCAL = "a local process: no engine";
const LEAST = 0.8; // per cent: what was lost in an instant must be seen too
const REASON = 40;

/** @typedef {Pick<Fall, "gaps"|"gapsFrom">} Gaps */

/** @param {Target} target @param {Axis} axis */
const wasTraced = ({ kernel }, { zeroMs }) => kernel.some(({ atMs }) => atMs >= zeroMs);

/**
 * What is missing now.  A trace that is off now was on when it told of this very picture.
 * @param {Target} target @param {Witnesses} witnesses @param {Axis} axis @returns {Gaps}
 */
export const gapsOf = (target, { engine, engineLostMs, kernel, kernelLostMs = null }, axis) => {
  const local = target.host !== "container";
  const since = (/** @type {number|null} */ lostMs) => (lostMs === null ? 0 : Math.max(0, axis.x(lostMs)));
  const untraced = kernel !== null && kernelLostMs === null && wasTraced(target, axis) ? null : kernel;
  /** @type {Record<string, number>} */
  const gapsFrom = {};
  if (local || engine !== null) gapsFrom.engine = local ? 0 : since(engineLostMs);
  if (untraced !== null) gapsFrom.kernel = since(kernelLostMs);
  return { gaps: { person: null, engine: local ? LOCAL : engine, kernel: untraced, program: null }, gapsFrom };
};

/** Those that are over, as far as they are in the window. @param {Target} target @param {Witnesses} witnesses @param {Axis} axis */
const past = ({ host }, { gaps = [] }, axis) =>
  gaps.flatMap((gap) => {
    if (gap.source !== "kernel" && (gap.source !== "engine" || host !== "container")) return [];
    const lane = /** @type {"engine"|"kernel"} */ (gap.source);
    const x0 = axis.x(gap.fromMs);
    const x1 = Math.max(axis.x(gap.toMs), x0 + LEAST);
    return x1 < 0 || x0 > 100 ? [] : [{ gap, lane, x0: Math.max(0, x0), x1: Math.min(100, x1) }];
  });

/** @param {Target} target @param {Witnesses} witnesses @param {Axis} axis @returns {NonNullable<Fall["breaks"]>} */
export const breaksOf = (target, witnesses, axis) =>
  past(target, witnesses, axis).map(({ lane, x0, x1 }) => ({ lane, x0, x1 }));

/** @param {Gap} gap */
const breakWords = ({ reason, fromMs, toMs }) =>
  toMs > fromMs
    ? `no word for ${((toMs - fromMs) / 1000).toFixed(1)} s: ${shortened(reason, REASON)}`
    : shortened(reason, REASON);

/**
 * Words where a gap begins in the figure.
 * @param {Target} target @param {Witnesses} witnesses @param {Axis} axis @param {Gaps} gaps @param {readonly FallMark[]} marks - some say it already
 * @returns {FallMark[]}
 */
export const gapMarks = (target, witnesses, axis, { gaps, gapsFrom }, marks) => {
  const words = (/** @type {"engine"|"kernel"} */ lane, /** @type {number} */ x, /** @type {string} */ text) =>
    fallMark({ x, lane, shape: "none", text, brief: "no word", anchor: x > 70 ? "end" : "start" });
  const told = (/** @type {string} */ lane, /** @type {number} */ x) =>
    marks.some((mark) => mark.lane === lane && mark.shape === "none" && mark.x === x);
  const open = /** @type {const} */ (["engine", "kernel"]).flatMap((lane) => {
    const [why, x] = [gaps[lane], gapsFrom[lane] ?? 0];
    return why && x > 0 && x <= 100 && !told(lane, x) ? [words(lane, x, why)] : [];
  });
  return [...open, ...past(target, witnesses, axis).map(({ gap, lane, x0 }) => words(lane, x0, breakWords(gap)))];
};
