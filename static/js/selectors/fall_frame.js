/**
 * What every fall has: its axis, its lanes and which of them have no witness, and a place for each of its words.
 */

/** @import { Fall, FallMark, Target, Witnesses } from "../types.js" */
/** @import { Axis } from "./fall_axis.js" */
import { rootOf } from "./board.js";
import { fallMark } from "./fall_marks.js";
import { placed } from "./fall_words.js";

export const LOCAL = "a local process: no engine";

/** What to call the program of a target. @param {Target} target */
export const nameOf = (target) => rootOf(target)?.comm || target.command[0]?.split("/").at(-1) || target.name;

/** @param {number} x */
export const within = (x) => Math.min(100, Math.max(0, x));

/** @param {Target} target @param {Axis} axis @param {number} toMs @returns {Fall["life"]} */
export const lifeOf = ({ startedMs }, axis, toMs) =>
  startedMs === null ? null : { x0: within(axis.x(startedMs)), x1: within(axis.x(toMs)) };

/** @param {Target} target @param {Witnesses} witnesses @param {Axis} axis @returns {Pick<Fall, "gaps"|"gapsFrom">} */
const gapsOf = ({ host }, { engine, engineLostMs, kernel, kernelLostMs = null }, axis) => {
  const local = host !== "container";
  const since = (/** @type {number|null} */ lostMs) => (lostMs === null ? 0 : Math.max(0, axis.x(lostMs)));
  /** @type {Record<string, number>} */
  const gapsFrom = {};
  if (local || engine !== null) gapsFrom.engine = local ? 0 : since(engineLostMs);
  if (kernel !== null) gapsFrom.kernel = since(kernelLostMs);
  return { gaps: { person: null, engine: local ? LOCAL : engine, kernel, program: null }, gapsFrom };
};

/** A gap that begins in the figure says why where it begins. @param {Pick<Fall, "gaps"|"gapsFrom">} gaps @returns {FallMark[]} */
const kernelGap = ({ gaps, gapsFrom }) =>
  gaps.kernel && gapsFrom.kernel > 0
    ? [
        fallMark({
          x: gapsFrom.kernel,
          lane: "kernel",
          shape: "none",
          text: gaps.kernel,
          brief: "no word",
          anchor: "start",
        }),
      ]
    : [];

/** Who gets room for words first. @param {FallMark} mark */
const importance = ({ call, shape, lane }) => {
  if (call) return 4;
  if (shape === "cross" || shape === "end") return 3;
  return lane === "program" ? 1 : 2;
};

/**
 * @param {Target} target
 * @param {Axis} axis
 * @param {Witnesses} witnesses
 * @param {Partial<Fall> & Pick<Fall, "marks"|"label">} facts
 * @returns {Fall}
 */
export const framed = (target, axis, witnesses, { marks, ...facts }) => {
  const gaps = gapsOf(target, witnesses, axis);
  return {
    field: "idle",
    ticks: axis.ticks,
    life: null,
    dotted: null,
    now: null,
    wall: null,
    drops: [],
    ...gaps,
    ...facts,
    marks: placed([...marks, ...kernelGap(gaps)], importance),
  };
};
