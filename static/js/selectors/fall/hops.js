/**
 * The way of a signal among the processes of a target: who sent what to whom, and what became of it there.  Below the
 * root's own life the program's lane has room for three more processes.  They stand in the order in which they appeared,
 * so that none moves when another comes or goes, and what is too many shares the last place.  What came and went within a
 * moment, such as the copy that a shell makes of itself for a $(…), goes behind the others.
 *
 * A process of another target of the run, to which or from which one was sent, has the last place: a name, and no life, for
 * that is in the fall of its own target.
 *
 * Only what the kernel told is here.  A hop has no line where its sender is none of these processes: the terminal sends
 * to a whole group, and the end of PID 1 ends the rest.
 */

/** @import { FallMark, KernelWord, Process, Target } from "../../wire/types.js" */
/** @import { Axis } from "./axis.js" */
/** @import { NumberOf } from "./kernel.js" */
import { nameFor } from "../../words/kernel.js";
import { defaultOf } from "../../words/signals.js";
import { shortened } from "../../words/text.js";
import { rootOf } from "../board.js";
import { answerOf } from "./kernel.js";

const PLACES = 4; // the root's and three below it
const BRIEF_MS = 1000;
const NAME = 14;
const NAME_ELSEWHERE = 18;
const APART = 0.6; // per cent: signs of one kind on one place closer than this are one
const CHARACTER = 0.86; // per cent of the plot's width, guessed as in `words.js`
const BESIDE = 1.6;

/**
 * @typedef {object} Place                one process, or several that share the last place
 * @property {string} name
 * @property {readonly number[]} pids     on the engine's machine
 * @property {{x0: number, x1: number}|null} life   per cent; null for the root: that is the life of the fall; and for what is of another target
 * @property {"cross"|"end"|null} end    how its life ended, as far as somebody saw
 *
 * @typedef {object} Hop
 * @property {number} id                 of the event that told it last
 * @property {number} sentId             of the event that began it
 * @property {number} atMs               when it was taken, else sent
 * @property {number|null} from          index of the sender's place; null: none of these
 * @property {number} to                 index of the receiver's place
 * @property {number} x                  per cent, when it was sent
 * @property {number} takenX             per cent, where its sign stands
 * @property {FallMark["shape"]} shape
 * @property {string} say                "tini → python3: SIGTERM, ends it"
 * @property {string} text               beside the sign, "" where there is no room: "SIGTERM from tini: ends it"
 * @property {"start"|"end"} anchor
 *
 * @typedef {object} Way
 * @property {Place[]} places            the root's first
 * @property {Hop[]} hops                in order of time
 */

/** @param {number} x */
const within = (x) => Math.min(100, Math.max(0, x));

/** Whether it came and went. @param {Process} process */
const briefly = ({ appearedMs, goneMs }) => Number(goneMs !== null && goneMs - appearedMs < BRIEF_MS);

/** Those of which something can be in the window, the root first, the rest as they came. @param {Target} target @param {Axis} axis @returns {Process[]} */
const shown = (target, axis) => {
  const root = rootOf(target);
  if (!root) return [];
  const rest = Object.values(target.processes)
    .filter((each) => each !== root)
    .filter(({ appearedMs, goneMs }) => axis.x(appearedMs) <= 100 && (goneMs === null || goneMs >= axis.zeroMs))
    .toSorted((a, b) => briefly(a) - briefly(b) || a.appearedMs - b.appearedMs || a.pid - b.pid);
  return [root, ...rest];
};

/** @param {Process} process @param {Axis} axis @param {number} untilX */
const lifeOf = ({ appearedMs, goneMs }, axis, untilX) => ({
  x0: within(axis.x(appearedMs)),
  x1: Math.min(untilX, goneMs === null ? 100 : within(axis.x(goneMs))),
});

/** @param {Process} process @returns {Place["end"]} */
const endOf = ({ goneMs, ended }) => (goneMs === null || ended === null ? null : ended === "exited" ? "end" : "cross");

/** Those of other targets that were signalled or did so in the window. @param {Target} target @param {Axis} axis @returns {Place|null} */
const elsewhere = ({ across, kernel }, axis) => {
  if (!across) return null;
  const words = [...across.sent, ...kernel.filter((word) => word.across)].filter(
    ({ atMs }) => atMs >= axis.zeroMs && axis.x(atMs) <= 100,
  );
  const met = across.others.filter(({ pid }) => words.some((word) => word.pid === pid || word.senderPid === pid));
  if (!met.length) return null;
  const name = met.length === 1 ? shortened(met[0].name, NAME_ELSEWHERE) : "other targets";
  return { name, pids: met.map(({ pid }) => pid), life: null, end: null };
};

/** @param {Process[]} processes @param {Axis} axis @param {number} untilX @param {number} most @returns {Place[]} */
const placesOf = (processes, axis, untilX, most) => {
  const alone = processes.length <= most ? processes : processes.slice(0, most - 1);
  /** @type {Place[]} */
  const places = alone.map((process, at) => ({
    name: shortened(nameFor(process.comm), NAME),
    pids: [process.pid],
    life: at === 0 ? null : lifeOf(process, axis, untilX),
    end: at === 0 ? null : endOf(process),
  }));
  const more = processes.slice(alone.length);
  if (more.length) {
    const lives = more.map((process) => lifeOf(process, axis, untilX));
    const life = { x0: Math.min(...lives.map(({ x0 }) => x0)), x1: Math.max(...lives.map(({ x1 }) => x1)) };
    places.push({ name: `+${more.length} more`, pids: more.map(({ pid }) => pid), life, end: null });
  }
  return places;
};

/** What became of it, in two words. @param {KernelWord} word @param {FallMark["shape"]} shape */
const fateOf = ({ signal, delivered, generated, teardown }, shape) => {
  if (teardown) return "PID 1 ended";
  if (delivered === "handler") return "handler";
  if (delivered === "dropped") return "dropped";
  if (shape === "cross") return defaultOf(signal) === "core" ? "dumps core" : "ends it";
  if (shape === "freeze") return "stops it";
  if (shape === "thaw") return "goes on";
  if (shape === "none") return "no effect";
  return generated === "ignored" ? "ignored" : "waits";
};

/** Told here: from process to process, or from outside to another than the root. @param {Target} target @param {KernelWord} word */
const isHop = (target, word) => {
  if (word.senderKind === "itself" || word.senderPid === word.pid) return false;
  if (word.teardown) return word.signal === "SIGKILL" && word.generated !== null;
  if (word.senderKind === "process") return true;
  const unheard = word.generated === "ignored" && defaultOf(word.signal) === "ignore"; // a resize, to all of them
  return word.pid !== target.pid && !unheard && word.generated !== null;
};

/** The words beside the signs that have room on their place. @param {Hop[]} hops @param {(hop: Hop) => boolean} wanted @returns {Hop[]} */
const placed = (hops, wanted) => {
  /** @type {Record<number, [number, number][]>} */
  const taken = {};
  return hops.map((hop) => {
    const width = hop.text.length * CHARACTER + BESIDE;
    const anchor = hop.takenX > 55 ? /** @type {const} */ ("end") : /** @type {const} */ ("start");
    const [from, to] = anchor === "end" ? [hop.takenX - width, hop.takenX] : [hop.takenX, hop.takenX + width];
    taken[hop.to] ??= [];
    const free = wanted(hop) && from >= 0 && to <= 100 && taken[hop.to].every(([a, b]) => to <= a || from >= b);
    if (free) taken[hop.to].push([from, to]);
    return { ...hop, anchor, text: free ? hop.text : "" };
  });
};

/** @param {Target} target @param {Axis} axis @param {NumberOf} numberOf @param {Place[]} places @returns {Hop[]} */
const hopsOf = (target, axis, numberOf, places) => {
  const placeOf = (/** @type {number|null} */ pid) => {
    const at = pid === null ? -1 : places.findIndex(({ pids }) => pids.includes(pid));
    return at < 0 ? null : at;
  };
  /** @type {Record<string, number>} */
  const last = {};
  const words = target.across
    ? [...target.kernel, ...target.across.sent].toSorted((a, b) => a.atMs - b.atMs)
    : target.kernel;
  const hops = words
    .filter((word) => word.atMs >= axis.zeroMs && isHop(target, word))
    .flatMap((word) => {
      const to = placeOf(word.pid);
      const atMs = word.deliveredMs ?? word.atMs;
      const [x, takenX] = [axis.x(word.atMs), axis.x(atMs)];
      if (to === null || takenX < -1 || x > 101) return [];
      const { lane, shape: fate } = answerOf(word, numberOf);
      const shape = word.teardown ? /** @type {const} */ ("cross") : fate;
      const kind = `${word.signal} ${word.senderPid} ${to} ${lane} ${shape} ${places[to].pids.length > 1 ? "" : word.pid}`;
      if (x - (last[kind] ?? Number.NEGATIVE_INFINITY) < APART) return [];
      last[kind] = x;
      const from = word.teardown ? null : placeOf(word.senderPid);
      const who = places[to].pids.length > 1 ? `${nameFor(word.comm)}: ` : "";
      const sender = word.teardown ? "the kernel" : word.sender ? nameFor(word.sender) : "somebody";
      const became = fateOf(word, shape);
      return {
        id: word.takenId ?? word.id,
        sentId: word.id,
        atMs,
        ...{ from, to, x, takenX, shape },
        say: `${sender} → ${nameFor(word.comm)}: ${word.signal}, ${became}`,
        text: `${who}${word.signal} from ${sender}: ${became}`,
        anchor: /** @type {const} */ ("start"),
      };
    });
  return placed(hops, ({ to }) => to > 0);
};

/** The kernel said when its life ended; that it was gone was seen later. @param {Place} place @param {Hop[]} hops @param {number} at @returns {Place} */
const ended = (place, hops, at) => {
  const cross = hops.find(({ to, shape }) => to === at && shape === "cross");
  if (!cross || !place.life || place.pids.length > 1) return place;
  return {
    ...place,
    life: { ...place.life, x1: Math.max(place.life.x0, Math.min(place.life.x1, cross.takenX)) },
    end: null,
  };
};

/**
 * @param {Target} target
 * @param {Axis} axis
 * @param {NumberOf} numberOf
 * @param {number} untilX - per cent: where what is recorded ends
 * @returns {Way|null} null: there is only one process to tell of
 */
export const wayOf = (target, axis, numberOf, untilX) => {
  const processes = shown(target, axis);
  const other = elsewhere(target, axis);
  if (processes.length < (other ? 1 : 2)) return null;
  const places = placesOf(processes, axis, untilX, other ? PLACES - 1 : PLACES);
  if (other) places.push(other);
  const hops = hopsOf(target, axis, numberOf, places);
  return { places: places.map((place, at) => ended(place, hops, at)), hops };
};

/** The place of a process; 0, the root's, where nothing else is known. @param {Way|null|undefined} way @param {number|undefined} pid */
export const placeIn = (way, pid) =>
  Math.max(0, way && pid !== undefined ? way.places.findIndex(({ pids }) => pids.includes(pid)) : 0);

/** The way in a sentence or two, for who has no room for more. @param {Way|null|undefined} way */
export const wayWords = (way) => {
  const between = way?.hops.filter(({ from }) => from !== null) ?? [];
  if (!between.length) return "";
  const rest = between.length - 1;
  return rest ? `${between[0].say}; ${rest} more` : between[0].say;
};
