/** The bar, the foot and the note of a page that is not the stage: no run is open there, and nothing is chosen. */

import { noteOf } from "../../page/notes.js";
import { createPanel } from "../../page/panel.js";
import { currentTheme } from "../../page/theme.js";
import { barView } from "../../views/bar.js";
import { createFoot } from "./foot.js";

/** @import { Led } from "../../page/follow.js" */
/** @import { Session } from "../../wire/session.js" */
/** @import { Handlers } from "./handlers.js" */
/** @import { Ui } from "./ui.js" */

/**
 * @param {{session: Session, handlers: Pick<Handlers, "open"|"onTheme">, page: Parameters<typeof barView>[0]["page"],
 *   dirty: () => void}} page
 * @returns {(shown: {led: Led|null, onFollow: () => void}, nowMs: number) => void} draws the bar and the foot
 */
export function createBarOffStage({ session, handlers, page, dirty }) {
  const bar = createPanel("bar");
  const foot = createFoot({ session, dirty });
  const mine = {
    onMenu() {},
    onShare: () => handlers.open("share"),
    onTheme: handlers.onTheme,
    onHelp: () => handlers.open("help"),
  };
  return ({ led, onFollow }, nowMs) => {
    foot();
    const { health, role, viewers, state } = session;
    const engineLost = "engine" in state.lost;
    const kernelLost = state.lost.kernel?.reason ?? "";
    const theme = currentTheme();
    bar([health, engineLost, kernelLost, viewers, led, theme], () =>
      barView({ health, engineLost, kernelLost, viewers, role, theme, led, where: "", stage: false, page }, nowMs, {
        ...mine,
        onLed: onFollow,
      }),
    );
  };
}

/**
 * What is to be said of the lab as a whole; null: nothing.
 *
 * @param {{session: Session, ui: Ui}} page
 * @param {number} nowMs
 */
export const noteOffStage = ({ session, ui }, nowMs) => {
  const { connection, caughtUpMs, health, state, unwritten } = session;
  const nothing = { run: null, target: null, experiment: null, newer: null };
  return noteOf({ stream: connection, caughtUpMs, unwritten, problem: ui.problem, health, state, ...nothing }, nowMs);
};
