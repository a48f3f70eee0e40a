/**
 * Signals and stops: who asked, what the engine said, how it ended.  Nothing here concludes that a signal arrived
 * because it was sent; `killMs` and `diedMs` are set by those who saw it.
 */

/** @import { LabEvent, Sent, Stop, Target } from "../wire/types.js" */
/**
 * @import {
 *   EngineEvent, SignalFailedEvent, SignalRequestedEvent, StopEscalatedEvent, StopFinishedEvent, StopOverdueEvent,
 *   StopRequestedEvent, TargetExitedEvent
 * } from "../wire/types_events.js"
 */
import { exitedWith, timeMs, timeoutWords } from "../words/text.js";
import { stopping } from "./processes.js";
import { marked } from "./target.js";

/** @param {Target} target @param {Partial<Stop>} facts @returns {Target} */
const onStop = (target, facts) => (target.stop ? { ...target, stop: { ...target.stop, ...facts } } : target);

/** @param {Target} target @param {SignalRequestedEvent} event @returns {Target} */
export const signalRequested = (target, event) => {
  /** @type {Sent} */
  const sent = {
    id: event.id,
    atMs: timeMs(event.at),
    signal: event.signal,
    pid: event.pid ?? null,
    from: event.from ?? "outside",
    by: event.by,
    failed: null,
  };
  const asked = { ...target, sent: { ...target.sent, [sent.signal]: sent }, lastSent: sent };
  return marked(asked, event, {
    lane: "person",
    what: event.signal === "SIGKILL" ? "kill" : "signal",
    text: `${event.by} sends ${event.signal}${sent.from === "inside" ? " from inside" : ""}`,
    signal: event.signal,
  });
};

/** @param {Target} target @param {SignalFailedEvent} event @returns {Target} */
export const signalFailed = (target, event) => {
  const sent = target.sent[event.signal];
  if (sent?.id !== event.request) return target; // a newer request for the same signal is what the key shows
  const failed = { ...sent, failed: { code: event.code, error: event.error } };
  return {
    ...target,
    sent: { ...target.sent, [event.signal]: failed },
    lastSent: target.lastSent?.id === sent.id ? failed : target.lastSent,
  };
};

/** @param {Target["stopForecast"]} forecast @param {StopRequestedEvent} event */
const sameStop = (forecast, event) => forecast?.signal === event.signal && forecast?.timeoutS === event.timeout_s;

/** @param {Target} target @param {StopRequestedEvent} event @returns {Target} */
export const stopRequested = (target, event) => {
  const stop = {
    id: event.id,
    atMs: timeMs(event.at),
    signal: event.signal,
    timeoutS: event.timeout_s,
    deadlineMs: event.deadline ? timeMs(event.deadline) : null,
    by: event.by,
    sentMs: null,
    escalated: null,
    lateS: null,
    killMs: null,
    diedMs: null,
    finished: null,
    forecast: sameStop(target.stopForecast, event) ? target.stopForecast : null,
  };
  const text = `${event.by} stops it, ${timeoutWords(event.timeout_s)}`;
  const what = event.signal === "SIGKILL" ? "kill" : "signal";
  return marked({ ...target, stop }, event, { lane: "person", what, text, signal: event.signal });
};

/** @param {Target} target @param {StopEscalatedEvent} event @returns {Target} */
export const stopEscalated = (target, event) => {
  const { stop } = target;
  if (!stop || stop.id !== event.stop) return target;
  const atMs = timeMs(event.at);
  const text = event.reason === "timeout" ? "time is up: the lab sends SIGKILL" : `${event.by}: SIGKILL now`;
  const killMs = target.host === "container" ? stop.killMs : (stop.killMs ?? atMs);
  const escalated = { atMs, reason: event.reason, by: event.by };
  const mark = /** @type {const} */ ({ lane: "person", what: "kill", text, signal: "SIGKILL" });
  return marked(onStop(target, { escalated, killMs }), event, mark);
};

/** @param {Target} target @param {StopOverdueEvent} event @returns {Target} */
export const stopOverdue = (target, event) =>
  target.stop?.id === event.stop ? onStop(target, { lateS: event.late_s }) : target;

/** @param {Target} target @param {StopFinishedEvent} event @returns {Target} */
export const stopFinished = (target, event) => {
  if (target.stop?.id !== event.stop) return target;
  return onStop(target, {
    finished: {
      atMs: timeMs(event.at),
      tookS: event.took_s ?? null,
      exitCode: event.exit_code ?? null,
      killed: event.killed ?? null,
      meaning: event.meaning,
      error: event.error ?? null,
    },
  });
};

/** @param {Target} target @param {number} atMs @returns {Target} */
const died = (target, atMs) =>
  stopping(target) && target.stop?.diedMs === null ? onStop(target, { diedMs: atMs }) : target;

/** @param {Target} target @param {TargetExitedEvent} event @returns {Target} */
export const exited = (target, event) => {
  const atMs = timeMs(event.at);
  const code = event.exit_code ?? null;
  const signal = event.signal ?? null;
  const exit = { atMs, code, signal, cause: event.cause, meaning: event.meaning };
  const text = signal ? `ended by ${signal}` : exitedWith(code);
  return marked(died({ ...target, status: "exited", exit }, atMs), event, { lane: "program", what: "end", text });
};

/** @type {Record<string, {what: "start"|"pause"|"end", text: string}>} */
const ENGINE_MARKS = {
  start: { what: "start", text: "starts it" },
  die: { what: "end", text: "says it ended" },
  oom: { what: "end", text: "out of memory" },
  pause: { what: "pause", text: "freezes it" },
  unpause: { what: "pause", text: "lets it go on" },
};

/** @param {Target} target @param {EngineEvent} event @returns {Target} */
export const engineSaid = (target, event) => {
  const atMs = timeMs(event.at);
  if (event.action === "kill") {
    const stop = stopping(target) ? target.stop : null;
    /** @type {Partial<Stop>} */
    const facts = {};
    if (stop && stop.sentMs === null && event.signal === stop.signal) facts.sentMs = atMs;
    if (stop && stop.killMs === null && event.signal === "SIGKILL") facts.killMs = atMs;
    const what = event.signal === "SIGKILL" ? "kill" : "signal";
    const text = event.signal ? `sends ${event.signal}` : "sends a signal";
    const mark = /** @type {const} */ ({ lane: "engine", what, text, signal: event.signal });
    return marked(stop ? onStop(target, facts) : target, event, mark);
  }
  const mark = ENGINE_MARKS[event.action];
  if (!mark) return target;
  return marked(event.action === "die" ? died(target, atMs) : target, event, { lane: "engine", ...mark });
};
