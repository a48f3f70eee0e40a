import { begin } from "../page/begin.js";
import { startDoctor } from "../pages/doctor.js";

begin(startDoctor);
