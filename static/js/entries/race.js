import { begin } from "../page/begin.js";
import { startRace } from "../pages/race.js";

begin(startRace);
