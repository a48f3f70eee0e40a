/**
 * Which command's output and which page's answer belongs to which step.  The journal only says that something was run
 * or asked for, since a person may do it as well: so a request belongs to the first step that asks for the like of it
 * and was not over by then.
 */

/** @import { Action } from "../wire/types_api.js" */
/** @import { Download, Exec, Target } from "../wire/types.js" */

/**
 * @typedef {{kind: "exec", target: string, exec: Exec} | {kind: "get", target: string, download: Download}} Answer
 *   `target`: its name
 *
 * @typedef {{actions: Action[], settled: boolean, see: {event: number|null}[]}} Asking  a step, as far as it matters here
 */

/** Whom it is done to. @param {Action} action @param {string} first - name of the first target */
export const nameOf = (action, first) => Object.values(action).find((what) => what?.target)?.target ?? first;

/** @param {string} url */
const pathOf = (url) => {
  const { pathname, search } = new URL(url);
  return pathname + search;
};

/** Whether an action asks for this. @param {Action} action @param {Answer} answer @param {string} first - the first target's name */
const asksFor = ({ exec, get }, answer, first) => {
  if (((exec ?? get)?.target ?? first) !== answer.target) return false;
  return answer.kind === "exec"
    ? exec !== undefined && exec.command.join("\0") === answer.exec.command.join("\0")
    : get !== undefined && (get.path ?? "/") === pathOf(answer.download.url);
};

/** The last event that the step had to do with: it was not over before. @param {Asking} step */
const endOf = ({ settled, see }) =>
  settled ? Math.max(0, ...see.map(({ event }) => event ?? 0)) : Number.POSITIVE_INFINITY;

/** @param {Answer} answer */
const idOf = (answer) => (answer.kind === "exec" ? answer.exec.id : answer.download.id);

/**
 * @param {Asking[]} steps
 * @param {Target[]} targets
 * @param {string} first - name of the target that is meant where none is named
 * @returns {Answer[][]} by step; of several that are alike only the last: the step was done again
 */
export const answersOf = (steps, targets, first) => {
  /** @type {Answer[]} */
  const all = targets.flatMap(({ name, execs, downloads }) => [
    ...execs.map((exec) => ({ kind: /** @type {const} */ ("exec"), target: name, exec })),
    ...downloads.map((download) => ({ kind: /** @type {const} */ ("get"), target: name, download })),
  ]);
  /** @type {Map<number, Answer>[]} by step, by action */
  const found = steps.map(() => new Map());
  for (const answer of all.toSorted((a, b) => idOf(a) - idOf(b))) {
    const asking = steps.flatMap((step, index) => {
      const action = step.actions.findIndex((each) => asksFor(each, answer, first));
      return action < 0 ? [] : [{ index, action, end: endOf(step) }];
    });
    const mine = asking.find(({ end }) => end >= idOf(answer)) ?? asking.at(-1);
    if (mine) found[mine.index].set(mine.action, answer);
  }
  return found.map((answers) =>
    [...answers.keys()].toSorted((a, b) => a - b).map((at) => /** @type {Answer} */ (answers.get(at))),
  );
};
