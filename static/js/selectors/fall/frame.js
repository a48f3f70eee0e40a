/**
 * What every fall has: its axis, its lanes and which of them have no witness, and a place for each of its words.
 */

/** @import { Fall, Target, Witnesses } from "../../wire/types.js" */
/** @import { Axis } from "./axis.js" */
/** @import { NumberOf } from "./kernel.js" */
import { rootOf } from "../board.js";
import { breaksOf, gapMarks, gapsOf } from "./gaps.js";
import { wayOf } from "./hops.js";
import { placed } from "./words.js";

const EDGE = -1; // per cent: a mark is wider than its moment

/** What to call the program of a target. @param {Target} target */
export const nameOf = (target) => rootOf(target)?.comm || target.command[0]?.split("/").at(-1) || target.name;

/** @param {number} x */
export const within = (x) => Math.min(100, Math.max(0, x));

/** @param {Target} target @param {Axis} axis @param {number} toMs @returns {Fall["life"]} */
export const lifeOf = ({ startedMs }, axis, toMs) =>
  startedMs === null ? null : { x0: within(axis.x(startedMs)), x1: within(axis.x(toMs)) };

/**
 * @param {Target} target
 * @param {Axis} axis
 * @param {Witnesses} witnesses
 * @param {NumberOf} numberOf
 * @param {Partial<Fall> & Pick<Fall, "marks"|"label">} facts
 * @returns {Fall}
 */
export const framed = (target, axis, witnesses, numberOf, { marks, ...facts }) => {
  const gaps = gapsOf(target, witnesses, axis);
  const seen = marks.filter(({ x }) => x >= EDGE && x <= 100 - EDGE); // others must not take its room for words
  const way = wayOf(target, axis, numberOf, facts.now ?? facts.life?.x1 ?? 100);
  return {
    field: "idle",
    time: { zeroMs: axis.zeroMs, whole: axis.whole, window: axis.window },
    ticks: axis.ticks,
    life: null,
    dotted: null,
    now: null,
    deadline: null,
    drops: [],
    ...gaps,
    ...facts,
    way,
    breaks: breaksOf(target, witnesses, axis),
    marks: placed([...seen, ...gapMarks(target, witnesses, axis, gaps, seen)], way ? ["program/below"] : []),
  };
};
