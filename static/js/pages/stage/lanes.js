/**
 * Runs with several targets: which one is chosen, by hand or because somebody acted on it, and the lanes themselves.
 */

import { isPhone, isWide } from "../../page/room.js";
import { lanesBefore, lanesOf, lastRequests } from "../../selectors/index.js";
import { lanesView, weightOf } from "../../views/lanes.js";

/** @import { Follow } from "../../page/follow.js" */
/** @import { Session } from "../../wire/session.js" */
/** @import { Experiment, Run, State, Target, Witnesses } from "../../wire/types.js" */
/** @import { Lane, Lanes } from "../../selectors/lanes/lanes.js" */
/** @import { RunBet } from "../../selectors/bets.js" */
/** @import { Asked } from "../../selectors/lanes/figure.js" */
/** @import { LaneSize } from "../../views/lanes.js" */
/** @import { Handlers } from "../shared/handlers.js" */
/** @import { Ui } from "../shared/ui.js" */

const BY_HAND_MS = 10_000; // who has chosen a lane is left alone for so long
const SETTLE_MS = 200; // what is done at one moment comes as several events
const MANY = 4; // from here on lanes are low: the chart of their times must fit below them

// Pixels, as in `lanes.css`: how high a lane is where all of them run, and how high all are together at the least.
const WIDE = { lane: 88, few: 322 };
const NARROW = { lane: 108, few: 320 };
const NARROW_MANY = 68;

/** The largest for which a lane that runs has the room. @param {readonly Lane[]} lanes @returns {LaneSize} */
const laneSize = (lanes) => {
  if (isPhone()) return "none";
  const count = lanes.length;
  const room = isWide()
    ? Math.max(WIDE.few, count * WIDE.lane)
    : Math.max(NARROW.few, count * (count > MANY ? NARROW_MANY : NARROW.lane));
  const each = (room - 4 * (count - 1)) / lanes.reduce((sum, lane) => sum + weightOf(lane), 0);
  if (each >= 128 && isWide()) return "l";
  return each >= 104 ? "m" : each >= 84 ? "s" : "xs";
};

/**
 * Presenter mode: the lanes have all of the field, which `present.css` makes higher from six on.  In pixels of a full-HD
 * picture: one of them, and how large it is drawn within.
 * @param {number} count @param {number} scale
 */
const largeLanes = (count, scale) => {
  const lane = (count < 6 ? 484 : 536) / count - 4;
  return count > MANY
    ? { size: /** @type {const} */ ("xs"), scale: Math.min(1.3, lane / 64) * scale }
    : { size: /** @type {const} */ ("l"), scale: Math.min(1.4, lane / 128) * scale };
};

/** How all of them ended, in one go: one by one would be a chatter. @param {Lanes} lanes */
const summary = ({ lanes }) =>
  `All ${lanes.length} have ended. ${lanes.map(({ name, say, spoken, of, place }) => `${name}: ${[say, spoken, of, place].filter(Boolean).join(", ")}.`).join(" ")}`;

/** @param {{session: Session, ui: Ui, handlers: Handlers, dirty: () => void, at: (inMs: number) => void, follow: Follow}} stage */
export function createLanes({ session, ui, handlers, dirty, at, follow: led }) {
  const place = /** @type {HTMLElement} */ (document.querySelector(".stage"));
  const says = /** @type {HTMLElement} */ (document.getElementById("says"));
  let underWay = false;

  const mine = {
    onGuess: handlers.onGuess,
    /** @param {string} id */
    onLane(id) {
      if (!session.state.targets[id]) return; // before a run there is nothing to choose
      ui.chosenMs = session.clock.now();
      handlers.onTarget(id);
    },
    onWhole() {
      led.roam();
      ui.whole = !ui.whole;
      dirty();
    },
    /** @param {string} id */
    onStartLane(id) {
      mine.onLane(id);
      handlers.onStartTarget();
    },
  };

  /** @param {Run} run @param {Experiment|null} experiment @param {number} nowMs */
  const follow = (run, experiment, nowMs) => {
    const last = lastRequests(run, session.state, experiment, nowMs);
    if (!last || last.key === ui.followed) return;
    if (last.atMs < nowMs && nowMs - last.atMs < SETTLE_MS) {
      at(SETTLE_MS);
      return;
    }
    ui.followed = last.key;
    if (nowMs - ui.chosenMs > BY_HAND_MS && !last.targets.includes(ui.targetId ?? run.targets[0]))
      ui.targetId = last.targets[0];
  };

  /** Speaks once, when the last of the stops that this page has seen is over. @param {Lanes} lanes */
  const announce = (lanes) => {
    if (underWay && !lanes.moves && lanes.lanes.every(({ over }) => over)) says.textContent = summary(lanes);
    underWay = lanes.moves;
  };

  return {
    /** How many lanes there are, or will be; 1: no lanes, the one field. @param {Run|null} run @param {Experiment|null} experiment @param {string} runId */
    count(run, experiment, runId) {
      const known = run?.targets.length ?? (runId ? undefined : experiment?.targets.length);
      const lanes = String(Math.min(8, known ?? 1));
      if (known !== undefined && lanes !== (place.dataset.lanes ?? "1")) {
        if (known > 1) place.dataset.lanes = lanes;
        else delete place.dataset.lanes;
      }
      return known ?? Number(place.dataset.lanes ?? 1);
    },

    /**
     * Whom the page is about.
     * @param {Run|null} run @param {Experiment|null} experiment @param {number} nowMs
     * @param {string|null} [led] - the presenter's choice, for who follows it
     * @returns {Target|null}
     */
    chosen(run, experiment, nowMs, led = null) {
      if (led && run?.targets.includes(led)) ui.targetId = led;
      else if (run && run.targets.length > 1) follow(run, experiment, nowMs);
      return session.state.targets[ui.targetId ?? run?.targets[0] ?? ""] ?? null;
    },

    /**
     * @param {Run|null} run @param {Experiment|null} experiment @param {Target|null} target @param {number} nowMs
     * @param {{witnesses: Witnesses, asked: Asked|undefined, state: State, bet: RunBet|null}} known
     * @returns {Lanes}
     */
    cut(run, experiment, target, nowMs, { state, bet, ...known }) {
      if (!run) return experiment ? lanesBefore(experiment) : { lanes: [], ticks: [], moves: false, alive: false };
      const lanes = lanesOf(run, state, nowMs, {
        ...known,
        engineState: session.health?.engine.state,
        experiment,
        signals: session.table?.signals ?? [],
        chosen: target?.id ?? null,
      });
      for (const lane of lanes.lanes) {
        const words = bet?.lanes[lane.id]?.words;
        if (words) Object.assign(lane, { sub: words, sentence: `${words}; ${lane.sentence}` });
      }
      return lanes;
    },

    /**
     * @param {Lanes} lanes @param {Target|null} target @param {unknown} slot - null: presenter mode
     * @param {{bet?: RunBet|null, scale?: number, whole?: unknown, strip?: boolean}} [more] - `whole`: the view of the chosen one's
     *   fall; `strip`: the same in presenter mode, where it stands elsewhere
     */
    view(lanes, target, slot, { bet = null, scale = 1, whole = null, strip = whole !== null && !isPhone() } = {}) {
      const count = lanes.lanes.length;
      const size = strip ? "strip" : laneSize(lanes.lanes);
      const asked = new Set(
        [...ui.asked.keys()].filter((key) => key.startsWith("start:")).map((key) => key.slice("start:".length)),
      );
      return lanesView(
        {
          ...lanes,
          ...(slot === null && !strip ? largeLanes(count, scale) : { size }),
          chosen: target?.id ?? lanes.lanes[0]?.id ?? "",
          role: session.role,
          asked,
          guessing: new Set([...ui.asked.keys()].filter((key) => key.startsWith("guess:"))),
          bet,
          slot,
          whole,
        },
        0,
        mine,
      );
    },

    announce,

    /** Is the chosen one's whole fall shown?  A phone has room for both; while the room guesses there is no forecast. @param {RunBet|null} bet */
    whole: (bet) => isPhone() || (ui.whole && !bet?.open),

    /** Lanes, or the chosen one's whole fall. @param {Run|null} run */
    turn(run) {
      if (!run || run.targets.length < 2 || isPhone()) return false;
      mine.onWhole();
      return true;
    },

    /** @param {Run|null} run @param {number} index @returns {boolean} whether there is such a lane */
    choose(run, index) {
      const id = run && run.targets.length > 1 ? run.targets[index] : undefined;
      if (id) mine.onLane(id);
      return id !== undefined;
    },
  };
}
