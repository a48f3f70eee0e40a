import { begin } from "../page/begin.js";
import { startStage } from "../pages/stage/stage.js";

begin(() => startStage());
