/**
 * A report: the stage over a recording that is in the file itself.  There is no lab behind it, and nothing is asked for.
 */

import { createTerminal } from "../page/terminal.js";
import { createContents } from "../pages/shared/dialogs_part.js";
import { createLanes } from "../pages/stage/lanes.js";
import { createRace } from "../pages/stage/race.js";
import * as replay from "../pages/stage/replay.js";
import { startStage } from "../pages/stage/stage.js";
import { eventsOf } from "../wire/replay_session.js";

/** @param {string} id */
const within = (id) => document.getElementById(id)?.textContent ?? "";

const { experiments, table, made } = JSON.parse(within("known"));
document.body.dataset.report = made;
const parts = {
  terminal: async () => ({ createTerminal }),
  dialogs: async () => ({ createContents }),
  presentSheet: async () => null, // all sheets are in the file
};
const kit = { lanes: createLanes, race: createRace, replay, ...parts };
startStage(kit, { events: eventsOf(within("events")), experiments, table, made });
