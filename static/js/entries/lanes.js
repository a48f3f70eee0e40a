import { begin } from "../page/begin.js";
import { createLanes } from "../pages/stage/lanes.js";
import { createRace } from "../pages/stage/race.js";
import { ONE_TARGET, startStage } from "../pages/stage/stage.js";

begin(() => startStage({ ...ONE_TARGET, lanes: createLanes, race: createRace }));
