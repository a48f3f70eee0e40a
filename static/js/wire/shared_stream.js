/**
 * A page's line to the journal, by the worker that all tabs share; directly where there is no such worker, or where it
 * cannot be started.  Both heal themselves, and both say the same things.
 */

import { addressOf } from "../page/parts.js";
import { openStream } from "./stream.js";

/** @import { StreamOptions } from "./stream.js" */

const SILENT_MS = 3000; // without a word of the worker: it says at once how its line is

/** @type {MessagePort|null} */
let port = null;
let broken = false;
let watch = 0; // runs until the worker has said something
let keys = 0;
/** @type {Map<number, Followed>} */
const followed = new Map();

/**
 * @typedef {object} Followed
 * @property {StreamOptions} options
 * @property {number} last                              the last event that was heard
 * @property {ReturnType<typeof openStream>|null} own   a line of its own, once the worker has failed
 */

function connect() {
  const worker = new SharedWorker(addressOf("worker"), { type: "module", name: "signal-lab" });
  worker.onerror = goAlone;
  port = worker.port;
  watch = window.setTimeout(goAlone, SILENT_MS); // its script may be on its way for ever, and no browser says so
  port.onmessage = ({ data }) => {
    clearTimeout(watch);
    hear(data);
  };
  const lock = `signal-lab-tab-${Math.random().toString(36).slice(2)}`;
  // Held until this page is gone.  Plain HTTP from another machine has no locks: there a tab says goodbye by itself.
  navigator.locks?.request(lock, () => {
    port?.postMessage({ kind: "alive", lock });
    return new Promise(() => {});
  });
  window.addEventListener("pagehide", () => {
    for (const key of followed.keys()) port?.postMessage({ kind: "leave", key });
  });
  window.addEventListener("pageshow", ({ persisted }) => {
    if (persisted) for (const [key, each] of followed) join(key, each);
  });
}

/** @param {number} key @param {Followed} each */
const join = (key, { options: { run = null, kinds = [] }, last }) =>
  port?.postMessage({ kind: "join", key, run, kinds, after: last });

/** @param {any} said */
function hear(said) {
  const each = followed.get(said.key);
  if (!each) return;
  const { options } = each;
  if (said.kind === "beat") options.onHeartbeat(said.beat);
  if (said.kind === "reset") {
    each.last = 0;
    options.onReset();
  }
  if (said.kind === "state") {
    const shift = options.now ? options.now() - Date.now() : 0; // the worker has the browser's clock
    const { sinceMs, nextTryMs } = said.state;
    options.onState({ ...said.state, sinceMs: sinceMs + shift, nextTryMs: nextTryMs && nextTryMs + shift });
  }
  if (said.kind === "events") {
    for (const event of said.events) {
      if (event.id <= each.last) continue;
      each.last = event.id;
      options.onEvent(event);
    }
  }
}

/** The worker cannot be started: each line goes on by itself where it is. */
function goAlone() {
  clearTimeout(watch);
  broken = true;
  if (port) port.onmessage = null; // should it speak after all, everything would be heard twice
  port?.close();
  port = null;
  for (const each of followed.values()) each.own ??= openStream({ ...each.options, after: each.last });
}

/**
 * As `openStream`.
 * @param {StreamOptions} options
 * @returns {{close: () => void, retry: () => void}}
 */
export function followEvents(options) {
  if (!("SharedWorker" in globalThis) || broken) return openStream(options);
  if (port === null) connect();
  keys += 1;
  const key = keys;
  /** @type {Followed} */
  const each = { options, last: options.after ?? 0, own: null };
  followed.set(key, each);
  join(key, each);
  return {
    close() {
      followed.delete(key);
      each.own?.close();
      port?.postMessage({ kind: "leave", key });
    },
    retry() {
      if (each.own) each.own.retry();
      else port?.postMessage({ kind: "retry" });
    },
  };
}
