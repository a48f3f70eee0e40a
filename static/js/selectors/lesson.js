/**
 * How far a run has come with its lesson.  A tick is drawn by an event only, so everything here comes from what the
 * server has said about each expectation: seen, failed, or not to be seen here.
 */

/** @import { Action, Experiment } from "../wire/types_api.js" */
/** @import { Run, Target } from "../wire/types.js" */
/** @import { Answer } from "./answers.js" */
import { answersOf, nameOf } from "./answers.js";

/**
 * @typedef {object} LessonSight         one expectation of a step
 * @property {string} text
 * @property {"wait"|"seen"|"failed"|"unseen"} is
 * @property {number|null} event         the one that proves it; null: not seen
 * @property {number|null} tookS         from the step's beginning; null: nobody saw it begin, or it looks at what is there
 * @property {string} why                of what failed or cannot be seen; else ""
 *
 * @typedef {object} LessonStep
 * @property {number} index              from 0
 * @property {string} say
 * @property {Action[]} actions
 * @property {"done"|"failed"|"current"|"next"} is   failed: it was passed over, or the run is over
 * @property {boolean} open              its button may be pressed: the current one; after a failure the next one as well
 * @property {boolean} again             it has failed and can be tried again
 * @property {string|null} blocked       why its button cannot be pressed now
 * @property {LessonSight[]} see
 * @property {Answer[]} answers          what its commands and requests came to
 */

/** @param {Run|null} run @param {string} key @param {string} text @returns {LessonSight} */
const sightOf = (run, key, text) => {
  const seen = run?.seen[key];
  if (run && seen !== undefined) return { text, is: "seen", event: seen, tookS: run.took[key] ?? null, why: "" };
  const nothing = { text, event: null, tookS: null };
  if (run && key in run.unseen) return { ...nothing, is: "unseen", why: run.unseen[key].why };
  if (run && key in run.failed) return { ...nothing, is: "failed", why: run.failed[key].why };
  return { ...nothing, is: "wait", why: "" };
};

/** Why this cannot be done to the target now; null: it can. @param {Action} action @param {Target|undefined} target @param {string} name */
const hindered = (action, target, name) => {
  if (action.write) return null;
  const status = target?.status ?? "new";
  if (action.start)
    return {
      new: null,
      starting: `${name} is starting`,
      running: `${name} is running already`,
      exited: `${name} has ended`,
    }[status];
  if (status === "exited") return `${name} has ended`;
  if (status !== "running") return `${name} is not running yet`;
  if (action.stop && target?.stop && !target.stop.finished) return `${name} is being stopped`;
  return null;
};

/** What is to come is looked at in order, as the server does it. @param {{settled: boolean, touched: boolean}[]} steps */
const currentOf = (steps) => {
  const last = steps.findLastIndex(({ touched }) => touched);
  return steps.findIndex(({ settled }, index) => !settled && index >= last);
};

/**
 * @param {Run|null} run - null: nothing was started, all of it is to come
 * @param {Pick<Experiment, "steps"|"targets">|null} experiment
 * @param {Target[]} targets - of the run
 * @returns {LessonStep[]}
 */
export const lessonOf = (run, experiment, targets = []) => {
  const first = experiment?.targets[0]?.name ?? targets[0]?.name ?? "";
  const steps = (experiment?.steps ?? []).map(({ say, do: actions, expect }, index) => {
    const see = expect.map((text, at) => sightOf(run, `${index}.${at}`, text));
    const touched = see.some(({ is }) => is !== "wait");
    const settled = see.every(({ is }) => is === "seen" || is === "unseen") && (see.length > 0 || !actions.length);
    return { index, say, actions, see, touched, settled };
  });
  const over = run?.status === "finished";
  const current = run ? (over ? -1 : currentOf(steps)) : 0;
  const failed = steps[current]?.see.some(({ is }) => is === "failed") ?? false;
  const other = failed ? steps.findIndex(({ actions }, index) => index > current && actions.length > 0) : -1;
  const answers = answersOf(steps, targets, first);
  return steps.map(({ touched, settled, ...step }, index) => {
    const reached = run !== null && (over ? touched : current < 0 || index < current);
    const blocked = step.actions
      .map((action) => {
        const name = nameOf(action, first);
        return hindered(
          action,
          targets.find((target) => target.name === name),
          name,
        );
      })
      .find((why) => why !== null);
    return {
      ...step,
      is: index === current ? "current" : !reached ? "next" : settled || !touched ? "done" : "failed",
      open: run !== null && (index === current || index === other),
      again: index === current && failed,
      blocked: blocked ?? null,
      answers: answers[index],
    };
  });
};

/** What the lesson does not tell yet: there is no forecast before a start, for who starts it may let the room guess. @param {Run|null} run */
export const hushedOf = (run) => (run === null ? "start" : run.bet?.open ? "guesses" : "");

/** Whether it has come to its end: every step is behind it, or nothing more can come. @param {Run|null} run @param {LessonStep[]} steps */
export const isOver = (run, steps) =>
  run !== null && (run.status === "finished" || !steps.some(({ is }) => is === "current" || is === "next"));
