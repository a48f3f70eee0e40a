/**
 * What a person can do on the stage.  Every act is a request; what comes of it arrives as an event.  A request that is
 * refused is said where it was made: a signal in the line below the board, anything else in the note's slot.
 *
 * Longer than most files: it is the one list of what can be asked here, as `app/lab/lab.py` is on the other side.
 */

import { copy } from "../../page/clipboard.js";
import { nextTheme } from "../../page/theme.js";
import { stopIsValid, stopRequest, waitOf } from "../../views/stop.js";
import { ApiError } from "../../wire/api.js";
import { NO_LINK, OWN, typedSignal } from "./ui.js";

/** @import { Session } from "../../wire/session.js" */
/** @import { Ui } from "./ui.js" */
/** @import { Problem } from "../../page/notes.js" */
/** @import { BoardRow, Guess, Origin, Target } from "../../wire/types.js" */

const COPIED_MS = 2000;

/** How long the lesson's stop waits, of an experiment with one target; else its own. @param {import("../../wire/types.js").Experiment|undefined} experiment */
const meant = (experiment) => {
  if (experiment?.targets.length !== 1) return undefined;
  const stop = experiment.steps.flatMap(({ do: actions }) => actions).find((action) => action.stop)?.stop;
  return stop?.timeout_s ?? experiment.targets[0].stop_timeout_s;
};

/** @param {unknown} error @param {string} what @returns {Problem} */
export const problemOf = (error, what) =>
  error instanceof ApiError
    ? { what, error: error.message, hint: error.hint, code: error.code }
    : { what, error: String(error), hint: null, code: "page_error" };

/**
 * @param {object} stage
 * @param {Session} stage.session
 * @param {Ui} stage.ui
 * @param {() => void} stage.dirty
 * @param {() => void} stage.flush - draws at once: what is chosen or opened must be what the next key goes to
 * @param {() => {target: Target|null, row: BoardRow|null, isRoot: boolean, from: Origin, canStop: boolean, stopping: boolean, run: string, experiment: string}} stage.now
 * @param {(run: string) => void} stage.openRun
 * @param {() => string|null} stage.newer - run that a viewer can go on to
 * @param {() => void} [stage.byHand] - something is chosen to look at
 */
export function createHandlers({ session, ui, dirty, flush, now, openRun, newer, byHand = () => {} }) {
  const { api, role } = session;

  /**
   * @param {string} key @param {() => Promise<{event_id?: number|null}|void>} call @param {(error: unknown) => void} refused
   */
  const ask = async (key, call, refused) => {
    if (ui.asked.has(key)) return;
    ui.asked.set(key, null);
    ui.askedMs = performance.now();
    ui.problem = ui.signalProblem = null;
    dirty();
    try {
      const taken = await call();
      if (taken?.event_id) ui.asked.set(key, taken.event_id);
      else ui.asked.delete(key);
    } catch (error) {
      ui.asked.delete(key);
      refused(error);
    }
    dirty();
  };

  /** @param {string} what @returns {(error: unknown) => void} */
  const told = (what) => (error) => {
    ui.problem = problemOf(error, what);
  };

  /** The timeout of the stop that comes: as is chosen, else the lesson's. @returns {number|undefined} */
  const stopMeant = () => {
    if (ui.choice.wait !== "own" && stopIsValid(ui.choice)) return stopRequest(ui.choice).timeout_s;
    return meant(session.experiments.find(({ id }) => id === now().experiment));
  };

  /** So that Stop is what is guessed, whatever the lesson's step means. @param {number} timeoutS */
  const keep = (timeoutS) => {
    ui.choice = { ...ui.choice, ...waitOf(timeoutS) };
    ui.chose = true;
  };

  const handlers = {
    /** A copy of it is stopped, and one with what would help. @param {string} container */
    onRehearse(container) {
      const begin = async () => openRun((await api.call("POST", "/rehearsals", { container })).run);
      ask("start", begin, told("No copy was started."));
    },
    onStart() {
      const { experiment, run } = now();
      if (role !== "driver" || !(experiment || run)) return;
      const call = () => (experiment ? api.start(experiment) : api.startOwn({ again: run }));
      ask("start", async () => openRun((await call()).run), told("It was not started."));
    },
    /** Starts it, and the room guesses before there is any forecast. */
    onStartGuess() {
      const { experiment } = now();
      if (role !== "driver" || !experiment) return handlers.onStart();
      const timeoutS = stopMeant();
      if (timeoutS !== undefined) keep(timeoutS);
      const call = () => api.start(experiment, { timeout_s: timeoutS });
      ask("start", async () => openRun((await call()).run), told("It was not started."));
    },
    onStop() {
      const { target, canStop } = now();
      if (role !== "driver" || !target || !canStop || !stopIsValid(ui.choice)) return;
      ask("stop", () => api.stop(target.id, stopRequest(ui.choice)), told("The stop was not taken."));
    },
    /** All that run, at the same moment. @param {{id: string, stoppable: boolean, over: boolean}[]} lanes */
    onStopAll(lanes) {
      const { run } = now();
      const ready = lanes.filter(({ stoppable }) => stoppable);
      if (role !== "driver" || !run || !ready.length || !stopIsValid(ui.choice)) return;
      const how = stopRequest(ui.choice);
      // The run's own stop is for when all of it can be stopped: it refuses where one is being stopped, or not started.
      const all = ready.length === lanes.filter(({ over }) => !over).length;
      const call = async () => {
        if (all) await api.stopRun(run, how);
        else await Promise.all(ready.map(({ id }) => api.stop(id, how)));
      };
      ask("stop-all", call, told("They were not all stopped."));
    },
    /** Asks the room to guess first, or takes no more guesses. @param {boolean} [open] */
    onBet(open = true) {
      const { run } = now();
      if (role !== "driver" || !run) return;
      const timeoutS = stopMeant();
      if (open && timeoutS !== undefined) keep(timeoutS);
      ask(
        "bet",
        () => api.bets(run, open, timeoutS),
        told(open ? "Nobody was asked to guess." : "Guesses are still open."),
      );
    },
    /** The one thing that a viewer may do. @param {string} target @param {Guess} guess */
    onGuess(target, guess) {
      ask(`guess:${target}`, () => api.guess(target, guess), told("The guess was not taken."));
    },
    onKill() {
      const { target, stopping } = now();
      if (role !== "driver" || !target || !stopping) return;
      ask("kill", () => api.kill(target.id), told("SIGKILL was not asked for."));
    },
    /** @param {string} signal */
    onSend(signal) {
      const { target, row, isRoot, from } = now();
      if (role !== "driver" || !target || target.status !== "running") return;
      const what = { signal, ...(row && !isRoot ? { pid: row.nsPid } : {}), ...(from === "inside" ? { from } : {}) };
      ui.pointed = null;
      ask(
        `signal:${signal}`,
        () => api.signal(target.id, what),
        (error) => {
          ui.signalProblem = { ...problemOf(error, ""), signal };
        },
      );
    },
    /** @param {number} step */
    onStep(step) {
      const { run } = now();
      if (role !== "driver" || !run) return;
      ask(`step:${step}`, () => api.doStep(run, step), told("The step was not done."));
    },
    /** @param {string} name @param {string} text */
    onSave(name, text) {
      const { run } = now();
      if (role !== "driver" || !run) return;
      ask(`file:${name}`, () => api.writeFile(run, name, text), told(`${name} was not saved.`));
    },
    /** Starts a target that the run has left for later. */
    onStartTarget() {
      const { target } = now();
      if (role !== "driver" || !target) return;
      ask(`start:${target.id}`, () => api.startTarget(target.id), told(`${target.name} was not started.`));
    },
    /** @param {boolean} paused */
    onPause(paused) {
      const { target } = now();
      if (role !== "driver" || !target) return;
      ask(
        "pause",
        () => api.pause(target.id, paused),
        told(`${target.name} was not ${paused ? "paused" : "unpaused"}.`),
      );
    },
    /** @param {string|null} signal */
    onPoint(signal) {
      ui.pointed = signal;
      dirty();
    },
    /** @param {string} row */
    onSelect(row) {
      byHand();
      const { target } = now();
      if (target) ui.selected[target.id] = row;
      flush();
    },
    /** @param {string} target */
    onTarget(target) {
      byHand();
      ui.targetId = target;
      ui.refused = "";
      flush();
    },
    /** What the next key does depends on it, so it is drawn at once. @param {Origin} from */
    onFrom(from) {
      ui.from = from;
      flush();
    },
    /** @param {string} row */
    onThreads(row) {
      ui.threads = row;
      handlers.open("threads");
    },
    /** @param {Partial<import("../../views/stop.js").StopChoice>} change */
    onChoice(change) {
      ui.choice = { ...ui.choice, ...change };
      ui.chose = true;
      dirty();
    },
    /** What the step in hand stops with, for who has not chosen anything else. @param {{timeout_s?: number|null, signal?: string|null}} [stop] */
    onMeant(stop) {
      if (ui.chose) return;
      ui.choice = { ...OWN, ...(stop?.timeout_s == null ? {} : waitOf(stop.timeout_s)), signal: stop?.signal ?? "" };
      dirty();
    },
    /** @param {string} text */
    async onCopy(text) {
      if (!(await copy(text))) return;
      ui.copied = text;
      dirty();
      setTimeout(() => {
        if (ui.copied === text) ui.copied = null;
        dirty();
      }, COPIED_MS);
    },
    /** @param {string} action */
    onNote(action) {
      const next = newer();
      if (action === "dismiss") ui.problem = null;
      if (action === "retry") session.retry();
      if (action === "watch" && next) openRun(next);
      dirty();
    },
    /** @param {string} image */
    onCancelBuild(image) {
      ask(`cancel:${image}`, () => api.cancelBuild(image), told("The build was not cancelled."));
    },
    /** @param {string} tab */
    onTab(tab) {
      ui.tab = tab;
      document.body.dataset.tab = tab;
      dirty();
    },
    onTheme() {
      nextTheme();
      document.dispatchEvent(new Event("themechange"));
      dirty();
    },
    /** @param {import("./ui.js").DialogKind} kind */
    open(kind) {
      if (kind === "catalogue" && session.report !== null) return; // there is none in a report
      ui.dialog = kind;
      if (kind === "find") ui.find = { ...ui.find, query: "", at: 0 };
      if (kind === "share" && !ui.share.url) handlers.makeLink();
      flush(); // what is typed next is the dialog's: on the page an "s" would stop something
    },
    onClose() {
      ui.dialog = null;
      dirty();
    },
    async makeLink() {
      ui.share = NO_LINK;
      dirty();
      try {
        const { url, qr, out_of_reach: outOfReach } = await api.link();
        ui.share = { ...ui.share, url, qr, outOfReach };
      } catch (error) {
        ui.share = { ...ui.share, error: problemOf(error, "").error };
      }
      dirty();
    },
    /** @param {"ask"|"keep"|"yes"} answer - asks once: it ends the view of everybody who watches */
    async onRevoke(answer) {
      if (answer === "yes") {
        try {
          const { watching } = await api.revoke();
          ui.share = { ...NO_LINK, revoke: "done", gone: watching };
        } catch (error) {
          ui.share = { ...ui.share, revoke: "", error: problemOf(error, "").error };
        }
      } else ui.share = { ...ui.share, revoke: answer === "ask" ? "ask" : "" };
      dirty();
    },
    /** @param {string} digit */
    onDigit(digit) {
      ui.typed = (ui.typed + digit).slice(-2);
      dirty();
    },
    /** @returns {boolean} whether there was a number to send */
    onTyped() {
      if (!ui.typed) return false;
      const signal = typedSignal(ui.typed, session.table?.signals ?? []);
      ui.typed = "";
      if (signal) handlers.onSend(signal.name);
      dirty();
      return true;
    },
    /** @returns {boolean} whether there was a number to forget; else Esc is the browser's */
    forget() {
      if (!ui.typed) return false;
      ui.typed = "";
      dirty();
      return true;
    },
  };
  return handlers;
}

/** @typedef {ReturnType<typeof createHandlers>} Handlers */
