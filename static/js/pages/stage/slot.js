/**
 * Which view stands in the clock's slot: one slot, so that nothing moves between Start, Stop, the countdown and the end.
 */

import { numerals, resultNumerals } from "../../selectors/index.js";
import { betSlotView } from "../../views/bet.js";
import { clockView } from "../../views/clock.js";
import { laterView, startingView, startView, stopView } from "../../views/stop.js";

/** @import { Session } from "../../wire/session.js" */
/** @import { Clock, Experiment, Run, StopForecast, Target } from "../../wire/types.js" */
/** @import { Lane } from "../../selectors/lanes/lanes.js" */
/** @import { LaneBet, RunBet } from "../../selectors/bets.js" */
/** @import { Handlers } from "../shared/handlers.js" */
/** @import { Ui } from "../shared/ui.js" */

const RESULTS = new Set(["killed", "left", "ended"]);
export const SOON_MS = 400; // a browser takes what moves up to 500 ms after a touch for that touch's doing

/**
 * On a telephone the driver's form is higher than the countdown.  It gives way under their own finger only: where
 * somebody else stops it, it ends by itself, or the answer comes when that finger is long gone, the slot keeps its height.
 */
export const createKeeper = () => {
  let [shown, kept] = ["", ""]; // targets: whose form was shown last, and of which the slot is as high as that
  /** @param {Target|null} target @param {Clock} clock @param {boolean} pressed - it was asked for here, just now */
  return (target, { state }, pressed) => {
    const id = target?.id ?? "";
    if (state === "ready") [shown, kept] = [id, ""];
    else if (shown === id) [shown, kept] = ["", pressed ? "" : id];
    return id !== "" && kept === id;
  };
};

/**
 * @param {{session: Session, ui: Ui, handlers: Handlers}} stage
 * @param {Clock} clock
 * @param {{run: Run|null, target: Target|null, experiment: Experiment|null, runId: string, forecast: StopForecast|null, mayAgain: boolean,
 *   lanes?: Lane[], bet?: RunBet|null, single?: {id: string, name: string, bet: LaneBet, asked: boolean}|null, kept?: boolean}} shown
 *   `mayAgain`: what the run was made of is known; `kept`: as high as the form was; `lanes`: of a run with several targets; `bet`: guesses, `single`: those on the one target of a run without lanes
 */
export const slotView = (
  { session, ui, handlers },
  clock,
  { run, target, experiment, runId, forecast, mayAgain, lanes = [], bet = null, single = null, kept = false },
) => {
  const { role } = session;
  if (!runId) return startView({ experiment, role, asked: ui.asked.has("start") }, 0, handlers);
  const stoppable = lanes.filter((lane) => lane.stoppable).length;
  const mine = { ...handlers, onStopAll: () => handlers.onStopAll(lanes) };
  if (target?.later && target.status === "new" && run?.status === "running") {
    return laterView({ target, role, asked: ui.asked.has(`start:${target.id}`) }, 0, handlers);
  }
  if (clock.state === "none" || clock.state === "starting") {
    const building = Object.values(session.state.builds).some(({ state }) => state === "running");
    return startingView({ target, building });
  }
  if (clock.state === "ready" && target) {
    if (role === "viewer" && single?.bet.open) return betSlotView({ ...single, ask: bet?.ask ?? "" }, handlers.onGuess);
    const mayBet =
      role === "driver" &&
      !bet?.open &&
      !ui.asked.has("bet") &&
      lanes.every(({ figure }) => figure.field !== "stopping");
    return stopView(
      {
        target,
        choice: ui.choice,
        signals: session.table?.signals ?? [],
        role,
        asked: ui.asked.has("stop"),
        failed: clock.sub,
        forecast,
        hushed: bet?.open ?? false,
        mayBet,
        all: lanes.length > 1 ? { count: stoppable, asked: ui.asked.has("stop-all") } : null,
      },
      0,
      mine,
    );
  }
  const again = mayAgain && lanes.every(({ over, waits }) => over || waits);
  const asked = ["kill", "stop-all", "start"].find((each) => ui.asked.has(each)) ?? null;
  const figures = (RESULTS.has(clock.state) ? resultNumerals : numerals)(clock.seconds);
  return clockView({ clock, figures, role, again, asked, rest: stoppable, kept }, 0, mine);
};
