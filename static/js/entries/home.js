import { begin } from "../page/begin.js";
import { startHome } from "../pages/home/home.js";

begin(startHome);
