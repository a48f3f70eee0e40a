/**
 * Verdicts: what each request came to, with the numbers of the events that prove it.  A later one for the same request
 * takes the place of the one before; the lab says more when more has come of it.
 */

/** @import { Target, Verdict } from "../wire/types.js" */
/** @import { VerdictEvent } from "../wire/types_events.js" */
import { timeMs } from "../words/text.js";

export const VERDICTS_KEPT = 100;

/** @param {Target} target @param {VerdictEvent} event @returns {Target} */
export const judged = (target, event) => {
  /** @type {Verdict} */
  const verdict = {
    id: event.id,
    atMs: timeMs(event.at),
    request: event.request ?? null,
    signal: event.signal ?? null,
    outcome: event.outcome,
    held: event.held,
    text: event.text,
    said: event.said,
    evidence: event.evidence,
    advice: event.advice ? { ...event.advice, note: event.advice.note ?? "", at: event.advice.at ?? [] } : null,
  };
  const others = target.verdicts.filter(({ request }) => request !== verdict.request);
  return { ...target, verdicts: others.slice(1 - VERDICTS_KEPT).concat(verdict) };
};
