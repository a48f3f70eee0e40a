/**
 * What would happen.  A forecast belongs to a row: a newcomer in the row keeps it until its own is made, so that the
 * keys do not lose their words for a moment each time a `sleep` comes and goes.
 */

/** @import { LabEvent, StopForecast, Target } from "../wire/types.js" */
/** @import { ForecastEvent, StopForecastEvent } from "../wire/types_events.js" */

/**
 * @param {Target} target
 * @param {ForecastEvent} event
 * @returns {Target}
 */
export const forecastMade = (target, { pid, start, outside, inside }) => {
  const key = `${pid}:${start}`;
  const process = Object.values(target.processes).find((each) => each.key === key);
  if (!process) return target;
  const forecast = { outside, inside: inside ?? null };
  return { ...target, processes: { ...target.processes, [process.row]: { ...process, forecast } } };
};

/** From an event, or from an answer of the API. @param {Omit<StopForecastEvent, keyof LabEvent>} said @returns {StopForecast} */
export const stopForecastOf = ({ signal, timeout_s: timeoutS, outcome, sure, say, why, because, fix }) => ({
  signal,
  timeoutS,
  outcome,
  sure,
  say,
  why,
  because: because ?? [],
  fix: fix ?? null,
});

/** @param {Target} target @param {StopForecastEvent} event @returns {Target} */
export const stopForecastMade = (target, event) => ({ ...target, stopForecast: stopForecastOf(event) });
