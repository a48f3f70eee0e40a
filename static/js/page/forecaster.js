/**
 * What a stop would come to as the form is set now.  For the target's own signal and timeout the journal says it; for
 * anything else the API is asked: a moment after the last change, again when the facts have changed, and only the answer
 * to the last question counts.  No answer is no forecast: the page then says in plain words what is asked for.
 */

/** @import { StopForecast, Target } from "../wire/types.js" */
import { stopForecastOf } from "../reduce/forecasts.js";

const DELAY_MS = 150;

/**
 * @param {{ask: (target: string, how: {signal: string, timeout_s: number}) => Promise<any>, dirty: () => void,
 *   later?: (call: () => void, inMs: number) => any, forget?: (timer: any) => void}} options
 * @returns {(target: Target|null, asked: {timeoutS: number, signal: string}) => StopForecast|null}
 */
export function createForecaster({ ask, dirty, later = setTimeout, forget = clearTimeout }) {
  let question = "";
  /** @type {unknown} */
  let facts = null;
  /** @type {StopForecast|null} */
  let answer = null;
  /** @type {any} */
  let timer;

  const nothing = () => {
    forget(timer);
    question = "";
    answer = null;
    return null;
  };

  return (target, { timeoutS, signal }) => {
    if (target?.status !== "running" || (target.stop && !target.stop.finished)) return nothing();
    const own = target.stopForecast;
    if (own?.signal === signal && own.timeoutS === timeoutS) {
      nothing();
      return own;
    }
    if (target.stopSignal === signal && target.stopTimeoutS === timeoutS) return nothing(); // its event is to come
    const wanted = JSON.stringify([target.id, signal, timeoutS]);
    if (wanted === question && facts === own) return answer;
    if (wanted !== question) answer = null;
    question = wanted;
    facts = own;
    forget(timer);
    timer = later(async () => {
      const said = await ask(target.id, { signal, timeout_s: timeoutS }).catch(() => null);
      if (question !== wanted || facts !== own) return;
      answer = said?.stop ? stopForecastOf(said.stop) : null;
      dirty();
    }, DELAY_MS);
    return answer;
  };
}
