/**
 * The reference of signals: which rows a search gives, what the chosen target would do with each of them, what came of
 * the last one that was sent to it, and what stands beside the chosen row.
 */

/** @import { Experiment, ForecastGroup, Origin, Process, Signal, SignalTable, SignalUses, Target } from "../wire/types.js" */
import { forecastOf } from "../words/fates.js";
import { exitedWith } from "../words/text.js";
import { answerOf } from "./fall/kernel.js";
import { rank } from "./signal_list.js";

/** Old names that the kernel's own headers know. @type {Record<string, string>} */
const ALIASES = { iot: "abrt", poll: "io", cld: "chld" };

/** What a name of it stands for: "rtmin+20" is SIGRTMAX-10 in the table. @param {string} word @param {SignalTable} table */
const meant = (word, table) => {
  const short = word.replace(/^sig/, "");
  if (Object.hasOwn(ALIASES, short)) return ALIASES[short];
  const found = /^rt(min|max)([+-]\d{1,2})?$/.exec(short);
  if (!found) return word;
  const base = table.signals.find(({ name }) => name === `SIGRT${found[1].toUpperCase()}`)?.number ?? Number.NaN;
  const number = base + Number(found[2] ?? 0);
  return table.signals.find((each) => each.number === number && each.group === "realtime")?.short.toLowerCase() ?? word;
};

/**
 * @typedef {object} ReferenceRow
 * @property {Signal} signal
 * @property {boolean} reserved
 * @property {boolean} exact         this very one was typed
 * @property {string[]} found        programs that the search has found here
 */

/** @param {string} name @param {SignalUses|null} uses */
const told = (name, uses) => [
  ...(uses?.senders[name] ?? []).map(({ who, when }) => ({ of: "", text: `${who} ${when}` })),
  ...(uses?.programs[name] ?? []).map(({ program, text }) => ({ of: program, text: `${program} ${text}` })),
];

/**
 * @param {SignalTable} table
 * @param {SignalUses|null} uses - null: not read yet; then only the table is searched
 * @param {string} query - names and numbers as `kill` takes them, or words: each of them must be somewhere
 * @returns {ReferenceRow[]} what was typed best first, then by number
 */
export const referenceRows = (table, uses, query) => {
  const words = query.trim().toLowerCase().split(/\s+/).filter(Boolean);
  const one = words.length === 1 ? meant(words[0], table) : "";
  const all = [...table.signals, ...table.reserved].map((signal) => ({
    signal,
    reserved: signal.group === "reserved",
  }));
  return all
    .map((row) => {
      const { name, short, number, meaning, used_by: usedBy } = row.signal;
      const uses_ = told(name, uses);
      const own = `${name} ${short} ${number} ${meaning} ${usedBy}`.toLowerCase();
      const here = (/** @type {string} */ word) => uses_.filter(({ text }) => text.toLowerCase().includes(word));
      const all = words.every((word) => own.includes(word) || here(word).length > 0);
      const at = one ? rank(row.signal, one) : -1;
      const programs = words.flatMap((word) => here(word).flatMap(({ of }) => of || []));
      return { ...row, at: at >= 0 && at < 3 ? at : all ? 3 : -1, found: [...new Set(programs)] };
    })
    .filter(({ at }, _, list) => (list.some((each) => each.at === 0) && /^\d+$/.test(one) ? at === 0 : at >= 0))
    .sort((a, b) => a.at - b.at || a.signal.number - b.signal.number)
    .map(({ signal, reserved, at, found }) => ({ signal, reserved, exact: at === 0, found }));
};

/**
 * @typedef {object} Came           what came of the last one that was sent to the root process
 * @property {"asked"|"sent"|"failed"|"told"} is
 * @property {string} sign          in the sprite; "" for none
 * @property {string} brief         in the row
 * @property {string} text          beside it
 * @property {number|null} atMs
 * @property {number|null} event    that says it
 */

/** Where the kernel's line ended, as a sign that is solid: recorded. @type {Record<string, string>} */
const ENDS = {
  lid: "f-drop",
  box: "f-wait",
  handle: "f-handle",
  freeze: "f-freeze",
  thaw: "f-thaw",
  cross: "f-end",
  none: "f-none",
};

/**
 * @param {Target|null} target @param {Process|null} root @param {Signal} signal
 * @param {{asked: boolean, refused: string, kernel: string|null}} now - `asked`: a request is on its way; `refused`: why the last one
 *   was not taken; `kernel`: why the kernel's trace does not report, null: it does
 * @returns {Came|null} null: nothing was sent
 */
export const cameOf = (target, root, signal, { asked, refused, kernel }) => {
  if (asked)
    return {
      is: "asked",
      sign: "",
      brief: "asked …",
      text: "Asked; its event is not back yet.",
      atMs: null,
      event: null,
    };
  if (refused)
    return { is: "failed", sign: "i-warn", brief: "not sent", text: `Not sent: ${refused}`, atMs: null, event: null };
  const sent = target?.sent[signal.name];
  if (!target || !sent || (sent.pid !== null && sent.pid !== root?.nsPid)) return null;
  const { atMs, id: event, failed } = sent;
  if (failed)
    return { is: "failed", sign: "i-warn", brief: "not sent", text: `Not sent: ${failed.error}`, atMs, event };
  const word = target.kernel.find(
    (each) => each.id > sent.id && each.signal === signal.name && each.pid === target.pid,
  );
  if (word) {
    const { shape, texts } = answerOf(word, () => signal.number);
    const sign = shape === "cross" && signal.name === "SIGKILL" ? "f-kill" : (ENDS[shape] ?? "");
    const brief = texts.at(-1)?.replace(`${signal.name} `, "") ?? "";
    return {
      is: "told",
      sign,
      brief,
      text: `${texts[0][0].toUpperCase()}${texts[0].slice(1)}.`,
      atMs: word.deliveredMs ?? word.atMs,
      event: word.id,
    };
  }
  const { exit } = target;
  if (exit && exit.atMs >= atMs - 1000) {
    const text = `Sent; then it ${exit.signal ? `was ended by ${exit.signal}` : exitedWith(exit.code)}.`;
    return { is: "sent", sign: "", brief: exit.signal ? "ended by it" : exitedWith(exit.code), text, atMs, event };
  }
  const text =
    kernel === null ? "Sent; the kernel has not said more." : `Sent. What became of it nobody saw: ${kernel}`;
  return { is: "sent", sign: "", brief: "sent", text, atMs, event };
};

/**
 * What each signal would do to the root process now.
 * @param {Process|null} root @param {Origin} from @param {readonly {signal: Signal, reserved: boolean}[]} rows
 * @returns {(ForecastGroup|null)[]} in their order; null: there is no forecast
 */
export const fatesFor = (root, from, rows) =>
  rows.map(({ signal, reserved }) => (reserved ? null : forecastOf(root?.forecast, signal.number, from)));

/**
 * One signal, four answers: the same signal, and where it meets whom.
 * @param {Pick<Signal, "name"|"default"|"catchable">} signal
 * @returns {{sign: string, word: string, when: string}[]}
 */
export const fourAnswers = ({ name, default: action, catchable }) => {
  const does = {
    terminate: { sign: name === "SIGKILL" ? "h-kill" : "f-end", word: name === "SIGKILL" ? "kills it" : "ends it" },
    core: { sign: "f-end", word: "dumps core" },
    stop: { sign: "f-freeze", word: "stops it" },
    continue: { sign: "f-thaw", word: "goes on" },
    ignore: { sign: "f-none", word: "nothing" },
  }[action];
  if (!catchable)
    return [
      { ...does, when: "any process" },
      { ...does, when: "PID 1, sent from outside" },
      { sign: "f-drop", word: "dropped", when: "PID 1, sent from inside" },
      { ...does, when: "no handler, no mask changes that" },
    ];
  const also = action === "continue" ? "goes on, then " : "";
  return [
    { ...does, when: "default" },
    action === "continue"
      ? { ...does, when: "default, as PID 1" }
      : { sign: "f-drop", word: "dropped", when: "default, as PID 1" },
    { sign: "h-handle", word: `${also}handler`, when: "caught" },
    { sign: "f-wait", word: also ? `${also}waits` : "waits", when: "blocked" },
  ];
};

/** @param {any} action @param {Experiment} experiment */
const sends = ({ signal, stop }, experiment) => {
  if (signal) return signal.signal;
  return stop
    ? (stop.signal ?? experiment.targets.find(({ name }) => !stop.target || name === stop.target)?.stop_signal)
    : null;
};

/** Experiments in which it is sent, or is the signal of a stop. @param {Experiment[]} experiments @param {Signal} signal */
export const seenIn = (experiments, { name, short, number }) => {
  const names = new Set([name, short, String(number)]);
  return experiments.filter((each) =>
    each.steps.some(({ do: actions }) => actions.some((action) => names.has(String(sends(action, each) ?? "")))),
  );
};

/**
 * Programs that do the same with it, together.
 * @param {SignalUses["programs"][string]} programs - the least expected first
 */
export const alikeOf = (programs) => {
  /** @type {Map<string, {kind: string, text: string, programs: SignalUses["programs"][string]}>} */
  const groups = new Map();
  for (const each of programs) {
    const key = `${each.kind} ${each.text}`;
    const group = groups.get(key) ?? { kind: each.kind, text: each.text, programs: [] };
    group.programs.push(each);
    groups.set(key, group);
  }
  return [...groups.values()];
};
