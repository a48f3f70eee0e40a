/**
 * What a stop asks for, and what it would come to, in words: before it is asked for everything is said as "would".
 */

/** @import { StopForecast } from "../wire/types.js" */

/** @type {Record<StopForecast["outcome"], string>} signs of the sprite */
export const OUTCOMES = {
  at_once: "f-end",
  handler_decides: "h-handle",
  sigkill: "h-kill",
  unknown: "f-unknown",
};

/** "SIGTERM, then SIGKILL after 10 s". @param {{timeoutS: number, signal: string}} asked */
export const askedWords = ({ timeoutS, signal }) => {
  if (timeoutS < 0) return `${signal}, and no SIGKILL`;
  if (timeoutS === 0) return `${signal}, then SIGKILL at once`;
  return `${signal}, then SIGKILL after ${timeoutS} s`;
};

/** "Would be killed after 3 s". @param {StopForecast} forecast */
export const fateWords = ({ outcome, sure, timeoutS, say }) => {
  if (outcome === "sigkill") {
    const when = timeoutS > 0 ? `after ${timeoutS} s` : "at once";
    return sure ? `Would be killed ${when}` : `Likely killed ${when}`;
  }
  if (outcome === "at_once") return sure ? "Would stop at once" : "Likely stops at once";
  return say;
};

/** The same as a sentence. @param {StopForecast} forecast */
export const sayWords = ({ outcome, sure, timeoutS, say }) => {
  const would = sure ? "would" : "would likely";
  if (outcome === "sigkill")
    return `A stop ${would} end in SIGKILL ${timeoutS > 0 ? `after ${timeoutS} s` : "at once"}.`;
  return outcome === "at_once" ? `A stop ${would} end it at once.` : `${say}.`;
};

/** How sure it is, and why not more. @param {StopForecast} forecast */
export const sureWords = ({ outcome, sure }) => {
  if (sure) return "Sure: only the kernel has a say in it.";
  if (outcome === "handler_decides") return "Not sure: only the program knows what its handler does.";
  if (outcome === "unknown") return "Not sure: the facts do not tell. Try it.";
  return "Likely, not sure.";
};
