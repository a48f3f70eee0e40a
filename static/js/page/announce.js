/**
 * What is spoken: that a stop was asked for and what the kernel made of its signal, that three seconds are left, how it
 * ended.  Nothing else, and nothing of what happened before this page was opened.
 */

/** @import { Clock, Result, Stop, Target } from "../wire/types.js" */

const FRESH_MS = 5000;
const LAST_S = 3;

/** What the kernel made of the stop's signal, "" while it has not said. @param {Target} target @param {Stop} stop */
const answered = ({ kernel }, stop) => {
  const word = kernel.find((each) => each.asked && each.signal === stop.signal && each.atMs >= stop.atMs);
  if (word?.delivered === "handler") return `Its handler for ${stop.signal} runs.`;
  return word?.generated === "ignored" || word?.delivered === "dropped" ? `The kernel dropped ${stop.signal}.` : "";
};

/** @param {HTMLElement} region - a polite live region */
export function createAnnouncer(region) {
  let askedId = 0;
  let answeredId = 0;
  let lastCallId = 0;
  let endedKey = "";

  /**
   * @param {Target|null} target @param {Clock} clock @param {Result|null} result @param {number} nowMs
   */
  return (target, clock, result, nowMs) => {
    const stop = target?.stop ?? null;
    if (target && stop && stop.id !== askedId) {
      askedId = stop.id;
      const limit = stop.timeoutS < 0 ? "without a limit" : `SIGKILL in ${stop.timeoutS} seconds`;
      if (nowMs - stop.atMs < FRESH_MS && !stop.finished)
        region.textContent = `${target.name} is asked to stop with ${stop.signal}, ${limit}.`;
    }
    if (target && stop && stop.id !== answeredId && answered(target, stop)) {
      answeredId = stop.id;
      if (nowMs - stop.atMs < FRESH_MS && !stop.finished) region.textContent += ` ${answered(target, stop)}`;
    }
    if (
      stop &&
      clock.state === "stopping" &&
      clock.seconds <= LAST_S &&
      stop.timeoutS > LAST_S &&
      lastCallId !== stop.id
    ) {
      lastCallId = stop.id;
      region.textContent = `${LAST_S} seconds left.`;
    }
    const endedMs = stop?.finished?.atMs ?? target?.exit?.atMs ?? null;
    const key = target && result && endedMs !== null ? `${target.id} ${endedMs}` : "";
    if (key && key !== endedKey && result && endedMs !== null) {
      endedKey = key;
      if (nowMs - endedMs < FRESH_MS) region.textContent = [result.say, result.facts[0]].join(" ");
    }
  };
}
