/**
 * Whom somebody acted on last, from what was recorded: all screens find the same, also one that comes later.
 */

/** @import { Experiment, Run, State, Target } from "../../wire/types.js" */

const TOGETHER_MS = 1000; // what is done at one moment takes the lab a little longer to record

/** @typedef {{key: string, target: string, atMs: number}} Request */

/** @param {Target} target @param {number} nowMs @returns {Request[]} */
const requestsTo = ({ id, stop, lastSent, execs, downloads, marks, later, status, startedMs }, nowMs) => {
  const paused = marks.findLast(({ what, lane }) => what === "pause" && lane === "person");
  const recorded = [stop, lastSent, execs.at(-1), downloads.at(-1), paused].filter((each) => each !== null);
  const requests = recorded.flatMap((each) => (each ? [{ key: `e${each.id}`, target: id, atMs: each.atMs }] : []));
  if (later && status !== "new") requests.push({ key: `start ${id}`, target: id, atMs: startedMs ?? nowMs });
  return requests;
};

const UNRECORDED = /** @type {const} */ (["type", "resize"]);

/**
 * Keys and sizes are not in the journal; that a step has typed shows in what it proves.
 * @param {Run} run @param {State} state @param {Experiment|null} experiment @returns {Request[]}
 */
const requestsOfSteps = ({ id: run, targets, seen }, { record }, experiment) =>
  Object.entries(seen).flatMap(([key, event]) => {
    const actions = experiment?.steps[Number(key.split(".")[0])]?.do ?? [];
    const typed = actions.find((action) => UNRECORDED.some((name) => action[name]));
    if (!typed) return [];
    const name = UNRECORDED.map((each) => typed[each]?.target).find(Boolean);
    const line = record.findLast(({ id, to = id }) => id <= event && event <= to);
    const atMs = line ? (line.lastMs ?? line.atMs) : 0;
    return [{ key: `s${event}`, target: name ? `${run}.${name}` : targets[0], atMs }];
  });

/**
 * @param {Run} run @param {State} state @param {Experiment|null} experiment @param {number} nowMs
 * @returns {{key: string, atMs: number, targets: string[]}|null} the last moment that something was done, and to whom, in
 *   the order of the lanes
 */
export const lastRequests = (run, state, experiment, nowMs) => {
  const targets = run.targets.flatMap((id) => state.targets[id] ?? []);
  const requests = [
    ...targets.flatMap((target) => requestsTo(target, nowMs)),
    ...requestsOfSteps(run, state, experiment),
  ];
  if (requests.length === 0) return null;
  const last = requests.reduce((a, b) => (b.atMs > a.atMs ? b : a));
  const together = new Set(requests.filter(({ atMs }) => last.atMs - atMs < TOGETHER_MS).map(({ target }) => target));
  return { key: last.key, atMs: last.atMs, targets: run.targets.filter((id) => together.has(id)) };
};
