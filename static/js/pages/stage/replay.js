/**
 * The stage as a replay: which recording, where it begins, the bar and its keys.  The moment stands in the address
 * (`?replay&at=43`), so that it can be sent to somebody.
 */

import { createKeys } from "../../page/keys.js";
import { createPanel } from "../../page/panel.js";
import { SPEEDS } from "../../page/replay.js";
import { replayView } from "../../views/replay.js";
import { createApi } from "../../wire/api.js";
import { createReplaySession, eventsOf } from "../../wire/replay_session.js";
import { problemOf } from "../shared/handlers.js";

/** @import { Replay } from "../../page/replay.js" */
/** @import { Recording } from "../../wire/replay_session.js" */
/** @import { Session } from "../../wire/session.js" */
/** @import { Ui } from "../shared/ui.js" */

const TOLD_MS = 2500; // how long what was skipped is said

/**
 * Where to begin: at the end unless asked otherwise; "play" from the start.
 * @param {string} search @param {string} hash
 * @returns {{replays: boolean, at: number|null, ms: number|null}}
 */
export const beginning = (search, hash) => {
  const query = new URLSearchParams(search);
  const event = /^\d{1,15}$/.exec(query.get("at") ?? "");
  const seconds = /^#t=(\d{1,9}(?:\.\d{1,6})?)$/.exec(hash);
  return {
    replays: query.has("replay"),
    at: event ? Number(event[0]) : null,
    ms: seconds ? Number(seconds[1]) * 1000 : null,
  };
};

/** All of a run as this lab has it. @param {string} run @returns {() => Promise<Recording>} */
const servedRun = (run) => async () => {
  const api = createApi();
  const [text, { experiments, signals: table }] = await Promise.all([api.recording(run), api.lab()]);
  return { events: eventsOf(text), experiments, table };
};

/**
 * @param {{run: string, ui: Ui, dirty: () => void, recording?: Recording|null}} options - `recording`: else it is read
 * @returns {Session}
 */
export const replaySession = ({ run, ui, dirty, recording = null }) =>
  createReplaySession({
    load: recording ? async () => recording : servedRun(run),
    report: recording?.made ?? null,
    dirty,
    onReady(replay) {
      const { replays, at, ms } = beginning(location.search, location.hash);
      if (at !== null) replay.toEvent(at);
      else if (ms !== null) replay.seek(ms);
      else if (!replays) replay.toEnd();
      else if (!matchMedia("(prefers-reduced-motion: reduce)").matches) replay.play();
    },
    onFailed(error) {
      ui.problem = problemOf(error, "The run could not be read.");
    },
  });

/** @param {{session: Session, back: string|null, addressed: boolean, at: (inMs: number) => void}} stage - `addressed`: the moment stands in the address */
export function createReplayBar({ session, back, addressed, at }) {
  const draw = createPanel("replay");
  document.body.dataset.replay = "";
  /** @type {number[]|null} */
  let marks = null;
  let told = "";

  const address = (/** @type {Replay} */ replay) => {
    const { place, plan, playing } = replay;
    const search = playing ? "?replay" : `?replay&at=${plan.events[place.index - 1]?.id ?? 0}`;
    if (!addressed || search === told) return;
    told = search;
    const hash = location.hash.startsWith("#t=") ? "" : location.hash;
    history.replaceState(null, "", `${location.pathname}${search}${hash}`);
  };

  /** @param {(replay: Replay) => void} act */
  const act = (act) => () => {
    if (!session.replay) return;
    act(session.replay);
    address(session.replay);
  };

  const handlers = {
    onToggle: act((replay) => replay.toggle()),
    onEnd: act((replay) => replay.toEnd()),
    /** @param {number} by */
    onStep: (by) => act((replay) => replay.step(by))(),
    /** @param {import("../../page/replay.js").Speed} speed */
    onSpeed: (speed) => act((replay) => replay.setSpeed(speed))(),
    /** @param {number} ms */
    onSeek: (ms) => act((replay) => replay.seek(ms))(),
    /** @param {boolean} skip */
    onSkip: (skip) => act((replay) => replay.setSkip(skip))(),
    /** @param {KeyboardEvent} event */
    onKey(event) {
      if (event.ctrlKey || event.altKey || event.metaKey) return;
      if (event.target instanceof HTMLInputElement && event.target.type === "radio") return;
      const does = {
        ArrowLeft: () => handlers.onStep(-1),
        ArrowRight: () => handlers.onStep(1),
        Home: () => handlers.onSeek(0),
        End: () => handlers.onEnd(),
      }[event.key];
      if (!does) return;
      does();
      event.preventDefault();
    },
  };

  createKeys({
    " ": ({ target }) => {
      if (target instanceof Element && target.closest("button, a, summary, [role=listbox]")) return false; // it presses that
      handlers.onToggle();
    },
    "[": () => handlers.onStep(-1),
    "]": () => handlers.onStep(1),
  });

  return () => {
    const { replay } = session;
    if (!replay) return;
    const { plan, place, playing, speed, skip, skipped } = replay;
    marks ??= plan.events.flatMap(({ author }, index) => (author === "person" ? [plan.times[index]] : []));
    const since = skipped ? session.clock.monotonic() - skipped.atMs : TOLD_MS;
    const skippedMs = skipped && since < TOLD_MS ? skipped.ms : 0;
    if (skippedMs) at(TOLD_MS - since);
    const id = plan.events[place.index - 1]?.id ?? null;
    const slice = { ms: Math.round(place.ms), lengthMs: Math.round(plan.lengthMs), index: place.index };
    const whole = {
      ...slice,
      count: plan.events.length,
      id,
      playing,
      speed,
      speeds: SPEEDS,
      skip,
      skippedMs,
      marks,
      back,
    };
    draw([JSON.stringify(whole)], () => replayView(whole, 0, handlers));
    if (!playing && told.includes("at=") === false) address(replay); // it came to its end by itself
  };
}
