/**
 * "Guess first": the choices for each target, and in the place of the command line what the room has said.
 */

import { html, nothing } from "../lit.js";

/** @import { Guess } from "../wire/types.js" */
/** @import { LaneBet, RunBet } from "../selectors/bets.js" */

/** @typedef {{id: string, name: string, bet: LaneBet, asked: boolean}} Guessed   `asked`: one is on its way */

/** @param {Guessed} slice @param {(target: string, guess: Guess) => void} onGuess */
export const guessButtons = ({ id, name, bet: { choices, mine, tally }, asked }, onGuess) =>
  html`<fieldset class="bet-two" data-choices=${choices.length}><legend class="vh">How will ${name} end?</legend>${choices.map(
    ({
      guess,
      word,
      full,
    }) => html`<button class="btn bet-one" type="button" aria-pressed=${mine === guess ? "true" : "false"} ?disabled=${asked} @click=${() => onGuess(id, guess)}>
      <span aria-hidden="true">${word}</span><span class="vh">${name} ${full}</span>${tally ? html` <b>${tally[guess]}<span class="vh"> guessed so</span></b>` : nothing}</button>`,
  )}</fieldset>`;

/**
 * In the place of the command line.
 * @param {{bet: RunBet, role: "driver"|"viewer", single: Guessed|null, closing: boolean}} slice
 *   `single`: the one target of a run that has no lanes
 * @param {{onGuess: (target: string, guess: Guess) => void, onBetClose: () => void}} handlers
 */
export const betAskView = ({ bet, role, single, closing }, { onGuess, onBetClose }) => {
  const wide = single !== null && single.bet.choices.length > 2; // then the buttons have no room for the question beside them
  return html`<div class="bet" role="group" aria-label="Guesses" ?data-wide=${wide}>
    <p class="bet-say"><b>${bet.open ? "Guess first" : "Guesses"}</b> ${wide && role === "driver" && bet.open ? bet.say.slice(bet.ask.length) : bet.say}</p>
    ${single?.bet.open && role === "driver" ? guessButtons(single, onGuess) : nothing}
    ${bet.open && role === "driver" ? html`<button class="btn bet-close" type="button" ?disabled=${closing} @click=${onBetClose}>Close</button>` : nothing}
    ${single && !bet.open && !bet.settled && single.bet.words ? html`<p class="bet-words">${single.bet.words}</p>` : nothing}
  </div>`;
};

/** For a viewer, in the clock's slot. @param {Guessed & {ask: string}} slice @param {(target: string, guess: Guess) => void} onGuess */
export const betSlotView = (slice, onGuess) => html`<div class="stop bet-slot">
    <p class="bet-headline">${slice.ask}</p>
    ${guessButtons(slice, onGuess)}
    <p class="stop-why">${slice.bet.mine ? "Taken. You can change it until the stop." : "Tap before the stop."}</p>
  </div>`;
