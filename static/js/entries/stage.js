import { begin } from "../page/begin.js";
import { ONE_TARGET, startStage } from "../pages/stage/stage.js";

begin(() => startStage(ONE_TARGET));
