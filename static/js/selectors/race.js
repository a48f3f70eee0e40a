/**
 * A race: several targets of one run that were asked to stop at the same moment, and who ended first.  Times are those of
 * each one's own stop, by the clock of who measured it (the engine, the kernel); two that are closer than that can tell
 * are a tie.
 */

/** @import { Run, State, Stop, Target, Verdict } from "../wire/types.js" */
import { endOf } from "./ends.js";
import { stopOf } from "./lanes/figure.js";
import { verdictOn } from "./verdict.js";

const TOGETHER_MS = 1000; // what is asked for at one moment takes the lab a little longer to record
const TIE_S = 0.01; // an engine tells two ends of one moment in any order
const LATE_S = 0.3; // what ended is told a little later: until then nobody has a place

/**
 * @typedef {object} Racer
 * @property {string} id
 * @property {string} name
 * @property {Stop} stop
 * @property {"killed"|"left"|"unknown"|null} how   null: it has not ended
 * @property {number|null} tookS       null: not ended, or nobody measured it
 * @property {number|null} code
 * @property {number|null} place       1, 2 …; null: not yet, or there is no time
 * @property {boolean} tied            others share its place
 * @property {Verdict|null} verdict
 * @property {number[]} proof          events that prove it, the kernel's word first
 *
 * @typedef {object} Race
 * @property {Racer[]} racers          in the order of the lanes
 * @property {Racer[]} order           those that have a time, the first first
 * @property {boolean} over            all of the run has ended
 */

const SUFFIX = /** @type {Record<number, string>} */ ({ 1: "st", 2: "nd", 3: "rd" });

/** "1st", "2nd". @param {number} place */
const ordinal = (place) => `${place}${SUFFIX[place] ?? "th"}`;

/** "1st", "1st, a tie"; "" without a place. @param {Pick<Racer, "place"|"tied">} racer */
export const placeWords = ({ place, tied }) => (place === null ? "" : `${ordinal(place)}${tied ? ", a tie" : ""}`);

const PROOFS = 2;

/** The kernel's word goes before what others said. @param {Target} target @param {Verdict|null} verdict */
const proofOf = ({ kernel, stop }, verdict) => {
  if (!verdict) return [];
  const words = kernel.filter(({ signal, nsPid }) => signal === stop?.signal || nsPid === 1);
  const ids = new Set(words.flatMap(({ id, takenId }) => [id, takenId]));
  const own = verdict.evidence.filter((id) => ids.has(id));
  return (own.length ? own : verdict.evidence).slice(0, PROOFS);
};

/** Ends so close that nobody can tell them apart share a place. @param {Racer[]} order */
const givePlaces = (order) => {
  let first = 0;
  order.forEach((racer, at) => {
    if (at && Number(racer.tookS) - Number(order[first].tookS) >= TIE_S) first = at;
    racer.place = first + 1;
  });
  for (const racer of order) racer.tied = order.filter(({ place }) => place === racer.place).length > 1;
};

/**
 * @param {Run} run @param {State} state @param {number} nowMs - by the server's clock
 * @returns {Race|null} null: no two of its targets were asked to stop together
 */
export const raceOf = (run, state, nowMs) => {
  const targets = run.targets.flatMap((id) => state.targets[id] ?? []);
  const lastMs = Math.max(...targets.map((target) => stopOf(target)?.atMs ?? Number.NEGATIVE_INFINITY));
  /** @type {Racer[]} */
  const racers = targets.flatMap((target) => {
    const stop = stopOf(target);
    if (!stop || (lastMs - stop.atMs >= TOGETHER_MS && !run.rehearsal)) return [];
    const end = endOf(target);
    const verdict = verdictOn(target, stop.id);
    const tookS = end?.byStop ? end.tookS : null;
    const proof = proofOf(target, verdict);
    const { id, name } = target;
    return [{ id, name, stop, how: end?.how ?? null, tookS, code: end?.code ?? null, place: null, tied: false, verdict, proof }]; // biome-ignore format: one racer
  });
  if (racers.length < 2) return null;
  const goingS = racers.filter(({ how }) => how === null).map(({ stop }) => (nowMs - stop.atMs) / 1000 - LATE_S);
  const timed = racers.filter(({ tookS }) => tookS !== null);
  const order = timed.filter(({ tookS }) => goingS.every((s) => s > Number(tookS)));
  order.sort((a, b) => Number(a.tookS) - Number(b.tookS));
  if (!run.rehearsal) givePlaces(order); // two copies, one after the other: nobody wins
  const over = targets.every((target) => target.status === "new" || endOf(target) !== null);
  return { racers, order, over };
};
