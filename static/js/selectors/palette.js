/**
 * Everything that can be done, as one list to search: what is typed may be any letters of it in their order.  What
 * stands together and at the beginning of words is meant rather than what is scattered.
 */

import { linkTo } from "../words/address.js";

/** @import { Experiment, RunFacts, Signal, Target } from "../wire/types.js" */

/**
 * @typedef {object} Entry
 * @property {string} id
 * @property {string} group
 * @property {string} text
 * @property {string} [more]        in the second voice; it is searched, too
 * @property {string} [keys]        that do the same
 * @property {string} [href]        where it leads; else `act` says what it does
 * @property {boolean} [apart]      in a window of its own
 * @property {Act} [act]
 *
 * @typedef {{kind: "target"|"signal"|"theme", what: string} | {kind: "stop-with", seconds: number}
 *   | {kind: "start"|"step"|"stop"|"kill"|"present"|"full"|"qr"|"share"|"copy"|"help"|"follow"|"whole"|"bet"}} Act
 */

const START = 10; // a letter that begins a word
const NEXT = 9; // one right after the one before
const GAP_MAX = 5; // what is taken off for letters that are passed over
const EXACT = 40; // TERM is SIGTERM, whatever else begins so
const MAX = 60; // entries that are shown

/** @param {string} text @param {number} at */
const beginsWord = (text, at) => at === 0 || /[^a-z0-9]/.test(text[at - 1]);

/**
 * How well the letters of a word are found in a text, in their order; the best of all places to begin.
 *
 * @param {string} word - in small letters
 * @param {string} text - in small letters
 * @returns {number} the larger, the better; −1: not found
 */
export const score = (word, text) => {
  let best = -1;
  for (let begin = text.indexOf(word[0]); begin >= 0; begin = text.indexOf(word[0], begin + 1)) {
    let [sum, at] = [0, begin];
    for (let letter = 0; letter < word.length; letter += 1) {
      const found = letter === 0 ? begin : text.indexOf(word[letter], at + 1);
      if (found < 0) return best; // nor from any later place
      if (letter > 0 && found === at + 1) sum += NEXT;
      else sum += (beginsWord(text, found) ? START : 0) - Math.min(GAP_MAX, found - at);
      at = found;
    }
    best = Math.max(best, sum);
  }
  return best;
};

const SECONDS = /\b(\d{1,4})\b/;

/**
 * The entries that hold every word of a query, the best first; all of them, in their order, where there is none.
 *
 * @param {Entry[]} entries @param {string} query
 * @returns {Entry[]}
 */
export const found = (entries, query) => {
  const words = query.toLowerCase().split(/\s+/).filter(Boolean);
  if (!words.length) return entries.slice(0, MAX);
  const scored = entries.flatMap((entry, at) => {
    const [text, rest] = [entry.text.toLowerCase(), `${entry.group} ${entry.more ?? ""}`.toLowerCase()];
    let sum = 0;
    for (const word of words) {
      const first = score(word, text);
      const second = rest.includes(word) ? NEXT * (word.length - 1) : -1; // scattered letters are in every long text
      if (first < word.length && second < 0) return [];
      sum += Math.max(first, second) + (words.length === 1 && (text === word || text === `sig${word}`) ? EXACT : 0);
    }
    return { entry, at, sum: sum - text.length / 100 };
  });
  return scored
    .sort((a, b) => b.sum - a.sum || a.at - b.at)
    .slice(0, MAX)
    .map(({ entry }) => entry);
};

const WAITS = /** @type {const} */ ([0, 3, 10, -1]);

/** @param {number} seconds */
const stopText = (seconds) => (seconds < 0 ? "Stop, and never kill" : `Stop with ${seconds} s`);

/**
 * @typedef {object} Known                 what the page knows, and who looks at it
 * @property {"driver"|"viewer"} role
 * @property {string} page                 "stage", "home", "runs", "race", "signals" or "doctor"
 * @property {boolean} alone               a report: there is no lab to go to
 * @property {Experiment[]} experiments
 * @property {RunFacts[]} runs
 * @property {Target|null} target
 * @property {Target[]} targets            to choose from
 * @property {Signal[]} signals
 * @property {boolean} canStop
 * @property {boolean} stopping
 * @property {boolean} mayStart
 * @property {boolean} betting              the room guesses
 * @property {string} step                 what the lesson's button does now; "" nothing
 * @property {string} command              to copy
 * @property {boolean} presenting
 * @property {boolean} large               presenter mode has room
 * @property {"follow"|"roam"|null} led
 */

/** Where one can go. @param {Known} known @returns {Entry[]} */
const placesOf = (known) => [
  ...known.experiments.map(({ id, title, group, available }) => ({
    ...{
      id: `experiment-${id}`,
      group: "Experiment",
      text: title,
      href: linkTo(`/experiments/${encodeURIComponent(id)}`),
    },
    more: `${id} ${group}${available ? "" : ", not possible here"}`,
  })),
  ...known.runs.map(({ run, number, title, status }) => ({
    ...{ id: `run-${run}`, group: "Run", text: `Run ${number}: ${title}`, more: status },
    href: linkTo(`/runs/${encodeURIComponent(run)}`),
  })),
  { id: "page-home", group: "Page", text: "Experiments", more: "home, catalogue", href: linkTo("/") },
  { id: "page-runs", group: "Page", text: "Runs", more: "history", href: linkTo("/runs") },
  ...(known.role === "driver"
    ? [{ id: "page-race", group: "Page", text: "Race", more: "side by side", href: linkTo("/race") }]
    : []),
  ...(known.role === "driver"
    ? [
        {
          id: "page-speaker",
          group: "Page",
          text: "Speaker’s window",
          more: "next, learnt, elapsed",
          href: linkTo("/speaker"),
          apart: true,
        },
      ]
    : []),
  { id: "page-signals", group: "Page", text: "Signals", more: "reference", href: linkTo("/signals") },
  {
    id: "page-doctor",
    group: "Page",
    text: "Doctor",
    more: "why does it take 10 s, containers",
    href: linkTo("/doctor"),
  },
];

/**
 * What can be done here and now; a viewer gets nothing that acts on a target.
 *
 * @param {Known} known @param {string} query - the number in it is that of the stop
 * @returns {Entry[]}
 */
export const entriesOf = (known, query) => {
  const { role, page, target, targets, presenting, led } = known;
  const [drives, stage] = [role === "driver", page === "stage"];
  const alive = drives && stage && target?.status === "running";
  const typed = /[a-z]/i.test(query) ? SECONDS.exec(query)?.[1] : undefined; // a number alone is a signal's
  const waits = [...new Set([...(typed && Number(typed) <= 3600 ? [Number(typed)] : []), ...WAITS])];
  /** @param {boolean} when @param {...Entry} entries */
  const where = (when, ...entries) => (when ? entries : []);
  /** A key that is one in presenter mode only. @param {string} keys */
  const large = (keys) => (presenting ? { keys } : {});
  return [
    ...where(drives && known.mayStart, {
      id: "start",
      group: "Run",
      text: "Start it",
      more: "run it again",
      ...large("r"),
      act: { kind: "start" },
    }),
    ...where(drives && known.step !== "", {
      id: "step",
      group: "Lesson",
      text: known.step,
      more: "do the step",
      ...large("n"),
      act: { kind: "step" },
    }),
    ...where(
      alive && known.canStop,
      {
        id: "stop",
        group: "Stop",
        text: `Stop ${target?.name ?? ""}`,
        more: "with what is chosen",
        keys: "s",
        act: { kind: "stop" },
      },
      ...waits.map((seconds) => ({
        ...{
          id: `stop-${seconds}`,
          group: "Stop",
          text: stopText(seconds),
          more: seconds === 0 ? "SIGKILL at once" : "",
        },
        act: /** @type {Act} */ ({ kind: "stop-with", seconds }),
      })),
    ),
    ...where(alive && (known.canStop || known.betting), {
      id: "bet",
      group: "Room",
      text: known.betting ? "Take no more guesses" : "Guess first",
      more: "the room says before the stop how it will end",
      ...large("g"),
      act: { kind: "bet" },
    }),
    ...where(alive && known.stopping, {
      id: "kill",
      group: "Stop",
      text: "Kill now",
      more: "asks once",
      keys: "K",
      act: { kind: "kill" },
    }),
    ...targets.map(({ id, name }, at) => ({
      ...{ id: `target-${id}`, group: "Target", text: name, keys: String(at + 1) },
      act: /** @type {Act} */ ({ kind: "target", what: id }),
    })),
    ...where(stage && known.large && targets.length > 1, {
      id: "whole",
      group: "View",
      text: "Whole fall, or all lanes",
      more: "of the chosen target",
      keys: "v",
      act: { kind: "whole" },
    }),
    ...where(stage && known.large, {
      id: "present",
      group: "View",
      text: presenting ? "Leave presenter mode" : "Present",
      more: "presenter mode",
      keys: "P",
      act: { kind: "present" },
    }),
    ...where(presenting, { id: "full", group: "View", text: "Full screen", keys: "f", act: { kind: "full" } }),
    ...where(led !== null, {
      id: "follow",
      group: "View",
      text: led === "follow" ? "Roam" : "Follow the presenter",
      act: { kind: "follow" },
    }),
    ...where(drives, {
      id: "share",
      group: "Room",
      text: "Share a link to watch",
      more: "QR code, viewers",
      act: { kind: "share" },
    }),
    ...where(drives && presenting, {
      id: "qr",
      group: "Room",
      text: "QR code in the corner",
      more: "link to watch",
      keys: "q",
      act: { kind: "qr" },
    }),
    ...where(known.command !== "", {
      id: "copy",
      group: "Copy",
      text: "Copy the command",
      more: known.command,
      act: { kind: "copy" },
    }),
    ...where(
      alive,
      ...known.signals.map(({ name, number, meaning }) => ({
        ...{ id: `signal-${number}`, group: "Send", text: name, more: `${number} ${meaning}` },
        act: /** @type {Act} */ ({ kind: "signal", what: name }),
      })),
    ),
    ...(known.alone ? [] : placesOf(known)),
    ...["system", "dark", "light", "contrast"].map((what) => ({
      ...{ id: `theme-${what}`, group: "Theme", text: THEMES[what], more: "colours" },
      act: /** @type {Act} */ ({ kind: "theme", what }),
    })),
    { id: "help", group: "Help", text: "Keys", more: "what holds where", keys: "?", act: { kind: "help" } },
  ];
};

/** @type {Record<string, string>} */
const THEMES = { system: "Follow the system", dark: "Dark", light: "Light", contrast: "High contrast" };
