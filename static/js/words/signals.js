/**
 * Masks of proc(5): hexadecimal digits, bit n−1 stands for signal n.  64 bits do not fit a Number: read as BigInt.
 * And what the kernel does by default, for sentences that are made where the signal table is not: signal(7).
 */

/** @import { Masks, Signal } from "../wire/types.js" */

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

/**
 * The number of a signal; 0: unknown.  The two that are the C library's own are in no table: SIG33 is what it says.
 *
 * @param {readonly Signal[]} table @param {string} name - "SIGTERM"
 */
export const numberIn = (table, name) =>
  table.find((each) => each.name === name)?.number ?? Number(/^SIG(\d+)$/.exec(name)?.[1] ?? 0);

/** All others end the process. @type {Record<string, Signal["default"]>} */
const DEFAULTS = Object.fromEntries([
  ...["QUIT", "ILL", "TRAP", "ABRT", "BUS", "FPE", "SEGV", "XCPU", "XFSZ", "SYS"].map((short) => [short, "core"]),
  ...["STOP", "TSTP", "TTIN", "TTOU"].map((short) => [short, "stop"]),
  ...["CHLD", "URG", "WINCH"].map((short) => [short, "ignore"]),
  ["CONT", "continue"],
]);

/** @param {string} name - "SIGTERM" @returns {Signal["default"]} */
export const defaultOf = (name) => {
  const short = name.replace(/^SIG/, "");
  return Object.hasOwn(DEFAULTS, short) ? DEFAULTS[short] : "terminate";
};
