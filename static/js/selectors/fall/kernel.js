/**
 * The kernel's lane.  Where a line ends is the answer: a bar, it was dropped here; a square, it waits here; else it goes
 * on to the program, to a handler's ring, a cross, two bars or a triangle.
 *
 * Only what somebody meant makes a mark: signals to the root process from outside of it, and what a person sent.  The
 * rest (children, the end of a whole namespace, what a program does to itself) is in the record.
 */

/** @import { Fall, FallMark, KernelWord, Target } from "../../wire/types.js" */
/** @import { Axis } from "./axis.js" */
import { forecastOf } from "../../words/fates.js";
import { nameFor } from "../../words/kernel.js";
import { defaultOf } from "../../words/signals.js";
import { fallMark } from "./marks.js";
import { fits } from "./words.js";

const APART = 1.5; // per cent: marks of one kind closer than this are one

/**
 * @typedef {object} Answer
 * @property {KernelWord} word
 * @property {"kernel"|"program"} lane    where the line ends
 * @property {FallMark["shape"]} shape    at its end
 * @property {string[]} texts             the sentence, the longest first: the last one is for a phone
 */

/** @typedef {(signal: string) => number} NumberOf  0: unknown */

/** Why it was not even queued. @param {KernelWord} word @param {string} who @param {string} fate */
const ignored = ({ signal }, who, fate) => {
  if (fate === "dropped" && (signal === "SIGKILL" || signal === "SIGSTOP"))
    return [
      `dropped: from inside PID 1 is safe from ${signal}`,
      `dropped: PID 1 is safe from ${signal}`,
      "dropped: PID 1",
    ];
  if (fate === "dropped")
    return [
      `dropped: ${who} is PID 1 and has no handler for ${signal}`,
      `dropped: ${who} is PID 1, no handler for ${signal}`,
      `dropped: PID 1 has no handler for ${signal}`,
      "dropped: no handler",
    ];
  if (fate === "ignored") return [`${signal} ignored: ${who} asked for that`, `${signal} ignored`, "ignored"];
  if (fate === "ignored_default") return [`${signal} ignored: that is its default`, `${signal} ignored`, "ignored"];
  return [`${signal} ignored by the kernel`, "ignored"];
};

/** Why it waits. @param {KernelWord} word @param {string} who @param {string} fate @param {string} rule */
const queued = ({ signal }, who, fate, rule) => {
  if (fate === "sigwait") return [`${signal} queued: ${who} waits for it`, `${signal} queued`, "queued, for sigwait"];
  if (fate === "signalfd")
    return [
      `${signal} queued: ${who} reads it from a signalfd`,
      `${signal} queued: read by a signalfd`,
      "queued, for a signalfd",
    ];
  if (rule.startsWith("frozen")) return [`${signal} waits: ${who} is frozen`, "waits: it is frozen"];
  if (rule === "stopped") return [`${signal} waits: ${who} is stopped`, "waits: it is stopped"];
  if (rule.startsWith("blocked")) return [`${signal} waits: ${who} blocks it`, "waits: blocked"];
  return [`${signal} waits: queued, not taken yet`, "waits"];
};

const BY_DEFAULT = {
  terminate: { shape: /** @type {const} */ ("cross"), verb: "ends" },
  core: { shape: /** @type {const} */ ("cross"), verb: "ends" },
  stop: { shape: /** @type {const} */ ("freeze"), verb: "stops" },
  continue: { shape: /** @type {const} */ ("thaw"), verb: "continues" },
  ignore: { shape: /** @type {const} */ ("none"), verb: "does nothing to" },
};

/** @param {KernelWord} word @param {NumberOf} numberOf @returns {Answer} */
export const answerOf = (word, numberOf) => {
  const { signal, delivered, generated, wasStopped, wasInit } = word;
  const who = nameFor(word.comm);
  const group = forecastOf(word.forecast, numberOf(signal), word.senderKind === "process" ? "inside" : "outside");
  const inProgram = (/** @type {FallMark["shape"]} */ shape, /** @type {string[]} */ ...texts) =>
    /** @type {Answer} */ ({ word, lane: "program", shape, texts });
  const inKernel = (/** @type {"lid"|"box"} */ shape, /** @type {string[]} */ ...texts) =>
    /** @type {Answer} */ ({ word, lane: "kernel", shape, texts });

  if (delivered === "handler")
    return inProgram(
      "handle",
      `${who} runs its handler for ${signal}`,
      `the handler for ${signal} runs`,
      "its handler runs",
    );
  if (delivered === "default") {
    const { shape, verb } = BY_DEFAULT[defaultOf(signal)];
    return inProgram(shape, `${signal} ${verb} ${who}`, `${signal} ${verb} it`);
  }
  if (delivered === "dropped") {
    const why = wasInit ? ": PID 1 has no handler" : "";
    return inKernel("lid", `${signal} queued, then dropped${why}`, "queued, then dropped");
  }
  if (generated === "ignored" && signal === "SIGCONT" && wasStopped)
    return inProgram("thaw", `SIGCONT lets ${who} go on`, "it goes on");
  if (generated === "ignored") return inKernel("lid", ...ignored(word, who, group?.fate ?? ""));
  if (generated === "overflow_fail")
    return inKernel("lid", `${signal} not queued: no room for more`, "no room for more");
  if (generated === "already_pending")
    return inKernel("box", `${signal} waits already: one is enough`, "waits already");
  return inKernel("box", ...queued(word, who, group?.fate ?? "", group?.rule ?? ""));
};

/**
 * What the fall shows of the kernel's words since a moment.
 *
 * @param {Target} target @param {Axis} axis @param {number} fromMs @param {NumberOf} numberOf
 * @returns {Answer[]}
 */
export const answersOf = (target, axis, fromMs, numberOf) => {
  /** @type {Record<string, number>} */
  const last = {};
  return target.kernel
    .filter(({ atMs, teardown, senderKind }) => atMs >= fromMs && !teardown && senderKind !== "itself")
    .filter(({ signal, generated, senderKind }) => {
      const resized = senderKind === "terminal" && generated === "ignored" && defaultOf(signal) === "ignore";
      return !resized; // by a window whose size changed, of which nobody hears: no news
    })
    .filter((word) => {
      if (word.asked) return true;
      if (word.pid !== target.pid) return false;
      const [kind, x] = [`${word.signal} ${word.generated} ${word.delivered}`, axis.x(word.atMs)];
      if (x - (last[kind] ?? Number.NEGATIVE_INFINITY) < APART) return false;
      last[kind] = x;
      return true;
    })
    .map((word) => answerOf(word, numberOf));
};

/** @param {Target} target @param {Answer} answer */
export const endsRoot = (target, { word, shape }) => word.pid === target.pid && shape === "cross";

/** The answer to what was asked for, if the kernel has given it. @param {Answer[]} answers @param {string} signal */
export const answerTo = (answers, signal) => answers.find(({ word }) => word.asked && word.signal === signal);

const TOLD_ABOVE = new Set(["lab", "engine"]);

/** What is said beside the one large sentence: an answer, or a sender that no lane above has told of. @param {Answer} answer */
const small = ({ word, lane, texts }) => {
  if (lane === "kernel") return texts[0];
  return TOLD_ABOVE.has(word.senderKind ?? "")
    ? ""
    : `${word.signal} from ${word.sender ? nameFor(word.sender) : "somebody"}`;
};

/**
 * @param {Target} target @param {Answer[]} answers @param {Axis} axis
 * @param {Answer|undefined} headline - the sentence in large type
 * @param {number} [limit] - per cent: what it must not run over
 * @returns {FallMark[]}
 */
export const kernelMarks = (target, answers, axis, headline, limit = 100) =>
  answers
    .flatMap((answer) => {
      const { word, lane, texts } = answer;
      const x = axis.x(word.atMs);
      const shape = lane === "kernel" ? answer.shape : "dot";
      const is = answer === headline;
      const { id, atMs, pid } = word;
      const wide = fallMark({ x, lane: "kernel", shape, headline: is, id, atMs });
      const text = is ? (texts.find((each) => fits({ ...wide, text: each }, limit)) ?? texts.at(-1)) : small(answer);
      const mark = { ...wide, text: text ?? "", brief: is || lane === "kernel" ? texts.at(-1) : text };
      const told = endsRoot(target, answer) && target.exit !== null; // the mark of its end is the cross
      if (lane === "kernel" || told || answer.shape === "none") return [mark];
      const taken = { id: word.takenId ?? id, atMs: word.deliveredMs ?? atMs, pid };
      return [mark, fallMark({ x: axis.x(taken.atMs), lane: "program", shape: answer.shape, ...taken })];
    })
    .filter(({ x }) => x <= 100);

/** Lines from the kernel on. @param {Answer[]} answers @param {Axis} axis @returns {Fall["drops"]} */
export const deliveries = (answers, axis) =>
  answers
    .filter(({ lane }) => lane === "program")
    .map(({ word }) => {
      const x = axis.x(word.deliveredMs ?? word.atMs);
      return { from: axis.x(word.atMs), x, top: "kernel", bottom: "program", pid: word.pid };
    })
    .filter(({ x }) => x <= 100);
