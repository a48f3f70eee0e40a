/**
 * Presenter mode of the stage: whether it is on, how large everything is, and its panels.  The page stays the same one:
 * the terminal, the state and the stream go on, only the panels are others.
 *
 * All of its lengths are parts of the window: 16 pixels of a full-HD picture are one rem (`present.css`), and the figure
 * and the terminal, which count in pixels, get the same scale from here.  A smaller projector shows the same picture.
 */

import { createPanel } from "../../page/panel.js";
import { loadSheet } from "../../page/parts.js";
import { hushedOf, isOver, lessonOf, numerals } from "../../selectors/index.js";
import { afterwards, mayBegin, numberOf, saidOf, stepNow, stepToDo, treeOf } from "../../selectors/present.js";
import { presentBar, presentField, presentLanes, presentLow } from "../../views/present.js";
import { stopAsked, stopIsValid } from "../../views/stop.js";
import { linkTo } from "../../words/address.js";
import { doWords } from "../../words/lesson.js";
import { sayWords } from "../../words/stop.js";

/** @import { Follow } from "../../page/follow.js" */
/** @import { Session } from "../../wire/session.js" */
/** @import { BoardRow, Clock, Experiment, Fall, Result, Run, StopForecast, Target, Verdict } from "../../wire/types.js" */
/** @import { Lanes } from "../../selectors/lanes/lanes.js" */
/** @import { Handlers } from "../shared/handlers.js" */
/** @import { Ui } from "../shared/ui.js" */

const STILL_MS = 3000; // without a movement the pointer and the controls go
const ROOM = "(min-width: 48rem) and (min-aspect-ratio: 1/1)"; // early.js asks the same
const FULL_HD = { width: 1920, height: 1080 };

const root = document.documentElement;

/**
 * @typedef {object} Shown                what the frame is about
 * @property {Run|null} run
 * @property {Target|null} target
 * @property {Experiment|null} experiment
 * @property {string} question
 * @property {Clock} clock
 * @property {Fall|null} fall              null: several targets, and their lanes are shown
 * @property {Lanes|null} cut
 * @property {Result|null} result
 * @property {Verdict|null} verdict
 * @property {Verdict|null} last
 * @property {StopForecast|null} forecast
 * @property {BoardRow[]} rows
 * @property {BoardRow|null} row
 * @property {import("../../selectors/bets.js").RunBet|null} bet
 * @property {boolean} mayAgain            what the run was made of is known
 * @property {import("../../views/bet.js").Guessed|null} single   guesses on the one target of a run without lanes
 */

/** Its style sheet, which comes with the page where its address asks for this mode. @returns {Promise<unknown>} */
export const presentSheet = async () => document.querySelector("link[data-present]") ?? loadSheet("presentSheet");

/**
 * @param {{session: Session, ui: Ui, handlers: Handlers, dirty: () => void, follow: Follow}} stage
 * @param {typeof presentSheet} sheet
 */
export function createPresent({ session, ui, handlers, dirty, follow }, sheet) {
  const { role } = session;
  const room = matchMedia(ROOM);
  const low = createPanel("pres-low");
  const bar = createPanel("pres-bar");
  let wanted = new URLSearchParams(location.search).has("stage");
  let dressed = false; // the style sheet is there; without it the ordinary page stays
  let timer = 0;

  /** @type {Shown|null} */
  let about = null;
  let mayStart = false;
  let qr = false; // shown in the corner

  const isOn = () => wanted && dressed && room.matches;

  /** @param {Run|null} run */
  const targetsOf = (run) => (run?.targets ?? []).flatMap((id) => session.state.targets[id] ?? []);
  const steps = () => lessonOf(about?.run ?? null, about?.experiment ?? null, targetsOf(about?.run ?? null));

  const still = () => root.toggleAttribute("data-still", isOn());
  const moved = () => {
    root.removeAttribute("data-still");
    clearTimeout(timer);
    if (isOn()) timer = window.setTimeout(still, STILL_MS);
  };

  const settle = () => {
    root.toggleAttribute("data-present", isOn());
    if (!isOn() && document.fullscreenElement) document.exitFullscreen();
    moved();
    dirty();
  };

  const dress = async () => {
    try {
      await sheet();
      dressed = true;
    } catch {
      wanted = false; // whoever asks again asks for it again
    }
    settle();
  };

  /** @param {boolean} on */
  const set = (on) => {
    if (on === wanted) return;
    wanted = on;
    if (on && !dressed) dress();
    else settle();
    if (session.replays) return; // its address holds the moment
    const url = new URL(location.href);
    if (on) url.searchParams.set("stage", "");
    else url.searchParams.delete("stage");
    history.replaceState(history.state, "", url.href.replace("stage=", "stage"));
  };

  /** Who follows and chooses another view goes its own ways from then on. @param {boolean} on */
  const byHand = (on) => {
    if (on !== wanted) follow.roam();
    set(on);
  };

  const mine = {
    onFull() {
      if (document.fullscreenElement) document.exitFullscreen();
      else root.requestFullscreen?.().catch(() => {}); // the browser's word is final
    },
    onHelp: () => handlers.open("help"),
    onLeave: () => byHand(false),
    onLed: follow.toggle,
    onWhole() {
      follow.roam();
      ui.whole = !ui.whole;
      dirty();
    },
    onQr() {
      if (role !== "driver") return false;
      qr = !qr;
      if (qr && !ui.share.url) handlers.makeLink();
      dirty();
      return true;
    },
  };

  for (const kind of ["pointermove", "pointerdown"]) document.addEventListener(kind, moved, { passive: true });
  document.addEventListener("fullscreenchange", dirty);
  room.addEventListener("change", settle);
  addEventListener("resize", () => isOn() && dirty());
  if (wanted) dress();
  else settle();

  const scaleNow = () => Math.min(innerWidth / FULL_HD.width, innerHeight / FULL_HD.height);

  /** @param {Shown} shown */
  const refusedOf = ({ target }) => {
    const { problem, signalProblem } = ui;
    if (signalProblem)
      return {
        say: `${signalProblem.signal} was not sent.`,
        why: `${signalProblem.error} ${signalProblem.hint ?? ""}`,
      };
    if (problem && target) return { say: problem.what, why: `${problem.error} ${problem.hint ?? ""}` };
    return null;
  };

  return {
    isOn,
    set,
    toggle: () => byHand(!isOn()),
    leave: () => byHand(false),
    onFull: mine.onFull,
    onQr: mine.onQr,
    /** A window beside this one, for the driver's own screen. */
    onSpeaker() {
      if (role !== "driver") return false;
      window.open(linkTo("/speaker"), "signal-lab-speaker", "popup,width=1280,height=760");
      return true;
    },
    /** What goes behind a run's address. */
    query: () => (wanted ? "?stage" : ""),

    /** For what counts in pixels; null: the ordinary page. @param {string} equivalent */
    large: (equivalent) => (isOn() ? { scale: scaleNow(), equivalent } : null),

    /** The field, or the lanes. @param {Shown} shown @param {(scale: number) => unknown} lanesView */
    field(shown, lanesView) {
      const { target, clock, fall, cut, forecast, rows, row } = shown;
      mayStart = role === "driver" && mayBegin(shown);
      const lane = cut?.lanes.find(({ id }) => id === target?.id);
      const said = saidOf({
        ...shown,
        lane: lane?.sentence,
        mayStart,
        refused: refusedOf(shown),
        forecastSay: forecast ? sayWords(forecast) : "",
      });
      const table = session.table?.signals ?? [];
      const name = target?.stop && !target.stop.finished ? target.stop.signal : (target?.stopSignal ?? "");
      const signal = table.find((each) => each.name === name) ?? null;
      const tree = treeOf(target, rows, signal, row?.row ?? null);
      const scale = scaleNow();
      if (cut && !fall) return presentLanes({ said, tree, lanes: lanesView(scale), state: lane?.field ?? "idle" });
      const timeoutS = target && stopIsValid(ui.choice) ? stopAsked(ui.choice, target).timeoutS : null;
      const { seconds, ...number } = numberOf(clock, timeoutS);
      const strip = cut ? lanesView(scale) : null;
      const guessed = shown.single?.bet.open ? shown.single : null;
      const slice = { said, tree, scale, strip, bet: guessed, number: { ...number, figures: numerals(seconds) } };
      return fall && presentField({ ...slice, fall }, handlers.onGuess);
    },

    /** Starts it, or starts it again. */
    onRun() {
      if (mayStart) handlers.onStart();
      return mayStart;
    },

    /** Asks the room to guess, or takes no more guesses. */
    onBet() {
      if (mayStart) {
        handlers.onStartGuess();
        return true;
      }
      if (role !== "driver" || !about?.target || (!about.bet?.open && about.clock.state !== "ready")) return false;
      handlers.onBet(!about.bet?.open);
      return true;
    },

    /** Does what the lesson's step says, where it has a button now. */
    onStep() {
      const step = stepToDo(steps());
      if (step) handlers.onStep(step.index);
      return step !== null;
    },

    /** For the palette. @param {{canStop: boolean, stopping: boolean, betting: boolean}} now @returns {import("../shared/palette.js").Here} */
    here({ canStop, stopping, betting }) {
      const step = stepToDo(steps());
      const { run = null, target = null, experiment = null } = about ?? {};
      const several = targetsOf(run);
      return {
        ...{ target, targets: several.length > 1 ? several : [], canStop, stopping, mayStart, betting },
        step: step
          ? doWords(
              step.actions,
              (experiment?.targets ?? []).map(({ name }) => name),
            )
          : "",
        command: target?.equivalent || experiment?.targets[0]?.equivalent || "",
        ...{ presenting: isOn(), large: room.matches, led: follow.state(session.focus) },
        ...{ onStart: this.onRun, onStep: this.onStep, onPresent: this.toggle, onFollow: follow.toggle },
        ...{ onFull: mine.onFull, onQr: mine.onQr, onWhole: mine.onWhole },
      };
    },

    /** What stands below it, and the controls. @param {Shown} shown */
    rest(shown) {
      about = shown;
      const { run, target, experiment, verdict } = shown;
      mayStart = role === "driver" && mayBegin(shown);
      if (!isOn()) return;
      const targets = targetsOf(run);
      const parts = targets.flatMap(({ status, stop, execs, downloads }) => [status, stop, execs, downloads]);
      const { url, qr: code, outOfReach } = ui.share;
      const link = qr && url ? { url, qr: code } : null;
      const watching = session.viewers;
      low([run, experiment, verdict, link?.url, watching, ...parts], () => {
        const lesson = steps();
        const over = isOver(run, lesson) && target?.status !== "running";
        return presentLow({
          step: stepNow(lesson),
          over,
          after: afterwards(verdict, experiment),
          link,
          outOfReach,
          watching,
          hushed: hushedOf(run),
        });
      });
      const full = document.fullscreenEnabled ? document.fullscreenElement !== null : null;
      const pressed = role === "driver" ? qr : null;
      const led = follow.state(session.focus);
      const whole = targets.length > 1 ? ui.whole : null;
      bar([full, pressed, led, whole], () => presentBar({ full, qr: pressed, led, whole }, 0, mine));
    },
  };
}

/** @typedef {ReturnType<typeof createPresent>} Present */
