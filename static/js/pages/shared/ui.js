/**
 * What the stage remembers that no event tells: what is chosen, pointed at, typed, and asked but not yet answered.
 * Nothing here is a fact: a key is "sent" only by its event, never because it was pressed.
 */

/** @import { BoardRow, Origin, RunFacts, Signal, State, Target } from "../../wire/types.js" */
/** @import { Problem } from "../../page/notes.js" */
/** @import { Beam, KeyState } from "../../views/board.js" */
/** @import { StopChoice } from "../../views/stop.js" */

export const ROWS = 100; // of a board at first, and with each time that more are asked for
const LIT_MS = 2000; // how long a key and its beam stay lit after the event

/**
 * @typedef {{url: string, qr: import("../../views/qr.js").Qr|null, outOfReach: string, error: string, revoke: ""|"ask"|"done",
 *   gone: number}} Share  `gone`: how many were watching
 */
/** @typedef {"catalogue"|"find"|"help"|"kill"|"palette"|"share"|"threads"} DialogKind */

/** @type {Share} */
export const NO_LINK = { url: "", qr: null, outOfReach: "", error: "", revoke: "", gone: 0 };

/** Its own timeout and signal. @type {StopChoice} */
export const OWN = { wait: "own", seconds: "", signal: "" };

export const createUi = () => ({
  /** @type {string|null} */
  targetId: null,
  /** When it was chosen by hand, by the server's clock. */
  chosenMs: Number.NEGATIVE_INFINITY,
  /** The last act that the choice has followed, or was not to follow. */
  followed: "",
  /** Row by target. @type {Record<string, string>} */
  selected: {},
  /** How many processes the board shows. */
  rows: ROWS,
  choice: OWN,
  /** It was chosen by hand; else it is what the lesson's step means. */
  chose: false,
  /** Where signals are sent from, where that matters. @type {Origin} */
  from: "outside",
  /** What was asked: null while the request is on its way, then the event that records it. @type {Map<string, number|null>} */
  asked: new Map(),
  /** When that was last, by the page's own clock. */
  askedMs: Number.NEGATIVE_INFINITY,
  /** @type {Problem|null} */
  problem: null,
  /** @type {(Problem & {signal: string})|null} */
  signalProblem: null,
  /** @type {string|null} */
  pointed: null,
  typed: "",
  tab: "signals",
  /** @type {DialogKind|null} */
  dialog: null,
  find: { query: "", at: 0, sort: /** @type {"number"|"fate"} */ ("number") },
  palette: { query: "", at: 0 },
  /** The newest runs, for the palette. @type {RunFacts[]} */
  recent: [],
  /** The row whose threads are shown. */
  threads: "",
  share: NO_LINK,
  /** @type {string|null} */
  copied: null,
  /** The event that a link points at. @type {number|null} */
  evidence: null,
  evidenceShown: false,
  /** The event that is pointed at in the fall, and the last one. @type {number|null} */
  point: null,
  pointStop: 0,
  /** Of several targets: the chosen one's whole fall, in the room of the lanes. */
  whole: false,
  /** What is looked at of its time; null: all of it. @type {import("../../selectors/fall/zoom.js").Zoom|null} */
  zoom: null,
  follow: true,
  seenId: 0,
  /** @type {{cols: number, rows: number}|null} */
  size: null,
  refused: "",
});

/** @typedef {ReturnType<typeof createUi>} Ui */

/** @param {Ui} ui @param {State} state */
export const forgetAnswered = (ui, state) => {
  for (const [key, eventId] of ui.asked) if (eventId !== null && eventId <= state.lastId) ui.asked.delete(key);
};

/** What was about another run. @param {Ui} ui */
export const forgetRun = (ui) => {
  const { targetId, chosenMs, followed, selected, rows, problem, signalProblem } = createUi();
  const { evidence, follow, seenId, refused, from, point, zoom } = createUi();
  Object.assign(ui, { targetId, chosenMs, followed, selected, rows, problem, signalProblem });
  Object.assign(ui, { evidence, follow, seenId, refused, from, point, zoom });
  ui.asked.clear();
};

/**
 * The row that signals go to: the chosen one while it is shown, else the root's.
 * @param {Ui} ui @param {Target|null} target @param {BoardRow[]} rows @param {string|null} rootRow
 * @returns {string|null}
 */
export const selectedRow = (ui, target, rows, rootRow) => {
  const chosen = target ? ui.selected[target.id] : undefined;
  if (chosen && rows.some(({ row }) => row === chosen)) return chosen;
  return rows.some(({ row, is }) => row === rootRow && is !== "gone") ? rootRow : null;
};

/**
 * What was sent of late: the last request for a signal, and what a stop itself sends.
 * @param {Target} target
 * @returns {{signal: string, atMs: number, pid: number|null}[]} oldest first
 */
const sentOf = ({ sent, stop }) => {
  const all = Object.values(sent)
    .filter(({ failed }) => !failed)
    .map(({ signal, atMs, pid }) => ({ signal, atMs, pid }));
  if (stop) all.push({ signal: stop.signal, atMs: stop.sentMs ?? stop.atMs, pid: null });
  if (stop?.killMs) all.push({ signal: "SIGKILL", atMs: stop.killMs, pid: null });
  return all.toSorted((a, b) => a.atMs - b.atMs);
};

const ABOUT_MS = 1000; // the engine's clock and the kernel's, and how long the engine takes

/** Did the kernel say that it threw it away? @param {Target} target @param {string} signal @param {number} pid @param {number} atMs */
const wasDropped = ({ kernel }, signal, pid, atMs) => {
  const word = kernel.findLast((each) => each.pid === pid && each.signal === signal && each.atMs > atMs - ABOUT_MS);
  return word !== undefined && (word.generated === "ignored" || word.delivered === "dropped");
};

/**
 * @param {Ui} ui @param {Target|null} target @param {BoardRow[]} rows @param {string|null} rootRow @param {number} nowMs
 * @returns {{states: Record<string, KeyState>, beam: Beam|null, untilMs: number}} `untilMs`: when the next light goes out
 */
export const lightsOf = (ui, target, rows, rootRow, nowMs) => {
  /** @type {Record<string, KeyState>} */
  const states = {};
  /** @type {Beam|null} */
  let beam = null;
  let untilMs = Number.POSITIVE_INFINITY;
  const last = target?.lastSent ?? null;
  if (last?.failed) states[last.signal] = "failed";
  for (const { signal, atMs, pid } of target ? sentOf(target) : []) {
    if (nowMs - atMs > LIT_MS) continue;
    states[signal] = "sent";
    untilMs = Math.min(untilMs, atMs + LIT_MS);
    const to =
      pid === null
        ? rows.find(({ row }) => row === rootRow)
        : rows.find(({ nsPid, is }) => nsPid === pid && is !== "gone");
    const dropped = target !== null && to !== undefined && wasDropped(target, signal, to.pid, atMs);
    beam = to ? { signal, row: to.row, dropped } : null;
  }
  if (ui.signalProblem) states[ui.signalProblem.signal] = "failed";
  for (const key of ui.asked.keys()) if (key.startsWith("signal:")) states[key.slice(7)] = "asked";
  return { states, beam, untilMs };
};

/** @param {string} typed @param {Signal[]} signals */
export const typedSignal = (typed, signals) => signals.find(({ number }) => String(number) === typed) ?? null;
