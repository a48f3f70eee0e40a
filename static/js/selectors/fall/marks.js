/**
 * What witnesses said, as marks and lines of the fall.  A line is solid as far as somebody saw the signal come: the
 * engine says what it sent, the kernel what became of it, the wait status what ended a process.  Where a line enters a
 * lane without a witness it is `unseen`; it never ends in the program unless somebody saw it get there.
 */

/** @import { Fall, FallMark, KernelWord, Mark, Target } from "../../wire/types.js" */
/** @import { End } from "../ends.js" */
/** @import { Axis } from "./axis.js" */
/** @import { Answer } from "./kernel.js" */

const JOIN_MS = 3000; // a busy engine takes its time between what it says and what it does

/** @param {Partial<FallMark> & Pick<FallMark, "x"|"lane">} mark @returns {FallMark} */
export const fallMark = (mark) => ({
  shape: "dot",
  text: "",
  headline: false,
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
 * @param {boolean} [crossed] - the kernel said that a signal's own action ended it
 * @returns {FallMark[]}
 */
export const recordedMarks = (target, axis, fromMs, end, crossed = false) =>
  target.marks
    .filter(({ atMs, what, lane }) => atMs >= fromMs && what !== "start" && !(lane === "engine" && what === "end"))
    .map((mark) => {
      const shape = mark.what !== "end" ? "dot" : end?.how === "killed" || crossed ? "cross" : "end";
      const { id, atMs, lane } = mark;
      return fallMark({ x: axis.x(atMs), lane, shape, text: textOf(mark, target, end), id, atMs });
    })
    .filter(({ x }) => x <= 100);

/** Takes the first that fits out of the list. @param {KernelWord[]} words @param {(word: KernelWord) => boolean} fits */
const taken = (words, fits) => {
  const at = words.findIndex(fits);
  return at < 0 ? null : words.splice(at, 1)[0];
};

/**
 * Lines that fall as far as the kernel.  The engine's mark is joined to the last request of its kind that is still
 * open, and the kernel's word to the engine's mark, or to the request where the lab sent it by itself; in order, by
 * signal.  The engine's own SIGKILL, when the time is up, begins at the engine.
 *
 * @param {Target} target
 * @param {Axis} axis
 * @param {number} fromMs
 * @param {Answer[]} answers
 * @returns {Fall["drops"]}
 */
export const dropsOf = (target, axis, fromMs, answers) => {
  /** @type {Fall["drops"]} */
  const drops = [];
  /** @type {Mark[]} */
  let open = [];
  const words = answers.map(({ word }) => word);
  const byEngine = (/** @type {Mark} */ { signal, atMs }) =>
    taken(
      words,
      (word) => word.senderKind === "engine" && word.signal === signal && Math.abs(word.atMs - atMs) < JOIN_MS,
    );
  const byLab = (/** @type {Mark} */ { signal, atMs }) =>
    taken(
      words,
      (word) =>
        word.senderKind !== "terminal" &&
        !word.across &&
        word.signal === signal &&
        word.asked &&
        Math.abs(word.atMs - atMs) < JOIN_MS,
    );

  for (const mark of target.marks) {
    if (mark.atMs < fromMs || (mark.what !== "signal" && mark.what !== "kill")) continue;
    if (mark.lane === "person") open.push(mark);
    if (mark.lane !== "engine") continue;
    const x = axis.x(mark.atMs);
    const request = open.findLast(({ what }) => what === mark.what);
    open = open.filter((each) => each !== request);
    if (request) drops.push({ from: axis.x(request.atMs), x, top: "person", bottom: "engine" });
    const word = byEngine(mark);
    if (word) drops.push({ from: x, x: axis.x(word.atMs), top: "engine", bottom: "kernel" });
    else drops.push({ x, top: "engine", bottom: "kernel", unseen: true, kill: mark.what === "kill" });
  }
  const { stop, lastSent } = target;
  for (const mark of open) {
    const { id, atMs, what } = mark;
    const word = byLab(mark);
    const waits = target.host === "container" && (id === stop?.id || what === "kill"); // the engine has still to say it
    const failed = lastSent?.id === id && lastSent.failed !== null;
    if (word) drops.push({ from: axis.x(atMs), x: axis.x(word.atMs), top: "person", bottom: "kernel" });
    else if (!waits && !failed)
      drops.push({ x: axis.x(atMs), top: "person", bottom: "kernel", unseen: true, kill: what === "kill" });
  }
  return drops.filter(({ x }) => x <= 100);
};

/**
 * The one sentence in large type: the kernel's where that decided, else the end, else what the program said first.
 * @param {FallMark[]} marks
 */
export const withHeadline = (marks) => {
  if (marks.some(({ headline }) => headline)) return marks;
  const program = marks.filter(({ lane, text }) => lane === "program" && text);
  const one = program.findLast(({ shape }) => shape === "cross" || shape === "end") ?? program[0];
  return marks.map((mark) => (mark === one ? { ...mark, headline: true } : mark));
};
