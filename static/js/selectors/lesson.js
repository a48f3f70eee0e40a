/**
 * How far a run has come with its lesson.  A tick is drawn by an event only, so everything here comes from `run.seen`.
 */

/** @import { Experiment, LessonStep, Run } from "../types.js" */

/**
 * The first step with something still to be seen is the current one; steps are done in order, as the server does it.
 *
 * @param {Run|null} run - null: nothing was started, all of it is to come
 * @param {Pick<Experiment, "steps">|null} experiment
 * @returns {LessonStep[]}
 */
export const lessonOf = (run, experiment) => {
  const steps = (experiment?.steps ?? []).map(({ say, do: what, expect }, index) => {
    const see = expect.map((text, at) => ({ text, event: run?.seen[`${index}.${at}`] ?? null }));
    return { index, say, do: what, see, complete: see.every(({ event }) => event !== null) };
  });
  const current = steps.findIndex(({ complete }) => !complete);
  const reached = current < 0 ? steps.length : current;
  return steps.map(({ complete: _, ...step }) => ({
    ...step,
    is: step.index < reached && run ? "done" : step.index === reached ? "current" : "next",
  }));
};
