/**
 * What stands above the field: the bar, the catalogue beside it, and the question, whose slot a note may take.
 */

import { nothing } from "../../lit.js";
import { noteOf } from "../../page/notes.js";
import { createPanel } from "../../page/panel.js";
import { currentTheme } from "../../page/theme.js";
import { askView } from "../../views/ask.js";
import { barView } from "../../views/bar.js";
import { betAskView } from "../../views/bet.js";
import { catalogueView } from "../../views/catalogue.js";
import { noteView } from "../../views/note.js";
import { specialOf } from "../../words/asks.js";

/** @import { Session } from "../../wire/session.js" */
/** @import { Experiment, Run, RunFacts, Target } from "../../wire/types.js" */
/** @import { LaneBet, RunBet } from "../../selectors/bets.js" */
/** @import { Handlers } from "../shared/handlers.js" */
/** @import { Ui } from "../shared/ui.js" */

/** Brings the current experiment into sight in the rail, once it is drawn; the page stays where it is. */
const showCurrent = () => {
  const rail = /** @type {HTMLElement} */ (document.getElementById("cat"));
  const link = /** @type {HTMLElement|null} */ (rail.querySelector("a[aria-current]"));
  if (!link || rail.scrollHeight <= rail.clientHeight) return;
  const top = link.getBoundingClientRect().top - rail.getBoundingClientRect().top + rail.scrollTop;
  if (top + link.offsetHeight > rail.scrollTop + rail.clientHeight || top < rail.scrollTop)
    rail.scrollTop = top - rail.clientHeight / 2;
};

/** @param {{session: Session, ui: Ui, handlers: Handlers}} stage */
export function createHead({ session, ui, handlers }) {
  const [bar, cat, ask] = ["bar", "cat", "ask"].map(createPanel);
  let shown = "";

  /**
   * @param {{run: Run|null, target: Target|null, experiment: Experiment|null, title: string, question: string,
   *   equivalent: string, newer: RunFacts|null, bet?: RunBet|null,
   *   single?: {id: string, name: string, bet: LaneBet, asked: boolean}|null, onPresent: () => void,
   *   led: import("../../page/follow.js").Led|null, onLed: () => void}} shown
   * @param {number} nowMs
   * @returns {boolean} whether a note stands there: what it tells goes by the second
   */
  return (
    { run, target, experiment, title, question, equivalent, newer, bet = null, single = null, onPresent, led, onLed },
    nowMs,
  ) => {
    const current = run?.experiment ?? document.body.dataset.experiment ?? "";
    const { health, state, role, connection } = session;
    const engineLost = "engine" in state.lost;
    const kernelLost = state.lost.kernel?.reason ?? "";
    const kind = session.report !== null ? "report of " : session.replays ? "replay of " : "";
    const imported = document.body.dataset.imported === undefined ? "" : "imported ";
    const made = session.report ? `, made ${session.report}` : "";
    const where = run ? `${kind}${imported}run ${run.number} of “${title}”${made}` : title ? `“${title}”` : "";
    const about = target?.status === "running" && !session.replays ? target.id : "";
    bar([health, engineLost, kernelLost, session.viewers, where, about, led, currentTheme()], () =>
      barView(
        {
          health,
          engineLost,
          kernelLost,
          viewers: session.viewers,
          where,
          role,
          theme: currentTheme(),
          stage: session.report === null,
          alone: session.report !== null,
          about,
          led,
        },
        nowMs,
        {
          onMenu: () => handlers.open("catalogue"),
          onShare: () => handlers.open("share"),
          onTheme: handlers.onTheme,
          onHelp: () => handlers.open("help"),
          onPresent,
          onLed,
        },
      ),
    );
    cat([session.experiments, current], () => catalogueView({ experiments: session.experiments, current }));
    if (session.experiments.length && shown !== current) {
      shown = current;
      showCurrent();
    }
    const note = noteOf(
      {
        stream: connection,
        caughtUpMs: session.caughtUpMs,
        unwritten: session.unwritten,
        problem: ui.problem,
        health,
        state,
        run,
        target,
        experiment,
        newer,
      },
      nowMs,
    );
    if (note) ask([JSON.stringify(note), title], () => noteView({ note, title }, nowMs, handlers));
    else {
      const special = specialOf(experiment);
      const ports = target?.status === "running" ? target.ports : {};
      const closing = ui.asked.has("bet");
      const mine = { onGuess: handlers.onGuess, onBetClose: () => handlers.onBet(false) };
      ask([question, equivalent, ui.copied, special, JSON.stringify([ports, bet, single, closing])], () =>
        askView(
          {
            question,
            equivalent,
            copied: ui.copied,
            special,
            ports,
            bet: bet ? betAskView({ bet, role, single, closing }, mine) : nothing,
          },
          nowMs,
          handlers,
        ),
      );
    }
    return note !== null;
  };
}
