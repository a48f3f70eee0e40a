/**
 * What is said over both lanes of a rehearsal: the lab's own sentence, what the copies had not, and the fix that the
 * first one was in want of.
 */

import { listed } from "./race_sentence.js";
import { endVerdict } from "./verdict.js";

/** @import { Rehearsal, Run, State } from "../wire/types.js" */
/** @import { Race } from "./race.js" */
/** @import { RaceWords } from "./race_sentence.js" */

/** @param {Rehearsal} rehearsal @param {Run} run @param {State} state @param {Race|null} race @returns {RaceWords} */
export const rehearsalWords = ({ text, without }, run, state, race) => {
  const first = state.targets[run.targets[0]];
  const advice = first ? (endVerdict(first)?.advice ?? null) : null;
  return {
    say: text,
    more: without.length ? [`The copies were without ${listed(without)}.`] : [],
    proofs: (race?.racers ?? []).filter(({ proof }) => proof.length).map(({ name, proof }) => ({ name, ids: proof })),
    fix: advice ? { name: first.name, advice } : null,
  };
};
