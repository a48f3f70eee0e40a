/**
 * The browser's side of the event contract, driven by `tests/test_event_contract.py`: reads events as JSON lines, folds
 * them, and prints as one JSON object which kinds the reducer has, which fields of each kind it looked at, what the state
 * came to, and the closed lists of words that the page has signs or sentences for.  Fields are seen by handing the reducer proxies; "targets.id" is a field of a field.
 */

import { text } from "node:stream/consumers";
import { EMPTY, KINDS, reduce } from "../../static/js/reduce/index.js";
import { FATES } from "../../static/js/words/fates.js";
import { GENERATED } from "../../static/js/words/kernel.js";
import { ACTIONS } from "../../static/js/words/lesson.js";
import { defaultOf } from "../../static/js/words/signals.js";
import { OUTCOMES } from "../../static/js/words/stop.js";

/** @type {Record<string, Set<string>>} */
const reads = {};

/**
 * @param {any} value
 * @param {(path: string) => void} saw
 * @param {string} path
 * @returns {any} the same, but it tells when it is looked at
 */
const watched = (value, saw, path = "") => {
  if (value === null || typeof value !== "object") return value;
  return new Proxy(value, {
    get(of, name, receiver) {
      const found = Reflect.get(of, name, receiver);
      if (typeof name === "symbol" || typeof found === "function") return found;
      if (Array.isArray(of)) return /^\d+$/.test(name) ? watched(found, saw, path) : found;
      const full = path ? `${path}.${name}` : name;
      saw(full);
      return watched(found, saw, full);
    },
  });
};

const lines = (await text(process.stdin)).split("\n").filter(Boolean);
const state = lines.reduce((before, line) => {
  const event = JSON.parse(line);
  reads[event.kind] ??= new Set();
  const seen = reads[event.kind];
  return reduce(
    before,
    watched(event, (path) => seen.add(path)),
  );
}, EMPTY);

const fields = Object.fromEntries(Object.entries(reads).map(([kind, seen]) => [kind, [...seen].sort()]));
const lists = {
  fates: Object.keys(FATES),
  outcomes: Object.keys(OUTCOMES),
  generated: Object.keys(GENERATED),
  actions: ACTIONS,
};
const defaults = Object.fromEntries(process.argv.slice(2).map((name) => [name, defaultOf(name)]));
process.stdout.write(JSON.stringify({ kinds: KINDS, reads: fields, state, lists, defaults }));
