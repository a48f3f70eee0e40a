/**
 * What witnesses said, as marks and lines of the fall.  A line is solid as far as somebody saw the signal come: the
 * engine says what it sent, the wait status says what ended a process.  Where a line enters a lane without a witness it
 * is `unseen`; it never ends in the program, because nobody saw it get there.
 */

/** @import { Fall, FallMark, Mark, Target } from "../types.js" */
/** @import { End } from "./ends.js" */
/** @import { Axis } from "./fall_axis.js" */

/** @param {Partial<FallMark> & Pick<FallMark, "x"|"lane">} mark @returns {FallMark} */
export const fallMark = (mark) => ({
  shape: "dot",
  text: "",
  call: false,
  anchor: mark.x > 55 ? "end" : "start",
  ...mark,
});

/** @param {Mark} mark @param {Target} target @param {End|null} end */
const textOf = ({ id, text, what }, { lastSent }, end) => {
  if (what === "end" && end) return end.text;
  return lastSent?.id === id && lastSent.failed ? `${lastSent.signal} was not sent` : text;
};

/**
 * @param {Target} target
 * @param {Axis} axis
 * @param {number} fromMs - what was before is not drawn
 * @param {End|null} end
 * @returns {FallMark[]}
 */
export const recordedMarks = (target, axis, fromMs, end) =>
  target.marks
    .filter(({ atMs, what, lane }) => atMs >= fromMs && what !== "start" && !(lane === "engine" && what === "end"))
    .map((mark) => {
      const shape = mark.what !== "end" ? "dot" : end?.how === "killed" ? "cross" : "end";
      return fallMark({ x: axis.x(mark.atMs), lane: mark.lane, shape, text: textOf(mark, target, end) });
    })
    .filter(({ x }) => x <= 100);

/**
 * Lines that fall.  The engine's mark is joined to the last request of its kind that is still open; its own SIGKILL,
 * when the time is up, begins at the engine.
 *
 * @param {Target} target
 * @param {Axis} axis
 * @param {number} fromMs
 * @returns {Fall["drops"]}
 */
export const dropsOf = (target, axis, fromMs) => {
  /** @type {Fall["drops"]} */
  const drops = [];
  /** @type {Mark[]} */
  let open = [];
  for (const mark of target.marks) {
    if (mark.atMs < fromMs || (mark.what !== "signal" && mark.what !== "kill")) continue;
    if (mark.lane === "person") open.push(mark);
    if (mark.lane !== "engine") continue;
    const x = axis.x(mark.atMs);
    const request = open.findLast(({ what }) => what === mark.what);
    open = open.filter((each) => each !== request);
    if (request) drops.push({ x, top: "person", bottom: "engine" });
    drops.push({ x, top: "engine", bottom: "kernel", unseen: true, kill: mark.what === "kill" });
  }
  const { stop, lastSent } = target;
  for (const { id, atMs, what } of open) {
    const waits = target.host === "container" && (id === stop?.id || what === "kill"); // the engine has still to say it
    const failed = lastSent?.id === id && lastSent.failed !== null;
    if (!waits && !failed)
      drops.push({ x: axis.x(atMs), top: "person", bottom: "kernel", unseen: true, kill: what === "kill" });
  }
  return drops.filter(({ x }) => x <= 100);
};

/** The one sentence in large type: the end, else what the program said first. @param {FallMark[]} marks */
export const called = (marks) => {
  const program = marks.filter(({ lane, text }) => lane === "program" && text);
  const one = program.findLast(({ shape }) => shape === "cross" || shape === "end") ?? program[0];
  return marks.map((mark) => (mark === one ? { ...mark, call: true } : mark));
};
