/**
 * The speaker's window, beside the page that the room sees: what comes next, what is to be learnt, how long it has taken,
 * and the seconds until SIGKILL.  It goes where the driver's page goes, and does nothing to anything.
 */

import { createFrame } from "../page/frame.js";
import { createKeys } from "../page/keys.js";
import { createPanel } from "../page/panel.js";
import { elapsed, speakerOf } from "../selectors/speaker.js";
import { noteView } from "../views/note.js";
import { speakerView } from "../views/speaker.js";
import { createSession } from "../wire/session.js";
import { createDialogs } from "./shared/dialogs.js";
import { handlersOffStage } from "./shared/off_stage.js";
import { createBarOffStage, noteOffStage } from "./shared/off_stage_head.js";
import { createUi } from "./shared/ui.js";

const KEY = "signal-lab-talk"; // when this talk began; stays when the window is loaded again
const KINDS = ["source_lost", "source_back", "lab_started"];
const SECOND_MS = 1000;

const begunMs = () => {
  try {
    const kept = Number(sessionStorage[KEY]);
    if (kept > 0) return kept;
    sessionStorage[KEY] = String(Date.now());
  } catch {
    // Storage is forbidden in this browser: it counts from now.
  }
  return Date.now();
};

export function startSpeaker() {
  const ui = createUi();
  const frame = createFrame((shown) => work(shown));
  const session = createSession({ role: "driver", dirty: frame.dirty, about: "" });
  const handlers = handlersOffStage({ session, ui, frame });
  const dialogs = createDialogs({ session, ui, handlers, dirty: frame.dirty });
  const bar = createBarOffStage({ session, handlers, page: "speaker", dirty: frame.dirty });
  const panel = createPanel("speak");
  let talkMs = begunMs();
  /** Whose events are read: a run, or "" for none. @type {string|null} */
  let read = null;

  const mine = {
    onReset() {
      talkMs = Date.now();
      try {
        sessionStorage[KEY] = String(talkMs);
      } catch {
        // It holds for this window.
      }
      frame.dirty();
    },
  };

  /** Reads what the room looks at. @param {number} [last] - the lab's last event */
  const goAlong = (last) => {
    const run = session.focus?.run ?? "";
    if (run === read) return;
    read = run;
    if (run) session.open({ run });
    else session.open({ kinds: KINDS, after: last });
  };

  /** @param {boolean} shown */
  const work = (shown) => {
    session.fold();
    if (!shown) return;
    const nowMs = session.clock.now();
    const { health, experiments, focus, state, viewers } = session;
    if (health) goAlong(health.last_event_id);
    const run = focus?.run ? (state.runs[focus.run] ?? null) : null;
    const id = run?.experiment ?? focus?.experiment ?? "";
    session.turnTo(id);
    const experiment = experiments.find((each) => each.id === id && each.steps) ?? null; // all of it is here
    const about = { run, experiment, chosen: focus?.target ?? null, nowMs, engine: health?.engine.state };
    const speaker = run || experiment ? speakerOf(state, about) : null;
    bar({ led: null, onFollow() {} }, nowMs);
    const note = noteOffStage({ session, ui }, nowMs);
    const slice = {
      speaker,
      talk: elapsed(Date.now() - talkMs),
      ran: speaker?.startedMs ? elapsed(nowMs - speaker.startedMs) : "",
      watching: viewers,
    };
    panel([{}], () => [
      note ? noteView({ note, title: "Speaker" }, nowMs, handlers) : "",
      speakerView(slice, nowMs, mine),
    ]);
    dialogs({ target: null, row: null, from: "outside" });
    frame.moves(speaker?.targets.some(({ moves }) => moves) ?? false);
    frame.at(SECOND_MS);
  };

  createKeys({ 0: mine.onReset, "?": () => handlers.open("help") });
  session.refresh();
  frame.dirty();
}
