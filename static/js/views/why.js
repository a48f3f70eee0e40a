/**
 * The line below the board: what went wrong, what was pointed at, or what can be done.  One line, always there.
 */

import { html } from "../lit.js";
import { fateByDefault, signsOf } from "../words/fates.js";

/** @import { BoardRow, ForecastGroup, Origin, Sent, Signal } from "../wire/types.js" */
/** @import { Problem } from "../page/notes.js" */

/**
 * @param {{typed: string, typedSignal: Signal|null, problem: (Problem & {signal: string})|null, failed: Sent|null, pointed: Signal|null,
 *   fate: ForecastGroup|null, from: Origin|null, role: "driver"|"viewer", chosen: BoardRow|null, alive: boolean, name: string}} slice
 *   `fate`: what the pointed one would come to; `typed`: digits so far; `problem`: a request that was refused; `failed`: one that was taken and came to nothing
 */
export const whyView = ({ typed, typedSignal, problem, failed, pointed, fate, from, role, chosen, alive, name }) => {
  if (typed) {
    const known = typedSignal
      ? html`${typedSignal.name}. Enter sends it, Esc forgets it.`
      : html`no such signal. Esc forgets it.`;
    return html`<b>${typed}:</b> ${known}`;
  }
  if (problem)
    return html`<b role="alert">${problem.signal} was not sent:</b> ${problem.error} ${problem.hint ?? ""} <code>${problem.code}</code>`;
  if (pointed && fate) {
    const { words } = signsOf(fate.fate, pointed.name);
    const origin = from === "inside" ? " from inside" : "";
    return html`<b>${pointed.short}${origin} now:</b> ${words}${fate.sure ? "" : ", likely"}. ${fate.why} <span>${pointed.meaning}</span>`;
  }
  if (pointed) {
    const { words: word } = signsOf(fateByDefault(pointed), pointed.name);
    return html`<b>${pointed.short}, ${pointed.number}:</b> ${pointed.meaning} By default: ${word}. ${pointed.used_by}`;
  }
  if (failed?.failed)
    return html`<b role="alert">${failed.signal} was not sent:</b> ${failed.failed.error} <code>${failed.failed.code}</code>`;
  if (role === "viewer")
    return html`You are watching. The driver sends the signals; the shapes say what each process does with them.`;
  if (!alive) return html`Nothing runs that a signal could go to.`;
  const to = chosen ? `${chosen.nsPid} ${chosen.comm}` : name;
  return html`<b>${to}:</b> point at a signal to read about it; press it to send it, or type its number.`;
};
