/**
 * One sentence over all lanes of a race, and what else there is to say, from their verdicts: who cost the timeout and
 * why, who did not, and the fix of the slowest one.  Nothing here is concluded that no verdict says.
 */

/** @import { Advice } from "../wire/types.js" */
/** @import { Race, Racer } from "./race.js" */
import { seconds } from "../words/text.js";

/**
 * @typedef {object} RaceWords
 * @property {string} say
 * @property {string[]} more            further sentences
 * @property {{name: string, ids: number[]}[]} proofs   the events that prove it, by lane
 * @property {{name: string, advice: Advice}|null} fix   of the slowest
 */

const NOTEWORTHY = 2; // times as long as the fastest, from where on that is said

/** "a", "a and b", "a, b and c". @param {readonly string[]} names */
export const listed = (names) =>
  names.length < 2 ? (names[0] ?? "") : `${names.slice(0, -1).join(", ")} and ${names.at(-1)}`;

/** What stands in a verdict after its "Killed after 3.0 s: ". @param {Racer} racer */
const reasonOf = ({ verdict }) => verdict?.text.replace(/^[^:]*: /, "").replace(/\.$/, "") ?? "";

/** The one reason that all share, whatever their PID 1 is called; else "". @param {Racer[]} racers */
const sharedReason = (racers) => {
  const all = racers.map(reasonOf);
  const whoever = all.map((reason) => reason.replace(/^PID 1 \([^)]*\)/, "PID 1"));
  return [all, whoever].find((reasons) => new Set(reasons).size === 1)?.[0] ?? "";
};

/** @param {Racer[]} racers */
const limitsOf = (racers) => [...new Set(racers.map(({ stop }) => stop.timeoutS))].toSorted((a, b) => a - b);

/** "the full 3 s". @param {Racer[]} racers */
const costOf = (racers) => {
  const limits = limitsOf(racers);
  return limits.length === 1 ? `the full ${limits[0]} s` : "their whole timeouts";
};

/** "after 0.11 s", "after 0.11 to 0.33 s". @param {Racer[]} racers */
const rangeOf = (racers) => {
  const times = racers.map(({ tookS }) => tookS).filter((s) => s !== null);
  if (!times.length) return "after a time that nobody measured";
  const [low, high] = [seconds(Math.min(...times)), seconds(Math.max(...times))];
  return low === high ? `after ${low}` : `after ${low.replace(/ s$/, "")} to ${high}`;
};

const names = (/** @type {Racer[]} */ racers) => listed(racers.map(({ name }) => name));

/** @param {Racer[]} late @param {Racer[]} left @param {number} all */
const sayOf = (late, left, all) => {
  if (!late.length) {
    if (left.length < all) return `Of the ${all}, ${left.length ? names(left) : "none"} left without SIGKILL.`;
    const last = left.reduce((a, b) => ((b.tookS ?? 0) > (a.tookS ?? 0) ? b : a));
    const each = all === 2 ? "Both" : `All ${all}`;
    // Of a tie nobody is last: their order is the engine's, not theirs.
    const when = last.tied ? rangeOf(left) : `${last.name} last, after ${seconds(last.tookS)}`;
    return `${each} left without SIGKILL, ${when}.`;
  }
  const reason = sharedReason(late);
  const why = reason ? `: ${reason}.` : ".";
  if (late.length === all) {
    const limits = limitsOf(late);
    const each = limits.length === 1 ? `after the full ${limits[0]} s` : `after ${listed(limits.map(String))} s`;
    return `None of the ${all} left in time; they were killed ${each}${why}`;
  }
  return `Only ${names(late)} cost ${costOf(late)}${why}`;
};

/** @param {Racer[]} late */
const reasonsOf = (late) =>
  late.length > 1 && !sharedReason(late) ? late.filter(reasonOf).map((each) => `${each.name}: ${reasonOf(each)}.`) : [];

/** @param {Race} race @returns {string[]} */
const ratioOf = ({ order }) => {
  const [first, last] = [order[0], order.at(-1)];
  if (!first?.tookS || !last?.tookS || last.how !== "killed" || first.how === "killed") return [];
  const times = last.tookS / first.tookS;
  return times < NOTEWORTHY ? [] : [`${last.name} took ${Math.round(times)} times as long as ${first.name}.`];
};

/** @param {Race} race @returns {RaceWords} */
export const raceWords = (race) => {
  const { racers, order } = race;
  const late = racers.filter(
    ({ verdict, how }) => how === "killed" && (!verdict || verdict.outcome === "sigkill_at_timeout"),
  );
  const left = racers.filter(({ how }) => how === "left");
  const byHand = racers.filter(({ how, verdict }) => how === "killed" && verdict?.outcome === "sigkill_asked");
  const odd = racers.filter((each) => ![...late, ...left, ...byHand].includes(each));
  const unclean = left.filter(({ verdict }) => verdict?.outcome === "not_clean");
  const more = [
    ...reasonsOf(late),
    ...(late.length && left.length
      ? [`${names(left)} left by ${left.length > 1 ? "themselves" : "itself"} ${rangeOf(left)}.`]
      : []),
    ...ratioOf(race),
    ...unclean.map((each) => `${each.name} was in time, but not clean: ${reasonOf(each)}.`),
    ...(byHand.length ? [`${names(byHand)} ${byHand.length > 1 ? "were" : "was"} killed by hand.`] : []),
    ...odd.map((each) => `${each.name}: ${each.verdict?.text ?? "how it ended is not known."}`),
  ];
  const advised = [...order].reverse().find(({ how, verdict }) => how === "killed" && verdict?.advice) ?? order.at(-1);
  const advice = advised?.verdict?.advice ?? null;
  return {
    say: sayOf(late, left, racers.length),
    more,
    proofs: racers.filter(({ proof }) => proof.length).map(({ name, proof }) => ({ name, ids: proof })),
    fix: advised && advice ? { name: advised.name, advice } : null,
  };
};
