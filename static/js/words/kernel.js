/**
 * The kernel's word as sentences for the record, the answer before the sender: a narrow record cuts at the end.  "Queued"
 * is not "delivered", and a default action is named by what it does.
 */

/** @import { Process } from "../wire/types.js" */
/** @import { KernelSignalEvent } from "../wire/types_events.js" */
import { defaultOf } from "./signals.js";
import { plain } from "./text.js";

const BY_DEFAULT = {
  terminate: "it ends",
  core: "it ends, with a core dump where limits allow",
  stop: "it stops",
  continue: "it goes on",
  ignore: "nothing",
};

/** @type {Record<string, string>} */
export const GENERATED = {
  queued: "queued",
  ignored: "ignored",
  already_pending: "already pending, not queued again",
  overflow_fail: "not queued, there is no room for more",
  lose_info: "queued, without its details",
};

/** What a process calls itself, on one line. @param {string} comm */
export const nameFor = (comm) => plain(comm).replace(/\s+/g, " ").trim() || "a process";

/** "python3 (1)", with the number inside the target where that is known. @param {KernelSignalEvent} event @param {Process|undefined} process */
const receiver = (event, process) => {
  const nsPid = event.ns_pid ?? process?.nsPid;
  const name = nsPid === undefined ? nameFor(event.comm) : `${nameFor(event.comm)} (${nsPid})`;
  const one = event.thread !== undefined && event.thread !== event.pid;
  return one ? `a thread of ${name}` : name;
};

/** The trace calls it ignored, too; PID 1 does not ignore it: it is protected from it. @param {KernelSignalEvent} event @param {Process|undefined} process */
const isProtected = ({ generated, signal }, process) =>
  generated === "ignored" && process?.isInit === true && defaultOf(signal) !== "ignore";

/** @param {KernelSignalEvent} event @param {Process|undefined} process - the receiver @param {string} [others] - " and others" */
export const kernelWords = (event, process, others = "") => {
  const who = `${receiver(event, process)}${others}`;
  const { signal } = event;
  if (event.delivered === "handler") return `${who} runs its handler for ${signal}`;
  if (event.delivered === "default") return `${signal} to ${who}: default action, ${BY_DEFAULT[defaultOf(signal)]}`;
  if (event.delivered) return `${signal} to ${who}: dropped when it was taken`;
  if (event.teardown) return `${signal} to ${who}: PID 1 ended, the kernel ends the rest`;
  const from = event.sender ? `, from ${nameFor(event.sender)}` : "";
  const goesOn = signal === "SIGCONT" && process?.state === "T" ? ", but it goes on" : "";
  const fate = isProtected(event, process) ? "dropped" : (GENERATED[event.generated ?? ""] ?? event.generated);
  return `${signal} to ${who}: ${fate}${goesOn}${from}`;
};

/** What the next one must be like to be told in the same line. @param {KernelSignalEvent} event */
export const alike = (event) =>
  [event.comm, event.signal, event.generated, event.delivered, event.sender, event.teardown ?? false].join(" ");
