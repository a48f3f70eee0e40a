/**
 * The page where any picks become a race.  What is chosen of the catalogue stands in the address, so that the same race
 * can be started again from a link; what is of one's own does not: a command line is nobody else's business.
 */

import { html, nothing } from "../lit.js";
import { createFollow } from "../page/follow.js";
import { createFrame } from "../page/frame.js";
import { createKeys } from "../page/keys.js";
import { createPanel } from "../page/panel.js";
import { noteView } from "../views/note.js";
import { LEAST, MOST, picksOf, picksView } from "../views/picks.js";
import { createSession } from "../wire/session.js";
import { linkTo } from "../words/address.js";
import { argvOf } from "../words/argv.js";
import { createDialogs } from "./shared/dialogs.js";
import { problemOf } from "./shared/handlers.js";
import { handlersOffStage } from "./shared/off_stage.js";
import { createBarOffStage, noteOffStage } from "./shared/off_stage_head.js";
import { createOwn } from "./shared/own.js";
import { createUi } from "./shared/ui.js";

/** @import { Pick } from "../views/picks.js" */

const KINDS = ["source_lost", "source_back", "lab_started"];

export function startRace() {
  /** @type {"driver"|"viewer"} */
  const role = document.body.dataset.role === "driver" ? "driver" : "viewer";
  const ui = createUi();
  const frame = createFrame((shown) => work(shown));
  const session = createSession({ role, dirty: frame.dirty });
  const handlers = handlersOffStage({ session, ui, frame });
  const follow = createFollow({ role, dirty: frame.dirty });
  const here = () => ({ led: follow.elsewhere(session.focus), onFollow: follow.toggle });
  const dialogs = createDialogs({ session, ui, handlers, dirty: frame.dirty, here });
  const bar = createBarOffStage({ session, handlers, page: "race", dirty: frame.dirty });
  const race = createPanel("race");

  /** @type {Pick[]} */
  let picks = [];
  /** From the address, until the catalogue is there. @type {string[]|null} */
  let wanted = new URLSearchParams(location.search).getAll("pick");
  let asked = false;
  let made = 0;

  /** @param {Pick[]} next */
  const choose = (next) => {
    picks = next.slice(0, MOST);
    const query = new URLSearchParams(picks.filter(({ key }) => key.includes(".")).map(({ key }) => ["pick", key]));
    history.replaceState(null, "", query.size ? `?${query}` : location.pathname);
    frame.dirty();
  };

  const mine = {
    /** @param {Pick} pick */
    onPick: (pick) =>
      choose(
        picks.some(({ key }) => key === pick.key) ? picks.filter(({ key }) => key !== pick.key) : [...picks, pick],
      ),
    /** @param {string} gone */
    onDrop: (gone) => choose(picks.filter(({ key }) => key !== gone)),
    async onStart() {
      if (asked || role !== "driver" || picks.length < LEAST) return;
      asked = true;
      frame.dirty();
      try {
        const { run } = await session.api.startOwn({ race: picks.map(({ racer }) => racer) });
        location.assign(linkTo(`/runs/${encodeURIComponent(run)}`));
      } catch (error) {
        ui.problem = problemOf(error, "They were not started.");
        asked = false;
      }
      frame.dirty();
    },
  };

  const own = createOwn({
    session,
    dirty: frame.dirty,
    go() {},
    take(racer, { command }) {
      if (picks.length >= MOST) return;
      made += 1;
      const words = [racer.image, ...(argvOf(command) ?? [])].filter(Boolean).join(" ");
      choose([...picks, { key: `own ${made}`, title: words, line: words, racer }]);
    },
  });

  /** @param {boolean} shown */
  const work = (shown) => {
    session.fold();
    if (!shown) return;
    const nowMs = session.clock.now();
    const { health, experiments } = session;
    if (health && !session.following) session.open({ kinds: KINDS, after: health.last_event_id });
    if (wanted && experiments.length) {
      const all = new Map(
        experiments
          .filter(({ available }) => available)
          .flatMap(picksOf)
          .map((pick) => [pick.key, pick]),
      );
      picks = [...new Set(wanted)].flatMap((key) => all.get(key) ?? []).slice(0, MOST);
      wanted = null;
    }
    bar(here(), nowMs);
    const note = noteOffStage({ session, ui }, nowMs);
    const title = "Two to eight side by side";
    const engine = health?.engine.state === "ready";
    race([experiments, engine, ui.copied, own.key(), JSON.stringify([note, picks, asked])], () => {
      const adds =
        role === "driver" && experiments.length
          ? own.view(engine, ui.copied, nowMs, handlers.onCopy, picks.length >= MOST)
          : nothing;
      return html`${note ? html`<div class="home-note">${noteView({ note, title }, nowMs, handlers)}</div>` : html`<header class="home-head"><h1>${title}</h1></header>`}
        ${picksView({ experiments, picks, asked, role, own: adds }, nowMs, mine)}`;
    });
    dialogs({ target: null, row: null, from: "outside" });
    if (note) frame.at(1000);
  };

  createKeys({ "?": () => handlers.open("help") });
  session.refresh();
  frame.dirty();
}
