import { begin } from "../page/begin.js";
import { startSignals } from "../pages/signals/signals.js";

begin(startSignals);
