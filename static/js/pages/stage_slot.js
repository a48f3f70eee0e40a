/**
 * Which view stands in the clock's slot: one slot, so that nothing moves between Start, Stop, the countdown and the end.
 */

import { numerals } from "../selectors.js";
import { clockView } from "../views/clock.js";
import { laterView, startingView, startView, stopView } from "../views/stop.js";

/** @import { Session } from "../session.js" */
/** @import { Clock, Experiment, Run, StopForecast, Target } from "../types.js" */
/** @import { Lane } from "../selectors/lanes.js" */
/** @import { Acts } from "./stage_acts.js" */
/** @import { Ui } from "./stage_ui.js" */

/**
 * @param {{session: Session, ui: Ui, acts: Acts}} stage
 * @param {Clock} clock
 * @param {{run: Run|null, target: Target|null, experiment: Experiment|null, runId: string, forecast: StopForecast|null,
 *   lanes?: Lane[]}} shown - `lanes`: of a run with several targets
 */
export const slotView = ({ session, ui, acts }, clock, { run, target, experiment, runId, forecast, lanes = [] }) => {
  const { role } = session;
  if (!runId) return startView({ experiment, role, asked: ui.asked.has("start") }, 0, acts);
  const stoppable = lanes.filter((lane) => lane.stoppable).length;
  const handlers = { ...acts, onStopAll: () => acts.onStopAll(lanes) };
  if (target?.later && target.status === "new" && run?.status === "running") {
    return laterView({ target, role, asked: ui.asked.has(`start:${target.id}`) }, 0, acts);
  }
  if (clock.state === "none" || clock.state === "starting") {
    const building = Object.values(session.state.builds).some(({ state }) => state === "running");
    return startingView({ target, building });
  }
  if (clock.state === "ready" && target) {
    return stopView(
      {
        target,
        choice: ui.choice,
        signals: session.table?.signals ?? [],
        role,
        asked: ui.asked.has("stop"),
        failed: clock.sub,
        forecast,
        all: lanes.length > 1 ? { count: stoppable, asked: ui.asked.has("stop-all") } : null,
      },
      0,
      handlers,
    );
  }
  const again = Boolean(run && experiment?.available) && lanes.every(({ over, waits }) => over || waits);
  const asked = ["kill", "stop-all", "start"].find((each) => ui.asked.has(each)) ?? null;
  return clockView({ clock, figures: numerals(clock.seconds), role, again, asked, rest: stoppable }, 0, handlers);
};
