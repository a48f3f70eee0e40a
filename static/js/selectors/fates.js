/**
 * What the keys say: the forecast for the chosen process, for each signal of the board.
 */

/** @import { Forecast, ForecastGroup, Origin, Process, Signal, Target } from "../wire/types.js" */
import { forecastOf } from "../words/fates.js";

/** @typedef {(ForecastGroup|null)[]} Fates  in the order of the keys; empty: there is no forecast */

/** @type {Fates} */
const NONE = [];
/** @type {WeakMap<Forecast, Map<Origin, {keys: readonly Signal[], fates: Fates}>>} a forecast never changes in place */
const known = new WeakMap();

/**
 * @param {Process|null} process - the chosen one
 * @param {readonly Signal[]} keys
 * @param {Origin} from
 * @returns {Fates} the same array while the forecast is the same
 */
export const fatesOf = (process, keys, from) => {
  const forecast = process?.forecast;
  if (!forecast) return NONE;
  const answers = known.get(forecast) ?? new Map();
  known.set(forecast, answers);
  const before = answers.get(from);
  if (before?.keys === keys) return before.fates;
  const fates = keys.map(({ number }) => forecastOf(forecast, number, from));
  answers.set(from, { keys, fates });
  return fates;
};

/** Does it matter where a signal comes from?  Only to a PID 1 of a namespace of its own. @param {Target|null} target */
export const choosesOrigin = (target) =>
  Object.values(target?.processes ?? {}).some(
    ({ isInit, goneMs, forecast }) => isInit && goneMs === null && forecast !== null && forecast.inside !== null,
  );
