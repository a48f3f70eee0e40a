/** What is said over both lanes of a rehearsal: the lab's own sentence and what the copies had not, with a race's proofs and fix. */

import { listed, raceWords } from "./race_sentence.js";

/** @import { RehearsedEvent } from "../wire/types_events.js" */
/** @import { Race } from "./race.js" */
/** @import { RaceWords } from "./race_sentence.js" */

/** @param {RehearsedEvent} rehearsal @param {Race|null} race - null: only one copy was stopped @returns {RaceWords} */
export const rehearsalWords = ({ text, without = [] }, race) => ({
  ...(race ? raceWords(race) : { proofs: [], fix: null }),
  say: text,
  more: without.length ? [`The copies were without ${listed(without)}.`] : [],
});
