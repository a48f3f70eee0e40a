/**
 * What would happen.  A forecast belongs to a row: a newcomer in the row keeps it until its own is made, so that the
 * keys do not lose their words for a moment each time a `sleep` comes and goes.
 */

/** @import { LabEvent, ForecastGroup, StopForecast, Target } from "../wire/types.js" */

/**
 * @param {Target} target
 * @param {LabEvent & {pid: number, start: number, outside: ForecastGroup[], inside?: ForecastGroup[]}} event
 * @returns {Target}
 */
export const foretold = (target, { pid, start, outside, inside }) => {
  const key = `${pid}:${start}`;
  const process = Object.values(target.processes).find((each) => each.key === key);
  if (!process) return target;
  const forecast = { outside, inside: inside ?? null };
  return { ...target, processes: { ...target.processes, [process.row]: { ...process, forecast } } };
};

/** From an event, or from an answer of the API. @param {any} said @returns {StopForecast} */
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

/** @param {Target} target @param {any} event stop_forecast @returns {Target} */
export const stopForetold = (target, event) => ({ ...target, stopForecast: stopForecastOf(event) });
