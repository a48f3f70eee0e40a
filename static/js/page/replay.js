/**
 * A run that is over, played again: at which moment it is, and what had been folded by then.  The same reducer makes the
 * same states as it did live.
 *
 * Events come back when they had come to the page (`seen_at`), not when they happened: the kernel's word that was late is
 * late again.  Pure but for the clock it is given; `wire/replay_session.js` hands it to the page.
 */

/** @import { LabEvent, State } from "../wire/types.js" */
import { EMPTY, reduce } from "../reduce/index.js";
import { timeMs } from "../words/text.js";

const IDLE_MS = 5000; // with nothing for so long it may be skipped
export const LEAD_MS = 1000; // of what is skipped so much is still shown at its beginning
export const TAIL_MS = 500; // and at its end
export const SPEEDS = /** @type {const} */ ([1, 4, 16]);
const EVERY = 200; // events between two states that are kept

/**
 * @typedef {object} Plan
 * @property {readonly LabEvent[]} events  by number
 * @property {number[]} times              when each comes, ms from the start; never falls
 * @property {number} startMs              of the run, by the server's clock
 * @property {number} lengthMs
 * @property {number} first                events that are there from the start
 * @property {boolean[]} idle              after each event: nothing comes for long, and no countdown runs meanwhile
 *
 * @typedef {{ms: number, index: number}} Place  `index`: how many events have come
 * @typedef {(typeof SPEEDS)[number]} Speed
 */

/** @param {readonly LabEvent[]} given @returns {Plan} */
export const planOf = (given) => {
  const events = given.toSorted((a, b) => a.id - b.id);
  const created = Math.max(
    0,
    events.findIndex(({ kind }) => kind === "run_created"),
  );
  const startMs = events.length ? timeMs(events[created].seen_at) : 0;
  /** @type {number[]} */
  const times = [];
  const stops = new Set();
  /** @type {boolean[]} */
  const counting = [];
  for (const event of /** @type {(LabEvent & any)[]} */ (events)) {
    times.push(Math.max(times.at(-1) ?? 0, timeMs(event.seen_at) - startMs));
    if (event.kind === "stop_requested") stops.add(event.id);
    if (event.kind === "stop_finished") stops.delete(event.stop);
    counting.push(stops.size > 0);
  }
  const idle = times.map((ms, at) => !counting[at] && at + 1 < times.length && times[at + 1] - ms > IDLE_MS);
  return { events, times, startMs, lengthMs: times.at(-1) ?? 0, first: Math.min(events.length, created + 1), idle };
};

/** How many events have come by then. @param {Plan} plan @param {number} ms */
const comeBy = ({ times, first }, ms) => {
  let low = 0;
  let high = times.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (times[middle] <= ms) low = middle + 1;
    else high = middle;
  }
  return Math.max(first, low);
};

/** @param {Plan} plan @param {number} ms @returns {Place} */
export const seek = (plan, ms) => {
  const within = Math.max(0, Math.min(plan.lengthMs, ms));
  return { ms: within, index: comeBy(plan, within) };
};

/** Event by event. @param {Plan} plan @param {Place} place @param {number} by @returns {Place} */
export const step = (plan, { index }, by) => {
  const next = Math.max(plan.first, Math.min(plan.events.length, index + by));
  return { ms: plan.times[next - 1] ?? 0, index: next };
};

/** Where an event has just come. @param {Plan} plan @param {number} id @returns {Place} */
export const toEvent = (plan, id) =>
  step(plan, { ms: 0, index: plan.events.filter((each) => each.id <= id).length }, 0);

/**
 * @param {Plan} plan @param {Place} place @param {number} ms - of the replay's own time that pass @param {boolean} skip
 * @returns {{place: Place, skippedMs: number}}
 */
export const advance = (plan, place, ms, skip) => {
  let at = place.ms;
  let left = ms;
  let skippedMs = 0;
  while (left > 0 && at < plan.lengthMs) {
    const index = comeBy(plan, at);
    const next = plan.times[index] ?? plan.lengthMs;
    const from = plan.times[index - 1] + LEAD_MS;
    const to = next - TAIL_MS;
    const skips = skip && plan.idle[index - 1] && at < to;
    const until = skips ? Math.max(at, from) : next;
    const go = Math.min(left, until - at);
    at += go;
    left -= go;
    if (skips && at >= from) {
      skippedMs += to - at;
      at = to;
    } else if (go === 0 && at < next) break;
  }
  return { place: seek(plan, at), skippedMs };
};

/** States by how many events have been folded; some are kept, so that going back is no fold from the beginning. @param {readonly LabEvent[]} events */
export const createFolds = (events) => {
  /** @type {State[]} */
  const kept = [EMPTY];
  let last = { index: 0, state: /** @type {State} */ (EMPTY) };
  return (/** @type {number} */ index) => {
    let { index: at, state } = last;
    const near = Math.min(kept.length - 1, Math.floor(index / EVERY));
    if (at > index || near * EVERY > at) [at, state] = [near * EVERY, kept[near]];
    while (at < index) {
      state = reduce(state, events[at]);
      at += 1;
      if (at % EVERY === 0) kept[at / EVERY] ??= state;
    }
    last = { index, state };
    return state;
  };
};

/**
 * @param {readonly LabEvent[]} given
 * @param {{monotonic: () => number, dirty: () => void}} options
 */
export function createReplay(given, { monotonic, dirty }) {
  const plan = planOf(given);
  const stateAt = createFolds(plan.events);
  let place = seek(plan, 0);
  let playing = false;
  /** @type {Speed} */
  let speed = 1;
  let skip = true;
  let sinceMs = 0;
  /** What was skipped last, and when. @type {{ms: number, atMs: number}|null} */
  let skipped = null;

  /** @param {Place} next */
  const go = (next) => {
    place = next;
    sinceMs = monotonic();
    skipped = null;
    dirty();
  };

  const replay = {
    plan,
    get place() {
      return place;
    },
    get playing() {
      return playing;
    },
    get speed() {
      return speed;
    },
    get skip() {
      return skip;
    },
    get skipped() {
      return skipped;
    },
    /** Time by the server's clock of then. */
    now: () => plan.startMs + place.ms,
    /** Goes on by the time that has passed. @returns {State} */
    tick() {
      const nowMs = monotonic();
      if (playing) {
        const gone = advance(plan, place, (nowMs - sinceMs) * speed, skip);
        ({ place } = gone);
        if (gone.skippedMs > 0) skipped = { ms: gone.skippedMs, atMs: nowMs };
        if (place.ms >= plan.lengthMs) playing = false;
      }
      sinceMs = nowMs;
      return stateAt(place.index);
    },
    play() {
      const over = place.ms >= plan.lengthMs && place.index >= plan.events.length;
      playing = true;
      go(over ? seek(plan, 0) : place);
    },
    pause() {
      replay.tick();
      playing = false;
      dirty();
    },
    toggle: () => (playing ? replay.pause() : replay.play()),
    /** @param {number} by */
    step(by) {
      playing = false;
      go(step(plan, place, by));
    },
    /** @param {number} ms */
    seek: (ms) => go(seek(plan, ms)),
    /** @param {number} id */
    toEvent: (id) => go(toEvent(plan, id)),
    toEnd() {
      playing = false;
      go({ ms: plan.lengthMs, index: plan.events.length });
    },
    /** @param {Speed} next */
    setSpeed(next) {
      replay.tick();
      speed = next;
      dirty();
    },
    /** @param {boolean} next */
    setSkip(next) {
      skip = next;
      dirty();
    },
  };
  return replay;
}

/** @typedef {ReturnType<typeof createReplay>} Replay */
