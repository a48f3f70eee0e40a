/**
 * What a signal would come to, in signs and words: one list for keys, the list of all signals and the fall.  Its names
 * are those of `app/events/parts.py`, and the contract test holds both together.  Its signs are hollow where the recorded
 * one is filled: this is forecast.
 */

/** @import { Fate, Forecast, ForecastGroup, Origin, Signal } from "../wire/types.js" */
import { has } from "./signals.js";

/**
 * @typedef {object} FateSigns
 * @property {string} look    of a key: which colour its sign has
 * @property {string} sign    in the sprite
 * @property {string} word    on a key: short
 * @property {string} words   in a list or a sentence: "USR1: dropped"
 * @property {string} would   "SIGTERM would be dropped"
 */

/** @param {string} look @param {string} sign @param {string} word @param {string} words @param {string} would @returns {FateSigns} */
const fate = (look, sign, word, words, would) => ({ look, sign, word, words, would });

/** In the order of the list that is sorted by fate: what changes most comes first. @type {Record<Fate, FateSigns>} */
export const FATES = {
  terminates: fate("end", "f-end", "ends it", "ends it", "would end it"),
  core: fate("end", "f-end", "dumps core", "ends it, dumps core", "would end it with a core dump"),
  stops: fate("freeze", "f-freeze", "stops it", "stops it", "would stop it"),
  continues: fate("thaw", "f-thaw", "goes on", "lets it go on", "would let it go on"),
  handler: fate("handle", "h-handle", "handler", "runs its handler", "would run its handler"),
  sigwait: fate("take", "f-take", "sigwait", "taken by sigwait", "would be taken by sigwait"),
  signalfd: fate("take", "f-take", "signalfd", "read from a signalfd", "would be read from a signalfd"),
  pending: fate("wait", "f-wait", "waits", "waits", "would wait"),
  dropped: fate("drop", "f-drop", "dropped", "dropped", "would be dropped"),
  queued_dropped: fate("drop", "f-drop", "dropped", "queued, then dropped", "would be queued, then dropped"),
  ignored: fate("none", "f-none", "ignored", "ignored", "would be ignored"),
  ignored_default: fate("none", "f-none", "ignored", "ignored by default", "would be ignored"),
  none: fate("none", "f-none", "no effect", "no effect", "would do nothing"),
  unknown: fate("unknown", "f-unknown", "unknown", "nobody can tell", "may do anything"),
};

const KILLS = fate("kill", "h-kill", "kills it", "kills it", "would kill it");

/** @param {Fate} name @param {string} signal */
export const signsOf = (name, signal) => (name === "terminates" && signal === "SIGKILL" ? KILLS : FATES[name]);

/** Where in the list sorted by fate. @param {Fate|null} name */
export const rankOf = (name) => (name ? Object.keys(FATES).indexOf(name) : Object.keys(FATES).length);

/** @type {Record<Signal["default"], Fate>} */
const BY_DEFAULT = {
  terminate: "terminates",
  core: "core",
  stop: "stops",
  continue: "continues",
  ignore: "ignored_default",
};

/** What a signal does to who has not said anything else: no forecast. @param {Pick<Signal, "default">} signal */
export const fateByDefault = ({ default: action }) => BY_DEFAULT[action];

/**
 * @param {Forecast|null|undefined} forecast
 * @param {number} number
 * @param {Origin} from
 * @returns {ForecastGroup|null} null: there is no forecast
 */
export const forecastOf = (forecast, number, from) => {
  const groups = (from === "inside" && forecast?.inside) || forecast?.outside || [];
  return groups.find(({ signals }) => has(signals, number)) ?? null;
};
