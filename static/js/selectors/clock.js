/**
 * What the clock's slot shows.  It counts down to the deadline by the server's clock and then holds at 0.0: only the
 * engine (or the lab, for a local target) can say that SIGKILL was sent, and only `stop_finished` how it ended.
 */

/** @import { Clock, State, Stop, Target } from "../wire/types.js" */
import { endOf } from "./ends.js";
import { left, passed } from "./numerals.js";
import { verdictOn } from "./verdict.js";

/** @param {Partial<Clock> & Pick<Clock, "state">} facts @returns {Clock} */
const slot = (facts) => ({ seconds: Number.NaN, of: null, say: "", sub: "", ...facts });

/** @param {number|null} code */
const exitCode = (code) => (code === null ? "exit code unknown" : `exit ${code}`);

const ENDS = /** @type {const} */ ({
  killed: { state: "killed", say: "Killed after" },
  left: { state: "left", say: "Left after" },
  unknown: { state: "ended", say: "Ended after" },
});

/** @param {Target} target @param {import("./ends.js").End} end @returns {Clock} */
const ended = (target, end) => {
  if (end.byStop) {
    const of = target.stop && target.stop.timeoutS >= 0 ? target.stop.timeoutS : null;
    const unit = end.tookS === null ? "time unknown" : "seconds";
    const clean = verdictOn(target, target.stop?.id ?? null)?.outcome === "not_clean" ? ", not clean" : "";
    const sub = `${unit}, ${exitCode(end.code)}${clean}`;
    return slot({ ...ENDS[end.how], seconds: end.tookS ?? Number.NaN, of, sub });
  }
  const ranS = target.startedMs === null ? Number.NaN : Math.max(0, end.atMs - target.startedMs) / 1000; // its end may be told by another clock
  const say = end.how === "killed" ? "Killed, ran for" : "Ended, ran for";
  return slot({ state: "ended", seconds: ranS, say, sub: `seconds, ${exitCode(end.code)}` });
};

/** @param {Stop} stop @param {number} nowMs @param {boolean} engineLost @returns {Clock} */
const running = (stop, nowMs, engineLost) => {
  const atMs = Math.min(nowMs, stop.diedMs ?? Number.POSITIVE_INFINITY);
  const sinceS = passed((atMs - stop.atMs) / 1000);
  const of = stop.timeoutS < 0 ? null : stop.timeoutS;
  if (engineLost) {
    const sub = stop.killMs ? "SIGKILL was sent, the end is unknown" : "SIGKILL may not come";
    return slot({ state: "unknown", seconds: sinceS, of, say: `Since ${stop.signal}`, sub });
  }
  const killMs = stop.killMs ?? stop.escalated?.atMs ?? null;
  if (stop.deadlineMs === null || of === null) {
    if (killMs === null) return slot({ state: "up", seconds: sinceS, say: "Asked", sub: "seconds ago, no limit" });
    const say = stop.killMs === null ? "SIGKILL is due" : "SIGKILL is sent";
    return slot({
      state: "overdue",
      seconds: passed((Math.min(atMs, killMs) - stop.atMs) / 1000),
      say,
      sub: "seconds, no limit",
    });
  }
  const heldMs = Math.min(atMs, killMs ?? Number.POSITIVE_INFINITY); // from then on nothing is counted down to any more
  const leftS = left(Math.min(of, (stop.deadlineMs - heldMs) / 1000));
  const sub = stop.lateS === null ? `seconds, of ${of}` : "and nobody says that it ended";
  if (stop.killMs !== null) return slot({ state: "overdue", seconds: leftS, of, say: "SIGKILL is sent", sub });
  if (killMs !== null || leftS <= 0) return slot({ state: "overdue", seconds: leftS, of, say: "SIGKILL is due", sub });
  return slot({ state: "stopping", seconds: leftS, of, say: "SIGKILL in", sub });
};

/**
 * @param {Target|null} target
 * @param {State} state
 * @param {number} nowMs - by the server's clock
 * @param {"ready"|"absent"|"lost"} [engineState] - of the last health; the stream's own word goes before it
 * @returns {Clock} `seconds` is what `numerals` draws, rounded the way the thing counted asks for; NaN is unknown
 */
export const clockOf = (target, state, nowMs, engineState = "ready") => {
  if (!target) return slot({ state: "none" });
  const end = endOf(target);
  if (end) return ended(target, end);
  if (target.overMs !== null) {
    return slot({ state: "ended", say: "Not started", sub: state.runs[target.run]?.error ?? "" });
  }
  if (target.stop && !target.stop.finished) {
    const engineLost = target.host === "container" && ("engine" in state.lost || engineState === "lost");
    return running(target.stop, nowMs, engineLost);
  }
  if (target.status === "new" || target.status === "starting") return slot({ state: "starting", say: "Starting" });
  const own = target.stopTimeoutS;
  const failed = target.stop?.finished?.error ?? null;
  const sub = failed ? `the stop failed: ${failed}` : "";
  return slot({ state: "ready", seconds: Math.max(0, own), of: own < 0 ? null : own, sub });
};
