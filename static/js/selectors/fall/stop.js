/**
 * The fall of a stop.  Its axis is fixed by the timeout, its only forecast is the SIGKILL that is due, and while it is
 * under way the program's bar ends at now: nobody knows more.
 */

/** @import { Fall, FallMark, Stop, Target, Witnesses } from "../../wire/types.js" */
/** @import { Axis } from "./axis.js" */
/** @import { NumberOf } from "./kernel.js" */
import { rootOf } from "../board.js";
import { endOf } from "../ends.js";
import { axisOver, spanOf } from "./axis.js";
import { framed, lifeOf, nameOf, within } from "./frame.js";
import { answersOf, answerTo, deliveries, endsRoot, kernelMarks } from "./kernel.js";
import { dropsOf, fallMark, recordedMarks, withHeadline } from "./marks.js";
import { zoomedAxis } from "./zoom.js";

/** @param {Target} target @param {boolean} lost */
const stillThere = (target, lost) => {
  if (!lost) return `${nameOf(target)} is still running`;
  return rootOf(target)?.goneMs === null
    ? `${nameOf(target)} is still there, says /proc`
    : "nobody says whether it runs";
};

/** @param {number} atMs @param {Stop} stop */
const noWord = (atMs, stop) =>
  atMs < stop.atMs ? "no word" : `no word since ${((atMs - stop.atMs) / 1000).toFixed(1)} s`;

/** What is not recorded but true of a stop under way. @param {Target} target @param {Stop} stop @param {Axis} axis @param {Witnesses|null} lost @param {boolean} spoke @param {boolean} unheard @returns {FallMark[]} */
const underWay = (target, stop, axis, lost, spoke, unheard) => {
  const marks = [];
  if (!spoke && stop.diedMs === null) {
    const text = unheard ? `${nameOf(target)} never hears of it` : stillThere(target, lost !== null);
    marks.push(fallMark({ x: axis.x(stop.atMs), lane: "program", shape: "none", text }));
  }
  if (lost && lost.engineLostMs !== null) {
    const x = Math.max(0, axis.x(lost.engineLostMs));
    marks.push(fallMark({ x, lane: "engine", shape: "none", text: noWord(lost.engineLostMs, stop), anchor: "start" }));
  }
  if (!lost && stop.deadlineMs !== null && stop.killMs === null && stop.escalated === null) {
    const lane = target.host === "container" ? "engine" : "person";
    marks.push(fallMark({ x: axis.x(stop.deadlineMs), lane, shape: "due", text: "SIGKILL is due", anchor: "end" }));
  }
  return marks;
};

/** The line that ended it, where the kernel did not tell; solid where the wait status names SIGKILL. @param {Target} target @param {Axis} axis @param {number} atMs @returns {Fall["drops"]} */
const lastLine = ({ host, exit }, axis, atMs) => {
  const top = host === "container" ? "engine" : "person";
  return [{ x: axis.x(atMs), top, bottom: "program", unseen: exit?.signal !== "SIGKILL", kill: true }];
};

/**
 * @param {Target} target
 * @param {Stop} stop
 * @param {number} nowMs
 * @param {Witnesses} witnesses
 * @param {NumberOf} numberOf
 * @param {import("./zoom.js").Zoom|null} zoom
 * @returns {Fall}
 */
export const stopFall = (target, stop, nowMs, witnesses, numberOf, zoom) => {
  const end = endOf(target);
  const lost = target.host === "container" && witnesses.engine !== null && !end ? witnesses : null;
  const toMs = Math.max(stop.atMs, end?.atMs ?? Math.min(nowMs, stop.diedMs ?? nowMs));
  const axis = zoomedAxis(axisOver(stop.atMs, spanOf(stop.timeoutS), toMs), zoom);
  const killed = end?.how === "killed";
  const now = within(axis.x(toMs));
  const deadline = stop.deadlineMs === null || lost || killed ? null : axis.x(stop.deadlineMs);
  const dueX = stop.deadlineMs === null || stop.timeoutS === 0 ? 100 : axis.x(stop.deadlineMs);
  const limit = dueX > 0 && dueX < 100 ? dueX : 100; // the same after the end: words stay
  const answers = answersOf(target, axis, stop.atMs, numberOf);
  const ended = answers.some((answer) => endsRoot(target, answer));
  const answer = answerTo(answers, stop.signal);
  const unheard = answer?.shape === "lid";
  const marks = recordedMarks(target, axis, stop.atMs, end, ended);
  const spoke = marks.some(({ lane, text }) => lane === "program" && text);
  if (!end) marks.push(...underWay(target, stop, axis, lost, spoke, unheard));
  marks.push(...kernelMarks(target, answers, axis, answer, limit));
  const drops = [...dropsOf(target, axis, stop.atMs, answers), ...deliveries(answers, axis)];
  const told = end ? end.text : lost ? "the engine does not answer" : "under way";
  return framed(target, axis, witnesses, numberOf, {
    field: end ? end.how : lost ? "unknown" : "stopping",
    marks: withHeadline(marks),
    drops: end && killed && !ended ? [...drops, ...lastLine(target, axis, end.atMs)] : drops,
    life: lifeOf(target, axis, toMs),
    dotted: end ? null : { x0: now, x1: deadline !== null && deadline > now ? deadline : 100 },
    now: end ? null : now,
    deadline,
    label: `The stop of ${nameOf(target)} on one clock: ${told}${answer ? `; ${answer.texts[0]}` : ""}. The record says the same in words.`,
  });
};
