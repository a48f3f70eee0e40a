/**
 * What the speaker's window says, and the room does not see: where the lesson goes on, what is to be learnt, how each
 * target would end, and how long it still has.
 */

/** @import { Experiment, Run, State, StopForecast, Target } from "../wire/types.js" */
/** @import { LessonStep } from "./lesson.js" */
import { clockOf } from "./clock.js";
import { lessonOf } from "./lesson.js";
import { numerals } from "./numerals.js";
import { numberOf, stepNow } from "./present.js";

/**
 * @typedef {object} SpeakerTarget
 * @property {string} id
 * @property {string} name
 * @property {boolean} chosen           the room looks at it
 * @property {import("../wire/types.js").Clock["state"]} state
 * @property {string} say
 * @property {string[]} figures         seconds until SIGKILL, or how long a stop would wait
 * @property {string} sub
 * @property {boolean} moves            the figures change by themselves
 * @property {StopForecast|null} forecast   known here also while the room guesses
 *
 * @typedef {object} Speaker
 * @property {string} title
 * @property {string} question
 * @property {LessonStep|null} now
 * @property {LessonStep[]} next
 * @property {string[]} learnt
 * @property {SpeakerTarget[]} targets
 * @property {boolean} guessing         the room does
 * @property {number|null} startedMs    of the run
 */

const MOVING = new Set(["stopping", "up"]);
const NEXT = 3;

/**
 * @param {State} state
 * @param {{run: Run|null, experiment: Experiment|null, chosen: string|null, nowMs: number, engine: Parameters<typeof clockOf>[3]}} about - `chosen`: the target that the room looks at
 * @returns {Speaker}
 */
export const speakerOf = (state, { run, experiment, chosen, nowMs, engine }) => {
  const targets = (run?.targets ?? []).flatMap((id) => state.targets[id] ?? []);
  const steps = lessonOf(run, experiment, targets);
  const now = stepNow(steps);
  return {
    title: run?.title ?? experiment?.title ?? "",
    question: run?.question ?? experiment?.question ?? "",
    now,
    next: steps.filter(({ index }) => now !== null && index > now.index).slice(0, NEXT),
    learnt: experiment?.learnt ?? [],
    targets: targets.map((target) => {
      const clock = clockOf(target, state, nowMs, engine);
      const { say, seconds, sub } = numberOf(clock, clock.state === "ready" ? target.stopTimeoutS : null);
      return {
        ...{ id: target.id, name: target.name, chosen: target.id === chosen, state: clock.state, say, sub },
        figures: numerals(seconds),
        moves: MOVING.has(clock.state),
        forecast: clock.state === "ready" ? target.stopForecast : null,
      };
    }),
    guessing: run?.bet?.open ?? false,
    startedMs: run?.createdMs ?? null,
  };
};

/** As a clock says it: 7:05, 1:02:03. @param {number} ms */
export const elapsed = (ms) => {
  const all = Math.max(0, Math.floor(ms / 1000));
  const [hours, minutes, seconds] = [Math.floor(all / 3600), Math.floor(all / 60) % 60, all % 60];
  const two = (/** @type {number} */ part) => String(part).padStart(2, "0");
  return hours ? `${hours}:${two(minutes)}:${two(seconds)}` : `${minutes}:${two(seconds)}`;
};
