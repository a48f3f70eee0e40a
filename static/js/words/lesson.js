/**
 * What the button of a step says, and how the lesson counts: bytes, seconds.  Plain words of signal(7) and Docker.
 */

/** @import { Action } from "../wire/types_api.js" */
import { seconds, shortened } from "./text.js";

const COUNTS = ["none", "one", "both", "all three", "all four", "all five", "all six", "all seven", "all eight"];
const COMMAND_MAX = 36; // characters: a button is one line

/** @param {string} data */
const keyName = (data) => {
  if (data === "\r" || data === "\n") return "Enter";
  if (data.length === 1 && data < " ") return `Ctrl-${String.fromCharCode(data.charCodeAt(0) + 64)}`;
  return `“${data.trimEnd()}”`;
};

/** @param {string} signal */
const short = (signal) => signal.replace(/^SIG/, "");

/** @param {NonNullable<Action["signal"]>} signal @param {string} whom - the target's name where there are several, else "" */
const sendWords = ({ signal, process, pid, group, from }, whom) => {
  const one = process ?? (pid === undefined || pid === null ? "" : `process ${pid}`);
  const inside = whom && one ? ` in ${whom}` : "";
  const to = group ? ` to the group of ${one || whom || "it"}` : one || whom ? ` to ${one || whom}` : "";
  return `Send ${short(String(signal))}${to}${inside}${from === "inside" ? ", from inside" : ""}`;
};

/** @param {NonNullable<Action["stop"]>} stop @param {string} whom */
const stopWords = ({ timeout_s: timeoutS, signal }, whom) => {
  const limit =
    timeoutS === undefined || timeoutS === null
      ? ""
      : timeoutS < 0
        ? ", no limit"
        : timeoutS === 0
          ? ", wait no time"
          : `, wait ${timeoutS} s`;
  return `Stop ${whom || "it"}${signal ? ` with ${short(signal)}` : ""}${limit}`;
};

/** @param {string} whom @param {string} [before] - a word before it */
const at = (whom, before = "") => whom && `${before} ${whom}`;

/**
 * `whom`: the target's name where there are several, else ""; `named`: its name, as far as there is one.
 * @type {{[Kind in keyof Required<Action>]: (what: NonNullable<Action[Kind]>, whom: string, named: string) => string}}
 */
const WORDS = {
  start: (_, whom, named) => `Start ${named || whom || "it"}`,
  signal: sendWords,
  stop: stopWords,
  type: ({ data }, whom) => `Type ${keyName(String(data))}${at(whom, " in")}`,
  resize: ({ cols, rows }, whom) => `Resize${at(whom)} to ${cols} × ${rows}`,
  pause: (_, whom) => `Pause ${whom || "it"}`,
  unpause: (_, whom) => `Unpause ${whom || "it"}`,
  write: ({ file }) => `Write ${file}`,
  get: ({ path }, whom) => `Get ${path ?? "/"}${at(whom, " from")}`,
  exec: ({ command }, whom) => `Run ${shortened(command.join(" "), COMMAND_MAX)}${at(whom, " in")}`,
};
/** Every action that there are words for. */
export const ACTIONS = Object.keys(WORDS);

/** @param {Action} action @param {string[]} names - of the experiment's targets */
const oneWords = (action, names) => {
  const [kind, what] = Object.entries(action).find(([, each]) => each) ?? [];
  const named = what?.target ?? names[0] ?? "";
  const say = /** @type {Record<string, (what: any, whom: string, named: string) => string>} */ (WORDS)[kind ?? ""];
  return say?.(what, names.length > 1 ? named : "", named) ?? "Do it";
};

/** Do these only differ in their target? @param {Action[]} actions */
const areAlike = (actions) => {
  const alike = actions.map((action) => JSON.stringify(action, (key, value) => (key === "target" ? undefined : value)));
  return new Set(alike).size === 1;
};

/**
 * @param {Action[]} actions - done at the same moment
 * @param {string[]} [names] - of the experiment's targets
 * @returns {string} "" where there is nothing to do
 */
export const doWords = (actions, names = []) => {
  if (actions.length > 1 && actions.length === names.length && areAlike(actions)) {
    const kind = Object.keys(actions[0])[0];
    const all = COUNTS[actions.length] ?? "all of them";
    const words = oneWords({ [kind]: { ...Object.values(actions[0])[0], target: undefined } }, []);
    return / it\b/.test(words) ? words.replace(/ it\b/, ` ${all}`) : `${words} to ${all}`.replace(/^Start to/, "Start");
  }
  const said = actions.map((action) => oneWords(action, names));
  const rest = said.slice(1).map((words) => words[0].toLowerCase() + words.slice(1));
  const last = rest.pop();
  return [[said[0] ?? "", ...rest].join(", "), last].filter(Boolean).join(" and ");
};

/** "after 1.6 s"; what cannot be told apart from nothing is "at once". @param {number} s */
export const afterWords = (s) => (s < 0.01 ? "at once" : `after ${seconds(s)}`);

/** "812 bytes", "64 kB", "3.9 MB": decimal, as curl counts. @param {number} count */
export const bytes = (count) => {
  if (count < 10_000) return `${count.toLocaleString("en")} ${count === 1 ? "byte" : "bytes"}`;
  return count < 999_500 ? `${Math.round(count / 1000)} kB` : `${(count / 1e6).toFixed(1)} MB`;
};
