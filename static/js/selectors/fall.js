/**
 * The fall: who said what when, on one clock.  Solid is recorded, hollow is forecast, and the only forecasts are the
 * SIGKILL that is due and, before a stop, what pressing Stop would ask for.
 *
 * One of four pictures: a stop (`fall_stop.js`); else the last signal, for two seconds; else an end that nobody here
 * asked for; else the target at rest.
 */

/** @import { Fall, Health, State, Target, Witnesses } from "../types.js" */
import { duration } from "../text.js";
import { endOf } from "./ends.js";
import { axisOver, spanOf } from "./fall_axis.js";
import { framed, lifeOf, nameOf, within } from "./fall_frame.js";
import { called, dropsOf, fallMark, recordedMarks } from "./fall_marks.js";
import { stopFall } from "./fall_stop.js";

const SIGNAL_SPAN_S = 2;
const NO_TRACE = "no witness yet";

/**
 * Who reports now.  The stream's own word on the engine goes before that of the last health.
 *
 * @param {State} state
 * @param {Health|null} health - null: not asked yet
 * @returns {Witnesses}
 */
export const witnessesOf = (state, health) => {
  const lost = state.lost.engine ?? null;
  const absent = health && health.engine.state !== "ready" ? health.engine.reason || "no engine" : null;
  const kernel = health?.kernel_trace.state === "ready" ? null : NO_TRACE;
  return { engine: lost?.reason ?? absent, engineLostMs: lost?.sinceMs ?? null, kernel };
};

/** @param {Target} target @param {number} nowMs @param {Witnesses} witnesses @param {number} zeroMs @returns {Fall} */
const signalFall = (target, nowMs, witnesses, zeroMs) => {
  const end = endOf(target);
  const axis = axisOver(zeroMs, SIGNAL_SPAN_S, zeroMs);
  const toMs = end?.atMs ?? nowMs;
  return framed(target, axis, witnesses, {
    field: end ? end.how : "idle",
    marks: called(recordedMarks(target, axis, zeroMs, end)),
    drops: dropsOf(target, axis, zeroMs),
    life: lifeOf(target, axis, toMs),
    now: end || axis.x(toMs) > 100 ? null : within(axis.x(toMs)),
    label: `${target.lastSent?.signal} to ${nameOf(target)} on one clock. The record says the same in words.`,
  });
};

/** @param {Target} target @param {Witnesses} witnesses @param {import("./ends.js").End} end @returns {Fall} */
const endFall = (target, witnesses, end) => {
  const axis = axisOver(end.atMs - SIGNAL_SPAN_S * 500, SIGNAL_SPAN_S, end.atMs, false);
  return framed(target, axis, witnesses, {
    field: end.how,
    marks: called(recordedMarks(target, axis, axis.zeroMs, end)),
    drops: dropsOf(target, axis, axis.zeroMs),
    life: lifeOf(target, axis, end.atMs),
    label: `${nameOf(target)} ${end.text}.`,
  });
};

/** @param {Target} target @param {number} nowMs @param {Witnesses} witnesses @param {{timeoutS: number, signal: string}} asked @returns {Fall} */
const idleFall = (target, nowMs, witnesses, { timeoutS, signal }) => {
  const axis = axisOver(nowMs, spanOf(timeoutS), nowMs);
  if (target.status !== "running" || target.startedMs === null) {
    return framed(target, axis, witnesses, { marks: [], label: "Nothing is running yet." });
  }
  const zero = axis.x(nowMs);
  const wall = timeoutS < 0 ? null : axis.x(nowMs + timeoutS * 1000);
  const container = target.host === "container";
  const press = container ? "when you press Stop" : `when you press Stop: ${signal}`;
  const told = `${nameOf(target)} is running, ${duration(nowMs - target.startedMs)}`;
  const marks = [fallMark({ x: zero, lane: "person", shape: "ring", text: press })];
  if (container) marks.push(fallMark({ x: zero, lane: "engine", shape: "ring", text: `sends ${signal}` }));
  if (wall !== null) {
    const lane = container ? "engine" : "person";
    marks.push(fallMark({ x: wall, lane, shape: "due", text: "SIGKILL", anchor: "end" }));
  }
  marks.push(fallMark({ x: zero, lane: "program", shape: "none", text: told }));
  return framed(target, axis, witnesses, {
    marks,
    life: lifeOf(target, axis, nowMs),
    dotted: { x0: zero, x1: wall ?? 100 },
    label: `${told}; nothing was asked of it yet.`,
  });
};

/** @type {Fall} */
const NOTHING = {
  field: "idle",
  ticks: axisOver(0, 10, 0).ticks,
  marks: [],
  life: null,
  dotted: null,
  now: null,
  wall: null,
  drops: [],
  gaps: { person: null, engine: null, kernel: NO_TRACE, program: null },
  gapsFrom: { kernel: 0 },
  label: "Nothing is running yet.",
};

/**
 * @param {Target|null} target
 * @param {number} nowMs - by the server's clock
 * @param {Witnesses} witnesses - from `witnessesOf`
 * @param {{timeoutS: number, signal: string}} [asked] - what the stop control is set to; else the target's own
 * @returns {Fall}
 */
export const fallOf = (target, nowMs, witnesses, asked) => {
  if (!target) return NOTHING;
  const { stop, lastSent } = target;
  if (stop && !stop.finished?.error) return stopFall(target, stop, nowMs, witnesses);
  const end = endOf(target);
  const sentMs = lastSent && lastSent.id > (stop?.id ?? 0) ? lastSent.atMs : null;
  if (sentMs !== null && (!end || end.atMs - sentMs <= SIGNAL_SPAN_S * 1000)) {
    return signalFall(target, nowMs, witnesses, sentMs);
  }
  if (end) return endFall(target, witnesses, end);
  return idleFall(target, nowMs, witnesses, asked ?? { timeoutS: target.stopTimeoutS, signal: target.stopSignal });
};
