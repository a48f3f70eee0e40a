/**
 * Which note stands in the question's slot, if any.  One at a time, the one that explains most of what is missing on
 * the page first: without a connection nothing else can be told.
 */

import { clockTime, counted, duration } from "../words/text.js";

/** @import { Build, Experiment, Health, Run, RunFacts, State, StreamState, Target } from "../wire/types.js" */

/**
 * @typedef {object} Note
 * @property {"bad"|"good"|"news"} is
 * @property {string} headline
 * @property {string} text            words between backquotes are code
 * @property {string|null} code       stable
 * @property {string|null} button
 * @property {"dismiss"|"watch"|"retry"|null} action  what the button does
 *
 * @typedef {{error: string, hint: string|null, code: string, what: string}} Problem  a request that was refused
 *
 * @typedef {object} NoteFacts
 * @property {StreamState|null} stream
 * @property {number|null} caughtUpMs   when the connection came back; null: not of late
 * @property {import("../wire/types_api.js").Writer|null} [unwritten]  the journal cannot be written
 * @property {Problem|null} problem
 * @property {Health|null} health
 * @property {State} state
 * @property {Run|null} run
 * @property {Target|null} target
 * @property {Experiment|null} experiment
 * @property {RunFacts|null} newer      a run that the driver has started since
 */

const CAUGHT_UP_MS = 4000;

/** @param {Partial<Note> & {headline: string}} note @returns {Note} */
const a = (note) => ({ is: "bad", text: "", code: null, button: null, action: null, ...note });

const SOON_BACK = 4; // tries; a lab that is restarted is there by then

/** @param {StreamState} stream @param {Run|null} run @param {number} nowMs @returns {Note|null} */
const connection = (stream, run, nowMs) => {
  if (stream.state === "signed_out") {
    const text =
      "The link by which you came was revoked, or has ended. Ask the driver for a new one, and open it here.";
    return a({ headline: "You are signed out.", text, code: "not_signed_in" });
  }
  if (stream.state !== "lost" && !(stream.state === "connecting" && stream.tries > 0)) return null;
  const inS = stream.nextTryMs === null ? null : Math.max(0, Math.ceil((stream.nextTryMs - nowMs) / 1000));
  const next = inS === null || inS === 0 ? "trying now" : `next try in ${inS} s`;
  const text = `What you see is from before ${clockTime(stream.sinceMs)}; nothing is lost, it is read again · ${next}`;
  const ended = run?.reason === "lab_stopped";
  const headline = ended ? "The lab was stopped." : "No connection to the lab.";
  const who =
    ended || stream.tries > SOON_BACK ? " Whoever runs the lab starts it again; this page goes on by itself." : "";
  return a({ headline, text: `${text}.${who}`, button: "Try now", action: "retry" });
};

/** @param {import("../wire/types_api.js").Writer} writer @returns {Note} */
const unwrittenNote = ({ reason, since, waiting, dropped }) => {
  const from = since ? `, since ${clockTime(Date.parse(since))}` : "";
  const left = dropped ? ` ${counted(dropped, "event")} had to be left out, output first.` : "";
  const text = `${reason}${from}. ${counted(waiting, "event")} ${waiting === 1 ? "waits" : "wait"} to be shown.${left} Targets go on; stop and signals work.`;
  return a({ headline: "The journal cannot be written.", text, code: "journal_lost" });
};

/** @param {Record<string, Build>} builds @returns {Build|null} */
export const buildInProgress = (builds) => Object.values(builds).find((build) => build.state === "running") ?? null;

/** @param {Record<string, Build>} builds @returns {Build|null} */
export const buildFailed = (builds) =>
  Object.values(builds).findLast(({ state }) => state === "failed" || state === "cancelled") ?? null;

/** @param {NoteFacts} facts @returns {Note|null} */
const engine = ({ health, state, run, target, experiment }) => {
  const needed = target ? target.host === "container" : Boolean(experiment?.needs_engine);
  if (!needed) return null;
  const lost = state.lost.engine;
  if (lost && run?.status === "running") {
    const text = `${lost.reason} Since ${clockTime(lost.sinceMs)}; its events are read again when it is back.`;
    return a({ headline: "The engine does not answer.", text, code: "engine_lost" });
  }
  if (run || !health || health.engine.state === "ready") return null;
  const again = "The lab looks again every few seconds; this page lights up by itself.";
  const text = [health.engine.reason, health.engine.hint, again].filter(Boolean).join(" ");
  return a({ headline: "This experiment needs Docker, and no engine answers.", text, code: "no_engine" });
};

/** @param {NoteFacts} facts @returns {Note|null} */
const starting = ({ state, run, target }) => {
  if (!run) return null;
  const unborn = !target || target.status === "new" || target.status === "starting";
  const build = buildInProgress(state.builds);
  if (build && unborn && run.status === "running") {
    const [doing, part] = build.what === "pull" ? ["Pulling", "Layer"] : ["Building", "Step"];
    const at = build.step && build.steps ? `${part} ${build.step} of ${build.steps}. ` : "";
    const text = `${at}Only before its first use; all who wait for it share this ${build.what}.`;
    return a({ is: "news", headline: `${doing} the image “${build.image}”.`, text });
  }
  if (run.reason !== "failed") return null;
  const failed = buildFailed(state.builds);
  const why = run.error ?? "The reason is not known.";
  if (failed?.state === "cancelled") {
    const kept = failed.what === "pull" ? "pulled" : "built";
    const text = `Start again when you like: what was ${kept} already is kept. The log stands in the terminal’s place.`;
    const headline = `The ${failed.what} of the image “${failed.image}” was cancelled.`;
    return a({ headline, text, code: "build_cancelled" });
  }
  if (failed)
    return a({
      headline: `The image “${failed.image}” could not be ${failed.what === "pull" ? "pulled" : "built"}.`,
      text: `${why} The log stands in the terminal’s place.`,
      code: `${failed.what}_failed`,
    });
  return a({ headline: "It could not be started.", text: why, code: "start_failed" });
};

/**
 * @param {NoteFacts} facts
 * @param {number} nowMs - by the server's clock, as the stream's times
 * @returns {Note|null}
 */
export function noteOf(facts, nowMs) {
  const { stream, caughtUpMs, problem, newer } = facts;
  const cut = stream && connection(stream, facts.run, nowMs);
  if (cut) return cut;
  if (problem) {
    const text = [problem.error, problem.hint].filter(Boolean).join(" ");
    return a({ headline: problem.what, text, code: problem.code, button: "Close", action: "dismiss" });
  }
  if (facts.unwritten) return unwrittenNote(facts.unwritten);
  const more = engine(facts) ?? starting(facts);
  if (more) return more;
  if (newer) {
    const ago = duration(Math.max(0, nowMs - Date.parse(newer.created_at)));
    const text = `“${newer.title}”, ${ago} ago.`;
    return a({
      is: "news",
      headline: `The driver has started run ${newer.number}.`,
      text,
      button: "Watch it",
      action: "watch",
    });
  }
  if (caughtUpMs !== null && nowMs - caughtUpMs < CAUGHT_UP_MS) {
    return a({ is: "good", headline: "Connected again.", text: "Everything that happened meanwhile has been read." });
  }
  return null;
}
