/**
 * Starts the page that the server says this is.
 */

import { startHome } from "./pages/home.js";
import { startStage } from "./pages/stage.js";

const { page } = document.body.dataset;
if (page === "stage") startStage();
if (page === "home") startHome();
