/**
 * The kernel's word for the fall.  A signal that is sent and one that is taken are two events; here they are joined, by
 * process, signal and order.  What nobody sees taken stays "queued": that is what the kernel said last, and sigwait and
 * signalfds take signals without a word of it.
 */

/** @import { KernelWord, Process, Target } from "../wire/types.js" */
/** @import { KernelSignalEvent } from "../wire/types_events.js" */
import { timeMs } from "../words/text.js";

export const KERNEL_KEPT = 200;

const OUTSIDERS = new Set(["lab", "engine", "terminal"]);
const WAITING = new Set(["queued", "lose_info"]);

/** Who has that pid on the engine's machine now, or had it last. @param {Target|undefined} target @param {number} pid @returns {Process|undefined} */
export const processOf = (target, pid) => {
  const rows = Object.values(target?.processes ?? {}).filter((each) => each.pid === pid);
  return rows.findLast(({ goneMs }) => goneMs === null) ?? rows.at(-1);
};

/** What somebody meant: from outside to the root, or what the last request named. @param {Target} target @param {KernelSignalEvent} event */
const isAsked = ({ pid, lastSent }, event) => {
  const named = lastSent?.pid === null ? event.pid === pid : lastSent?.pid === event.ns_pid;
  const requested = lastSent !== null && lastSent.signal === event.signal && named;
  if (OUTSIDERS.has(event.sender_kind ?? "")) return event.pid === pid || requested;
  return event.sender_kind === "process" && requested && lastSent.from === "inside";
};

/** @param {Target} target @param {KernelSignalEvent} event @returns {KernelWord} */
const wordOf = (target, event) => {
  const process = processOf(target, event.pid);
  const atMs = timeMs(event.at);
  return {
    id: event.id,
    atMs,
    signal: event.signal,
    pid: event.pid,
    nsPid: event.ns_pid ?? process?.nsPid ?? null,
    comm: event.comm,
    thread: event.thread ?? null,
    senderKind: event.sender_kind ?? null,
    sender: event.sender ?? "",
    senderPid: event.sender_pid ?? null,
    generated: event.generated ?? null,
    delivered: event.delivered ?? null,
    deliveredMs: event.delivered ? atMs : null,
    takenId: event.delivered ? event.id : null,
    teardown: event.teardown ?? false,
    asked: isAsked(target, event),
    wasStopped: process?.state === "T",
    wasInit: process?.isInit ?? false,
    forecast: process?.forecast ?? null,
  };
};

/** The last ones; a storm between processes must not push out what somebody asked for. @param {KernelWord[]} words */
const kept = (words) => {
  if (words.length <= KERNEL_KEPT) return words;
  return words.toSpliced(
    Math.max(
      0,
      words.findIndex(({ asked }) => !asked),
    ),
    1,
  );
};

/**
 * @param {Target} target
 * @param {KernelSignalEvent} event
 * @returns {Target}
 */
export const kernelSaid = (target, event) => {
  if (event.delivered) {
    const thread = event.thread ?? event.pid;
    const at = target.kernel.findIndex(
      (word) =>
        word.pid === event.pid &&
        word.signal === event.signal &&
        word.delivered === null &&
        WAITING.has(word.generated ?? "") &&
        (word.thread === null || word.thread === thread),
    );
    const word = target.kernel[at];
    if (word) {
      const taken = { ...word, delivered: event.delivered, deliveredMs: timeMs(event.at), takenId: event.id };
      return { ...target, kernel: target.kernel.with(at, taken) };
    }
  }
  return { ...target, kernel: kept([...target.kernel, wordOf(target, event)]) };
};
