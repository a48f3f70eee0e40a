/**
 * Runs with several targets: which one is chosen, by hand or because somebody acted on it, and the lanes themselves.
 */

import { lanesBefore, lanesOf, lastActs } from "../selectors.js";
import { lanesView } from "../views/lanes.js";

/** @import { Session } from "../session.js" */
/** @import { Experiment, Run, Target, Witnesses } from "../types.js" */
/** @import { Lanes } from "../selectors/lanes.js" */
/** @import { Asked } from "../selectors/lane_figure.js" */
/** @import { LaneSize } from "../views/lanes.js" */
/** @import { Acts } from "./stage_acts.js" */
/** @import { Ui } from "./stage_ui.js" */

const BY_HAND_MS = 10_000; // who has chosen a lane is left alone for so long
const SETTLE_MS = 200; // what is done at one moment comes as several events
const MANY = 5; // from here on lanes are low

/** @param {number} count @returns {LaneSize} */
const laneSize = (count) => {
  if (matchMedia("(max-width: 40rem)").matches) return "none";
  if (matchMedia("(min-width: 100rem)").matches) return count > MANY ? "s" : "l";
  return count > MANY ? "xs" : "m";
};

/** How all of them ended, in one go: one by one would be a chatter. @param {Lanes} lanes */
const summary = ({ lanes }) =>
  `All ${lanes.length} have ended. ${lanes.map(({ name, say, spoken, of }) => `${name}: ${[say, spoken, of].filter(Boolean).join(", ")}.`).join(" ")}`;

/** @param {{session: Session, ui: Ui, acts: Acts, dirty: () => void, at: (inMs: number) => void}} stage */
export function createLanes({ session, ui, acts, at }) {
  const place = /** @type {HTMLElement} */ (document.querySelector(".stage"));
  const says = /** @type {HTMLElement} */ (document.getElementById("says"));
  let underWay = false;

  const handlers = {
    /** @param {string} id */
    onLane(id) {
      if (!session.state.targets[id]) return; // before a run there is nothing to choose
      ui.chosenMs = session.clock.now();
      acts.onTarget(id);
    },
    /** @param {string} id */
    onStartLane(id) {
      handlers.onLane(id);
      acts.onStartTarget();
    },
  };

  /** @param {Run} run @param {Experiment|null} experiment @param {number} nowMs */
  const follow = (run, experiment, nowMs) => {
    const last = lastActs(run, session.state, experiment, nowMs);
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
      if (known !== undefined) {
        if (known > 1) place.dataset.lanes = String(Math.min(8, known));
        else delete place.dataset.lanes;
      }
      return known ?? Number(place.dataset.lanes ?? 1);
    },

    /** Whom the page is about. @param {Run|null} run @param {Experiment|null} experiment @param {number} nowMs @returns {Target|null} */
    chosen(run, experiment, nowMs) {
      if (run && run.targets.length > 1) follow(run, experiment, nowMs);
      return session.state.targets[ui.targetId ?? run?.targets[0] ?? ""] ?? null;
    },

    /**
     * @param {Run|null} run @param {Experiment|null} experiment @param {Target|null} target @param {number} nowMs
     * @param {{witnesses: Witnesses, asked: Asked|undefined}} known
     * @returns {Lanes}
     */
    cut(run, experiment, target, nowMs, known) {
      if (!run) return experiment ? lanesBefore(experiment) : { lanes: [], ticks: [], moves: false, alive: false };
      return lanesOf(run, session.state, nowMs, {
        ...known,
        engineState: session.health?.engine.state,
        experiment,
        signals: session.table?.signals ?? [],
        chosen: target?.id ?? null,
      });
    },

    /** @param {Lanes} lanes @param {Target|null} target @param {unknown} slot */
    view(lanes, target, slot) {
      const asked = new Set(
        [...ui.asked.keys()].filter((key) => key.startsWith("start:")).map((key) => key.slice("start:".length)),
      );
      return lanesView(
        {
          ...lanes,
          size: laneSize(lanes.lanes.length),
          chosen: target?.id ?? lanes.lanes[0]?.id ?? "",
          role: session.role,
          asked,
          slot,
        },
        0,
        handlers,
      );
    },

    announce,

    /** @param {Run|null} run @param {number} index @returns {boolean} whether there is such a lane */
    choose(run, index) {
      const id = run && run.targets.length > 1 ? run.targets[index] : undefined;
      if (id) handlers.onLane(id);
      return id !== undefined;
    },
  };
}
