/**
 * The page's one line to the journal.  It heals itself: an EventSource gives up for good on any answer but 200 and
 * keeps quiet about a server that hangs, so none is trusted for long.  On an error, or after `SILENCE_MS` without as
 * much as a heartbeat, the source is closed; a probe asks whether somebody is there, at growing distances; then a new
 * source goes on *after the last event that was seen*.
 *
 * Numbers are those of one journal.  A message's id is `<journal>.<n>`; when the probe or a message names another
 * journal than the one that was followed, everything is forgotten (`onReset`) and read from the beginning.
 *
 * Nothing here touches the page: `stream_worker.js` runs it in a worker that all tabs share.
 */

import { linkTo } from "../words/address.js";

/** @import { LabEvent, StreamState } from "./types.js" */

export const SILENCE_MS = 15_000;
const FIRST_RETRY_MS = 250; // a clean end of stream is mostly a restart, or a reader that was too slow
const RETRY_MS = [1000, 2000, 4000, 8000, 10_000];

/** @param {number} tries @param {() => number} random - 0…1 @returns {number} ms until the next try, spread by a quarter */
const delay = (tries, random) =>
  (tries === 0 ? FIRST_RETRY_MS : RETRY_MS[Math.min(tries, RETRY_MS.length) - 1]) * (0.75 + random() / 2);

/**
 * @typedef {object} StreamOptions
 * @property {string|null} [run]          only this run's events and those without a run; null: all
 * @property {string[]} [kinds]           only these kinds
 * @property {number} [after]             the last event that is known already
 * @property {boolean} [fromNow]          only what comes from now on; `onStart` says after which event
 * @property {(last: number) => void} [onStart]
 * @property {string} [base]
 * @property {(event: LabEvent) => void} onEvent
 * @property {(beat: import("./types_api.js").Heartbeat) => void} onHeartbeat
 * @property {() => void} onReset         forget everything: other events come under the same numbers
 * @property {(state: StreamState) => void} onState
 * @property {() => Promise<{status: number, journal: string|null}>} probe   never rejects; `api.probe`
 * @property {new (url: string) => EventSource} [EventSource]
 * @property {() => number} [now]         ms, for `StreamState` only
 * @property {(callback: () => void, ms: number) => any} [setTimeout]
 * @property {(timer: any) => void} [clearTimeout]
 * @property {() => number} [random]
 */

/**
 * @param {StreamOptions} options
 * @returns {{close: () => void, retry: () => void}} `retry` tries at once instead of when its time comes
 */
export function openStream({
  run = null,
  kinds = [],
  after: known = 0,
  fromNow = false,
  onStart = () => {},
  base = linkTo("/api/v1"),
  onEvent,
  onHeartbeat,
  onReset,
  onState,
  probe,
  EventSource = globalThis.EventSource,
  now = () => Date.now(),
  setTimeout = (callback, ms) => globalThis.setTimeout(callback, ms),
  clearTimeout = (timer) => globalThis.clearTimeout(timer),
  random = Math.random,
}) {
  let last = known;
  /** @type {string|null} */
  let journal = null;
  /** @type {EventSource|null} */
  let source = null;
  /** @type {any} */
  let timer = null; // of silence while a source is open, of the next try while none is
  let tries = 0;
  let probing = false;
  let closed = false;
  let begins = false; // the first heartbeat of this source says after which event
  /** @type {StreamState} */
  let told = { state: "connecting", sinceMs: now(), nextTryMs: null, tries: 0 };

  /** @param {StreamState["state"]} state @param {number|null} [nextTryMs] */
  const tell = (state, nextTryMs = null) => {
    const sinceMs = state === told.state ? told.sinceMs : now();
    const news = { state, sinceMs, nextTryMs, tries };
    if (told.state === "open" && state === "open") return;
    told = news;
    onState(told);
  };

  /** @param {() => void} then @param {number} ms */
  const later = (then, ms) => {
    clearTimeout(timer);
    timer = setTimeout(then, ms);
  };

  const url = () => {
    const query = new URLSearchParams();
    if (begins) query.set("live", "true");
    if (run !== null) query.set("run", run);
    for (const kind of kinds) query.append("kind", kind);
    if (last > 0) query.set("after", String(last));
    return `${base}/events${query.size ? `?${query}` : ""}`;
  };

  const hangUp = () => {
    clearTimeout(timer);
    source?.close();
    source = null;
  };

  const forget = () => {
    last = 0;
    journal = null;
    onReset();
  };

  /** @param {boolean} heard - whether the source was good until now: then this may be a restart, and is not said yet */
  const lose = (heard) => {
    hangUp();
    if (!heard) tries += 1;
    const ms = delay(tries, random);
    tell(tries === 0 ? "connecting" : "lost", now() + ms);
    later(seek, ms);
  };

  const silent = () => lose(false);

  /** Is somebody there, and is it still the same journal? */
  const seek = async () => {
    if (probing || closed) return;
    probing = true;
    clearTimeout(timer);
    const found = await probe();
    probing = false;
    if (closed) return;
    if (found.status === 200) {
      if (journal !== null && found.journal !== null && found.journal !== journal) forget();
      connect();
      return;
    }
    tries += 1;
    const signedOut = found.status === 401 || found.status === 403;
    const ms = signedOut ? RETRY_MS[RETRY_MS.length - 1] : delay(tries, random);
    tell(signedOut ? "signed_out" : "lost", now() + ms);
    later(seek, ms);
  };

  /** @param {EventSource} from @param {MessageEvent} message */
  const hear = (from, { data, lastEventId }) => {
    if (from !== source) return; // a source that was closed may have had messages on their way
    tries = 0;
    later(silent, SILENCE_MS);
    const said = JSON.parse(data);
    if (said.kind === "heartbeat") beat(said);
    else if (said.kind === "reset") forget();
    else if (said.id !== undefined) event(said, lastEventId.slice(0, Math.max(0, lastEventId.lastIndexOf("."))));
  };

  /** @param {import("./types_api.js").Heartbeat} said */
  const beat = (said) => {
    if (begins) {
      begins = false;
      journal = said.journal;
      last = said.last;
      onStart(last);
    }
    onHeartbeat(said);
  };

  /** @param {LabEvent} said @param {string} of - the journal it is from; "" where the message does not say */
  const event = (said, of) => {
    if (journal !== null && of && of !== journal) {
      forget();
      hangUp();
      connect(); // from the beginning: what came before this event is not known
      return;
    }
    journal = of || journal;
    if (said.id <= last) return;
    last = said.id;
    onEvent(said);
  };

  const connect = () => {
    begins = fromNow && journal === null;
    const opened = new EventSource(url());
    source = opened;
    later(silent, SILENCE_MS);
    opened.onopen = () => {
      if (opened === source) tell("open");
    };
    opened.onmessage = (message) => hear(opened, message);
    opened.onerror = () => {
      if (opened === source) lose(told.state === "open");
    };
  };

  onState(told);
  connect();

  return {
    close() {
      closed = true;
      hangUp();
    },
    retry() {
      if (source === null) seek();
    },
  };
}
