/**
 * Masks of proc(5): hexadecimal digits, bit n−1 stands for signal n.  64 bits do not fit a Number: read as BigInt.
 */

/** @import { Masks, Signal } from "./types.js" */

/**
 * @param {string} mask - "0000000000004002"
 * @param {number} number - 1…64
 */
export const has = (mask, number) => ((BigInt(`0x${mask || "0"}`) >> BigInt(number - 1)) & 1n) === 1n;

/**
 * What a process does with a signal.  "fixed": nothing can change what KILL and STOP do, so the masks are not asked.
 *
 * @param {Masks|null} masks - null: unknown
 * @param {Pick<Signal, "number"|"catchable">} signal
 * @returns {"default"|"caught"|"ignored"|"fixed"|"unknown"}
 */
export const actionOf = (masks, signal) => {
  if (!signal.catchable) return "fixed";
  if (!masks) return "unknown";
  if (has(masks.caught, signal.number)) return "caught";
  return has(masks.ignored, signal.number) ? "ignored" : "default";
};
