import { begin } from "../page/begin.js";
import { startSpeaker } from "../pages/speaker.js";

begin(startSpeaker);
