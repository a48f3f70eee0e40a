/**
 * Guesses, as one browser sees them: its own always, those of all for who presents, and for everybody once the stop has
 * begun.  What settles a guess is how the stop ended, and where seconds were guessed how long it took; where somebody
 * killed it by hand, or nobody can tell, none counts.
 */

/** @import { Bet, Guess, Run, State, Target } from "../wire/types.js" */
import { counted, seconds } from "../words/text.js";
import { endOf } from "./ends.js";
import { verdictOn } from "./verdict.js";

/**
 * @typedef {{guess: Guess, word: string, full: string}} Choice   `word`: on the button, `full`: after the target's name
 * @typedef {object} LaneBet
 * @property {boolean} open             it can be guessed now
 * @property {Choice[]} choices
 * @property {Guess|null} mine
 * @property {Record<string, number>|null} tally   by guess; null: not to be seen yet
 * @property {string} words             "5 of 9 right, you too"; "" while it is open
 *
 * @typedef {object} RunBet
 * @property {boolean} open
 * @property {boolean} settled          all targets have ended, and their verdicts are there
 * @property {number} people            who have guessed
 * @property {string} ask               the question to the room
 * @property {string} say               of all of it, in a sentence
 * @property {Record<string, LaneBet>} lanes   by target
 */

const VOID = new Set(["sigkill_asked", "out_of_memory", "not_done"]);

/** What can be guessed, the soonest first. @param {Bet} bet @returns {Choice[]} */
const choicesOf = ({ boundsS, timeoutS }) => {
  const never = timeoutS !== null && timeoutS < 0;
  const last = boundsS.at(-1);
  const killed = never
    ? { word: "not by itself", full: "does not leave by itself" }
    : { word: last && timeoutS ? `killed at ${timeoutS} s` : "killed", full: "is killed at the timeout" };
  const later = never ? "later" : `${last}–${timeoutS} s`;
  const left = last
    ? { word: later, full: `leaves by itself after ${last} s or more` }
    : { word: "leaves", full: "leaves by itself" };
  const soon = boundsS.map((bound, at) => ({
    guess: /** @type {Guess} */ (`left ${bound}`),
    word: at ? `${boundsS[at - 1]}–${bound} s` : "at once",
    full: at ? `leaves after ${boundsS[at - 1]} to ${bound} s` : `leaves at once, within ${bound} s`,
  }));
  return [...soon, { guess: "left", ...left }, { guess: "killed", ...killed }];
};

/** What the guess should have been. @param {Target|undefined} target @param {Bet} bet @returns {Guess|"void"|null} null: not settled yet */
const outcomeOf = (target, { boundsS }) => {
  const end = endOf(target ?? null);
  if (!target || !end) return null;
  if (!end.byStop) return "void";
  const verdict = verdictOn(target, target.stop?.id ?? null);
  if (!verdict) return target.overMs === null ? null : "void";
  if (end.how === "killed" && verdict.outcome === "sigkill_asked" && (target.stop?.timeoutS ?? 0) < 0) return "killed";
  if (VOID.has(verdict.outcome) || end.how === "unknown") return "void";
  if (end.how === "killed" || !boundsS.length) return end.how;
  const { tookS } = end;
  if (tookS === null) return "void";
  const bound = boundsS.find((each) => tookS < each);
  return bound ? `left ${bound}` : "left";
};

/** @param {Record<string, Guess>} guesses @param {Choice[]} choices */
const tallyOf = (guesses, choices) => {
  const all = Object.values(guesses);
  return Object.fromEntries(choices.map(({ guess }) => [guess, all.filter((each) => each === guess).length]));
};

/** @param {Record<string, number>} tally @param {Choice[]} choices */
const tallyWords = (tally, choices) => choices.map(({ guess, word }) => `${tally[guess]} ${word}`).join(", ");

/** @param {Record<string, number>} tally @param {Choice[]} choices @param {Guess|null} mine @param {Guess|"void"|null} outcome */
const laneWords = (tally, choices, mine, outcome) => {
  const all = Object.values(tally).reduce((sum, each) => sum + each, 0);
  if (!all) return "nobody has guessed";
  if (outcome === "void") return "no guess counts";
  if (outcome === null) return `guessed: ${tallyWords(tally, choices)}`;
  const right = tally[outcome] ?? 0;
  const you = mine === null ? "" : mine === outcome ? ", you too" : right === 0 ? "" : ", not you";
  return `${right} of ${all} right${you}`;
};

/** Those who were right in all lanes that they guessed. @param {Bet} bet @param {Record<string, Guess|"void"|null>} outcomes @param {string[]} people */
const allRight = ({ guesses }, outcomes, people) =>
  people.filter((who) => {
    const own = Object.entries(guesses).flatMap(([id, by]) => (by[who] ? [[outcomes[id], by[who]]] : []));
    const counting = own.filter(([outcome]) => outcome !== "void");
    return counting.length > 0 && counting.every(([outcome, guess]) => outcome === guess);
  });

/** How long it took, for who guessed seconds; the stop may have been another one than was meant. @param {Target|undefined} target @param {Choice[]} choices @param {Guess|"void"|null} outcome @param {Bet} bet */
const measured = (target, choices, outcome, { timeoutS }) => {
  const end = endOf(target ?? null);
  const right = choices.find(({ guess }) => guess === outcome);
  const word = outcome === "killed" && target?.stop?.timeoutS !== timeoutS ? "killed" : right?.word;
  return end?.tookS && right ? `It took ${seconds(end.tookS)}, “${word}”: ` : "";
};

/**
 * @param {Run|null} run @param {State} state
 * @param {{who: string, role: "driver"|"viewer"}} reader - `who`: under which name its guesses are recorded; "" not known
 * @returns {RunBet|null} null: nobody was asked
 */
export const betOf = (run, state, { who, role }) => {
  const bet = run?.bet;
  if (!run || !bet) return null;
  const named = [...new Set(Object.values(bet.guesses).flatMap(Object.keys))];
  const people = Math.max(bet.people, named.length);
  const choices = choicesOf(bet);
  /** @type {Record<string, Guess|"void"|null>} */
  const outcomes = Object.fromEntries(run.targets.map((id) => [id, outcomeOf(state.targets[id], bet)]));
  const untold = named.length < people; // closed this moment: what others said comes with the next event
  /** @type {Record<string, LaneBet>} */
  const lanes = {};
  for (const id of run.targets) {
    const tally = tallyOf(bet.guesses[id] ?? {}, choices);
    const mine = bet.guesses[id]?.[who] ?? null;
    const open = bet.open && state.targets[id]?.status === "running";
    const words = bet.open || untold ? "" : laneWords(tally, choices, mine, outcomes[id]);
    lanes[id] = { open, choices, mine, tally: untold || (bet.open && role === "viewer") ? null : tally, words };
  }
  const guessed = people ? counted(people, "person has", "people have") : "nobody has";
  const settled = Object.values(outcomes).every((outcome) => outcome !== null);
  const several = run.targets.length > 1;
  const [one] = run.targets;
  const ask = several ? "How will each end?" : bet.boundsS.length ? "How long will the stop take?" : "How will it end?";
  const say = () => {
    if (bet.open) return `${ask}${several ? " Tap in its lane;" : ""} ${guessed} guessed.`;
    if (!settled || !named.length) return `${guessed[0].toUpperCase()}${guessed.slice(1)} guessed.`;
    const right = allRight(bet, outcomes, named);
    const you = right.includes(who) ? ", you too" : "";
    if (Object.values(outcomes).every((outcome) => outcome === "void"))
      return "No guess counts: it was not left to the stop.";
    if (several) return `${right.length} of ${named.length} had all their lanes right${you}.`;
    const took = bet.boundsS.length ? measured(state.targets[one], choices, outcomes[one], bet) : "";
    return `${took}${right.length} of ${named.length} were right${you}.`;
  };
  return { open: bet.open, settled, people, ask, say: say(), lanes };
};

/** @type {WeakMap<Target, Target>} */
const hushed = new WeakMap();

/** While the room guesses, nothing shows a forecast. @param {Target} target @returns {Target} the same one each time */
export const hush = (target) => {
  const before = hushed.get(target);
  if (before) return before;
  const processes = Object.fromEntries(
    Object.entries(target.processes).map(([row, process]) => [row, { ...process, forecast: null }]),
  );
  const quiet = { ...target, stopForecast: null, processes };
  hushed.set(target, quiet);
  return quiet;
};

/** The same for all of a run; the state itself where nobody guesses. @param {State} state @param {Run|null} run @returns {State} */
export const hushedState = (state, run) => {
  if (!run?.bet?.open) return state;
  const own = Object.fromEntries(
    run.targets.flatMap((id) => (state.targets[id] ? [[id, hush(state.targets[id])]] : [])),
  );
  return { ...state, targets: { ...state.targets, ...own } };
};
