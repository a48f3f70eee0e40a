/**
 * Which verdict the page is about: a stop's, once there was one; else the end's; else that of the signal asked for last.
 */

/** @import { Target, Verdict } from "../wire/types.js" */

/** @param {Target|null} target @param {number|null} request @returns {Verdict|null} */
export const verdictOn = (target, request) => target?.verdicts.find((each) => each.request === request) ?? null;

/**
 * The verdict on how the target ended.
 *
 * @param {Target|null} target
 * @returns {Verdict|null} null: it has not ended, or the verdict is not there yet
 */
export const endVerdict = (target) => {
  if (!target || (target.status !== "exited" && !target.stop?.finished)) return null;
  const stopped = target.stop ? verdictOn(target, target.stop.id) : null;
  if (stopped) return stopped;
  if (target.stop?.finished) return null;
  return verdictOn(target, null) ?? signalVerdict(target);
};

/**
 * The newest verdict on a signal.
 *
 * @param {Target|null} target
 * @returns {Verdict|null}
 */
export const signalVerdict = (target) => {
  const stop = target?.stop?.id ?? null;
  const asked = (target?.verdicts ?? []).filter(({ request }) => request !== null && request !== stop);
  return asked.reduce(
    (newest, each) => ((newest?.request ?? -1) > (each.request ?? -1) ? newest : each),
    /** @type {Verdict|null} */ (null),
  );
};
