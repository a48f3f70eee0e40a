import { begin } from "../page/begin.js";
import { startRuns } from "../pages/runs.js";

begin(startRuns);
