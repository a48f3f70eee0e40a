/**
 * The fall: who said what when, on one clock.  Solid is recorded, hollow is forecast: the SIGKILL that is due and, before
 * a stop, what pressing Stop would come to.
 *
 * One of four pictures: a stop (`stop.js`); else the last signal, for two seconds; else an end that nobody here
 * asked for; else the target at rest.
 */

/** @import { Fall, Health, Signal, State, StopForecast, Target, Witnesses } from "../../wire/types.js" */
/** @import { NumberOf } from "./kernel.js" */
/** @import { Zoom } from "./zoom.js" */
import { numberIn } from "../../words/signals.js";
import { duration, shortened } from "../../words/text.js";
import { endOf } from "../ends.js";
import { axisOver, spanOf } from "./axis.js";
import { deadlineForecast, signalForecast } from "./forecast.js";
import { framed, lifeOf, nameOf, within } from "./frame.js";
import { answersOf, answerTo, deliveries, endsRoot, kernelMarks } from "./kernel.js";
import { dropsOf, fallMark, recordedMarks, withHeadline } from "./marks.js";
import { stopFall } from "./stop.js";
import { zoomedAxis } from "./zoom.js";

export const SIGNAL_SPAN_S = 2;
const NO_TRACE = "no witness";
const REASON_LIMIT = 48;
const TYPED = new Set(["SIGINT", "SIGQUIT", "SIGTSTP"]); // by a key in the terminal: somebody meant it

/** @param {string} what @param {string} reason */
const because = (what, reason) => (reason ? `${what}: ${shortened(reason, REASON_LIMIT)}` : what);

/**
 * Who reports now.  The stream's own word goes before that of the last health.
 *
 * @param {State} state
 * @param {Health|null} health - null: not asked yet
 * @returns {Witnesses}
 */
export const witnessesOf = (state, health) => {
  const { engine, kernel } = state.lost;
  const absent = health && health.engine.state !== "ready" ? health.engine.reason || "no engine" : null;
  const trace = health?.kernel_trace;
  const untraced = trace?.state === "ready" ? null : because(NO_TRACE, trace?.reason ?? "");
  return {
    engine: engine?.reason ?? absent,
    engineLostMs: engine?.sinceMs ?? null,
    kernel: kernel ? because("no word", kernel.reason) : untraced,
    kernelLostMs: kernel?.sinceMs ?? null,
    gaps: state.gaps,
  };
};

/**
 * What a fall of the past is made of, with what the kernel said.
 *
 * @param {Target} target @param {import("./axis.js").Axis} axis @param {NumberOf} numberOf @param {string|null} asked - the signal whose answer is
 *   the sentence in large type; null: that of what ended it
 * @returns {Pick<Fall, "marks"|"drops">}
 */
const recorded = (target, axis, numberOf, asked) => {
  const answers = answersOf(target, axis, axis.zeroMs, numberOf);
  const ending = answers.findLast((answer) => endsRoot(target, answer));
  const headline = asked === null ? ending : answerTo(answers, asked);
  const marks = recordedMarks(target, axis, axis.zeroMs, endOf(target), ending !== undefined);
  return {
    marks: withHeadline([...marks, ...kernelMarks(target, answers, axis, headline)]),
    drops: [...dropsOf(target, axis, axis.zeroMs, answers), ...deliveries(answers, axis)],
  };
};

/** @param {Target} target @param {number} nowMs @param {Witnesses} witnesses @param {{atMs: number, signal: string}} sent @param {NumberOf} numberOf @param {Zoom|null} zoom @returns {Fall} */
const signalFall = (target, nowMs, witnesses, { atMs, signal }, numberOf, zoom) => {
  const end = endOf(target);
  const axis = zoomedAxis(axisOver(atMs, SIGNAL_SPAN_S, atMs), zoom);
  const toMs = end?.atMs ?? nowMs;
  const { marks, drops } = recorded(target, axis, numberOf, signal);
  const answer = marks.find(({ headline, lane }) => headline && lane === "kernel")?.text;
  return framed(target, axis, witnesses, numberOf, {
    field: end ? end.how : "idle",
    marks,
    drops,
    life: lifeOf(target, axis, toMs),
    now: end || axis.x(toMs) > 100 ? null : within(axis.x(toMs)),
    label: `${signal} to ${nameOf(target)} on one clock${answer ? `: ${answer}` : ""}. The record says the same in words.`,
  });
};

/** @param {Target} target @param {Witnesses} witnesses @param {import("../ends.js").End} end @param {NumberOf} numberOf @param {Zoom|null} zoom @returns {Fall} */
const endFall = (target, witnesses, end, numberOf, zoom) => {
  const axis = zoomedAxis(axisOver(end.atMs - SIGNAL_SPAN_S * 500, SIGNAL_SPAN_S, end.atMs, false), zoom);
  return framed(target, axis, witnesses, numberOf, {
    field: end.how,
    ...recorded(target, axis, numberOf, null),
    life: lifeOf(target, axis, end.atMs),
    label: `${nameOf(target)} ${end.text}.`,
  });
};

/** @param {Target} target @param {number} nowMs @param {Witnesses} witnesses @param {StopAsked} asked @param {NumberOf} numberOf @returns {Fall} */
const idleFall = (target, nowMs, witnesses, { timeoutS, signal, forecast = null }, numberOf) => {
  const axis = axisOver(nowMs, spanOf(timeoutS), nowMs);
  if (target.status !== "running" || target.startedMs === null) {
    return framed(target, axis, witnesses, numberOf, { time: null, marks: [], label: "Nothing is running yet." });
  }
  const zero = axis.x(nowMs);
  const deadline = timeoutS < 0 ? null : axis.x(nowMs + timeoutS * 1000);
  const container = target.host === "container";
  const press = container ? "when Stop is pressed" : `when Stop is pressed: ${signal}`;
  const told = `${nameOf(target)} is running, ${duration(nowMs - target.startedMs)}`;
  const ahead = signalForecast(target, signal, numberOf, zero);
  const marks = [fallMark({ x: zero, lane: "person", shape: "ring", text: press }), ...ahead.marks];
  if (container) marks.push(fallMark({ x: zero, lane: "engine", shape: "ring", text: `sends ${signal}` }));
  if (deadline !== null) marks.push(...deadlineForecast(target, forecast, deadline));
  marks.push(fallMark({ x: zero, lane: "program", shape: "none", text: told }));
  const likely = [ahead.text, forecast?.say].filter(Boolean).join("; ");
  return framed(target, axis, witnesses, numberOf, {
    time: null,
    marks,
    drops: ahead.drops,
    life: lifeOf(target, axis, nowMs),
    dotted: forecast?.outcome === "at_once" ? null : { x0: zero, x1: deadline ?? 100 },
    label: `${told}; nothing was asked of it yet.${likely ? ` Forecast: ${likely}.` : ""}`,
  });
};

/**
 * The last signal that somebody sent: by a request, by a key in the terminal, or a process of another target.  What a person
 * sent goes before the latter for as long as it is news.
 * @param {Target} target
 */
export const lastAsked = ({ lastSent, kernel, stop }) => {
  const newsMs = lastSent ? lastSent.atMs + SIGNAL_SPAN_S * 1000 : 0;
  const typed = kernel.findLast(
    (word) =>
      word.asked && (word.across ? word.atMs > newsMs : word.senderKind === "terminal" && TYPED.has(word.signal)),
  );
  const last = typed && typed.id > (lastSent?.id ?? 0) ? typed : lastSent;
  return last && last.id > (stop?.id ?? 0) ? last : null;
};

/** Before a run. @param {Witnesses} witnesses @returns {Fall} */
const nothing = ({ kernel }) => ({
  field: "idle",
  time: null,
  ticks: axisOver(0, 10, 0).ticks,
  marks: [],
  life: null,
  dotted: null,
  now: null,
  deadline: null,
  drops: [],
  gaps: { person: null, engine: null, kernel, program: null },
  gapsFrom: kernel === null ? {} : { kernel: 0 },
  label: "Nothing is running yet.",
});

/** @typedef {{timeoutS: number, signal: string, forecast?: StopForecast|null}} StopAsked */

/**
 * @param {Target|null} target
 * @param {number} nowMs - by the server's clock
 * @param {Witnesses} witnesses - from `witnessesOf`
 * @param {StopAsked} [asked] - what the stop control is set to; else the target's own
 * @param {readonly Signal[]} [table] - the signals with their numbers, once they are known
 * @param {Zoom|null} [zoom] - a part of the time, looked at closely
 * @returns {Fall}
 */
export const fallOf = (target, nowMs, witnesses, asked, table = [], zoom = null) => {
  if (!target) return nothing(witnesses);
  /** @type {NumberOf} */
  const numberOf = (name) => numberIn(table, name);
  const { stop } = target;
  if (stop && !stop.finished?.error) return stopFall(target, stop, nowMs, witnesses, numberOf, zoom);
  const end = endOf(target);
  const sent = lastAsked(target);
  if (sent && (!end || end.atMs - sent.atMs <= SIGNAL_SPAN_S * 1000)) {
    return signalFall(target, nowMs, witnesses, sent, numberOf, zoom);
  }
  if (end) return endFall(target, witnesses, end, numberOf, zoom);
  const own = { timeoutS: target.stopTimeoutS, signal: target.stopSignal, forecast: target.stopForecast };
  return idleFall(target, nowMs, witnesses, asked ?? own, numberOf);
};
