/**
 * The stage: one experiment, or one run of it.  This module cuts the state into slices and gives each panel its own;
 * what a person does is in `pages/shared/handlers.js`, what is remembered in `pages/shared/ui.js`, the larger panels have modules of
 * their own.
 *
 * Longer than most files: it is the list of what each panel is given, and is read from top to bottom.  Which run it is
 * about is in `runs.js`.
 *
 * Everything is drawn from the folded state, once per frame.  A start changes the address but not the page, so nothing
 * jumps and the terminal stays.
 */

import { createAnnouncer } from "../../page/announce.js";
import { createFollow, createLead, roamByLinks } from "../../page/follow.js";
import { createForecaster } from "../../page/forecaster.js";
import { createFrame } from "../../page/frame.js";
import { createPanel } from "../../page/panel.js";
import { createPoll } from "../../page/poll.js";
import { isPhone, isWide } from "../../page/room.js";
import {
  acrossOf,
  clockOf,
  endVerdict,
  recordOf,
  resultOf,
  rootOf,
  signalVerdict,
  withOthers,
  witnessesOf,
} from "../../selectors/index.js";
import { resultView } from "../../views/result.js";
import { stopAsked } from "../../views/stop.js";
import { tabsView } from "../../views/tabs.js";
import { createSession } from "../../wire/session.js";
import { linkTo } from "../../words/address.js";
import { createDialogs, dialogsPart } from "../shared/dialogs.js";
import { createFoot } from "../shared/foot.js";
import { createHandlers } from "../shared/handlers.js";
import { createStageKeys } from "../shared/keys.js";
import { createUi, forgetAnswered } from "../shared/ui.js";
import { createAgain } from "./again.js";
import { createBets } from "./bets.js";
import { createBoard } from "./board.js";
import { createFall } from "./fall.js";
import { createHead } from "./head.js";
import { createLesson } from "./lesson.js";
import { createNoRace, createOneTarget } from "./one_target.js";
import { createPresent, presentSheet } from "./present.js";
import { createRecord, eventOf } from "./record.js";
import { createRuns } from "./runs.js";
import { createKeeper, SOON_MS, slotView } from "./slot.js";
import { createTerminalPanel, terminalPart } from "./terminal.js";

/** @import { BoardRow, Origin, Run, Target } from "../../wire/types.js" */
/** @import { FallSize } from "../../views/fall.js" */
/** @import { Recording } from "../../wire/replay_session.js" */

const LAB_KINDS = ["lab_started", "source_lost", "source_back", "build_progress", "run_created"];
const TICK_MS = 1000; // what is told in whole seconds
const LOAD_MS = 1000; // what processes cost
const PATIENCE_MS = 10_000; // a telephone, or a busy machine
const MOVING = new Set(["stopping", "overdue", "up", "unknown"]);

/** @returns {FallSize} */
const fallSize = () => (isPhone() ? "s" : isWide() ? "l" : "m");

/**
 * What a page has, by what it is about: `static/js/entries` says which, so that no page loads what it does not need.
 * @typedef {object} Kit
 * @property {typeof import("./lanes.js").createLanes} lanes
 * @property {typeof import("./race.js").createRace} race
 * @property {typeof import("./replay.js")|null} replay - null: it is live
 * @property {typeof terminalPart} terminal
 * @property {typeof dialogsPart} dialogs
 * @property {typeof presentSheet} presentSheet
 */

const PARTS = { terminal: terminalPart, dialogs: dialogsPart, presentSheet };
/** @type {Kit} */
export const ONE_TARGET = { lanes: createOneTarget, race: createNoRace, replay: null, ...PARTS };

/** @param {Kit} kit @param {Recording|null} [recording] - of a report: what it shows, instead of what the lab has */
export function startStage(kit, recording = null) {
  const { dataset } = document.body;
  const replays = kit.replay !== null;
  const role = dataset.role === "driver" && !replays ? "driver" : "viewer";
  dataset.role = role; // what is replayed is only watched
  const ui = createUi();
  dataset.tab = ui.tab;
  ui.evidence = eventOf(location.hash);
  /** What its field waits for: until the end is read, or that it is being stopped. @type {string|undefined} */
  let awaited = replays ? "" : /** @type {HTMLElement|null} */ (document.querySelector(".field"))?.dataset.over;

  const frame = createFrame((shown) => work(shown));
  const session = kit.replay
    ? kit.replay.replaySession({ run: dataset.run ?? "", ui, dirty: frame.dirty, recording })
    : createSession({
        role,
        dirty: frame.dirty,
        onEvent: (event) => runs.look(event),
        about: dataset.experiment ?? "",
      });

  const follow = createFollow({ role: replays ? "driver" : role, dirty: frame.dirty }); // a replay is one's own;
  const lead = createLead({ ask: session.api.lookAt });
  roamByLinks(follow);

  /** What the last frame was about: handlers and keys need it. */
  const now = {
    target: /** @type {Target|null} */ (null),
    row: /** @type {BoardRow|null} */ (null),
    rows: /** @type {BoardRow[]} */ ([]),
    isRoot: true,
    from: /** @type {Origin} */ ("outside"),
    canStop: false,
    stopping: false,
    betting: false,
    run: dataset.run ?? "",
    experiment: dataset.experiment ?? "",
  };

  const runs = createRuns({
    session,
    ui,
    follow,
    now,
    dirty: frame.dirty,
    query: () => present.query(),
    replays,
    inLab: recording === null,
  });
  const handlers = createHandlers({
    session,
    ui,
    dirty: frame.dirty,
    flush: frame.flush,
    now: () => now,
    openRun: runs.open,
    newer: () => runs.newer()?.run ?? null,
    byHand: follow.roam,
  });
  const stage = { session, ui, handlers, dirty: frame.dirty, flush: frame.flush, at: frame.at, follow };
  const head = createHead(stage);
  const board = createBoard(stage);
  const fallen = createFall(stage);
  const record = createRecord(stage);
  const lesson = createLesson({ ...stage, query: () => present.query() });
  const lanes = kit.lanes(stage);
  const race = kit.race(stage);
  const bets = createBets(stage);
  const again = createAgain(stage);
  const keeps = createKeeper();
  const terminal = createTerminalPanel(stage, kit.terminal);
  const own = linkTo(`/runs/${encodeURIComponent(now.run)}`);
  const back = recording || dataset.imported !== undefined ? null : own;
  const replayBar = kit.replay
    ? kit.replay.createReplayBar({ session, back, addressed: recording === null, at: frame.at })
    : () => {};
  const present = createPresent(stage, kit.presentSheet);
  const dialogs = createDialogs({ ...stage, here: () => present.here(now) }, kit.dialogs);
  const loads = createPoll({ ask: session.api.load, everyMs: LOAD_MS, dirty: frame.dirty });
  const foot = replays ? () => {} : createFoot(stage);
  const forecastFor = createForecaster({ ask: session.api.forecast, dirty: frame.dirty });
  const announce = createAnnouncer(/** @type {HTMLElement} */ (document.getElementById("says")));
  const [field, resultPanel, tabs] = ["field", "result", "tabs"].map(createPanel);
  createStageKeys(handlers, {
    rows: () => now.rows,
    selected: () => now.row?.row ?? null,
    stopping: () => now.stopping,
    driver: role === "driver",
    typing: () => ui.typed !== "",
    lane: (index) => lanes.choose(session.state.runs[now.run] ?? null, index),
    whole: () => lanes.turn(session.state.runs[now.run] ?? null),
    present,
  });

  /** Where the run can be had. @param {Run} run */
  const linksOf = ({ id, status }) => {
    const replay = status === "finished" && !replays ? linkTo(`/runs/${encodeURIComponent(id)}?replay`) : null;
    return {
      export: session.api.exportUrl(id),
      replay,
      report: status === "finished" ? session.api.reportUrl(id) : null,
    };
  };

  /** @param {boolean} shown */
  const work = (shown) => {
    session.fold();
    const soon = performance.now() - ui.askedMs < SOON_MS;
    const pressed = soon && [...ui.asked.keys()].some((key) => /^(stop|step)/.test(key)); // before what was answered is forgotten
    forgetAnswered(ui, session.state); // in every frame: an event may be here before the answer that names it
    if (!shown) return;
    const nowMs = session.clock.now();
    const { state, health, experiments } = session;
    const runId = now.run;
    if (!runId && health && !session.following) session.open({ kinds: LAB_KINDS, after: health.last_event_id });
    const run = state.runs[runId] ?? null;
    now.experiment = run?.experiment ?? dataset.experiment ?? "";
    session.turnTo(now.experiment);
    const experiment = experiments.find(({ id, steps }) => id === now.experiment && steps) ?? null; // all of it is here
    const led = follow.with(session.focus, runs.goAlong);
    const bet = bets.cut(run);
    const target = bets.shown(run, lanes.chosen(run, experiment, nowMs, led?.target));
    if (led?.row && target?.id === led.target) ui.selected[target.id] = led.row;
    if (led) present.set(led.present);
    if (led) ui.whole = led.whole ?? false;
    const root = rootOf(target);
    const clock = clockOf(target, state, nowMs, health?.engine.state);
    const mine = target ? stopAsked(ui.choice, target) : undefined;
    const meantS = role === "viewer" && bet?.open ? (run?.bet?.timeoutS ?? null) : null; // who watches guesses that stop
    const asked = mine && meantS !== null ? { ...mine, timeoutS: meantS } : mine;
    const forecast = asked && !bet?.open ? forecastFor(target, asked) : null;
    const fallAsked = asked && { ...asked, forecast };
    const witnesses = witnessesOf(state, health);
    const result = resultOf(target);
    const verdict = endVerdict(target);
    const last = signalVerdict(target);
    const alive = target?.status === "running";
    const equivalent = target?.equivalent || experiment?.targets[0]?.equivalent || "";
    const question = run?.question || experiment?.question || dataset.question || dataset.title || "";
    const title = run?.title || experiment?.title || dataset.title || "";
    Object.assign(now, {
      target,
      canStop: clock.state === "ready",
      stopping: MOVING.has(clock.state) && clock.state !== "overdue",
      betting: bet?.open ?? false,
    });
    runs.afterwards(run);

    const single = bet && target && run?.targets.length === 1 ? bets.lane(bet, target) : null;
    const noted = head(
      {
        run,
        target,
        experiment,
        title,
        question,
        equivalent,
        newer: runs.newer(),
        bet,
        single,
        onPresent: present.toggle,
        led: follow.state(session.focus),
        onLed: follow.toggle,
      },
      nowMs,
    );
    const several = lanes.count(run, experiment, runId) > 1;
    const cut = several
      ? lanes.cut(run, experiment, target, nowMs, { witnesses, asked: fallAsked, state: bets.state(run), bet })
      : null;
    const presenting = present.isOn();
    const asks = alive && run && !presenting && !replays && session.connection?.state === "open";
    const load = loads(asks ? run.id : null) ?? [];
    foot(!presenting && !replays);
    Object.assign(now, board(target, root, nowMs, replays ? null : load));
    const mayAgain = again(run, experiment);
    const kept = keeps(target, clock, pressed);
    const slotted = { run, target, experiment, runId, forecast, mayAgain, bet, single, kept };
    const slot = presenting ? null : slotView(stage, clock, { ...slotted, lanes: cut?.lanes });
    const lines = run ? recordOf(state, (run.targets.length > 1 && target?.id) || null) : [];
    const fall =
      cut && !lanes.whole(bet)
        ? null
        : fallen.cut(withOthers(target, acrossOf(run, state)), nowMs, witnesses, fallAsked, lines);
    const about = {
      run,
      target,
      experiment,
      question,
      clock,
      fall,
      cut,
      result,
      verdict,
      last,
      forecast,
      rows: now.rows,
      row: now.row,
      bet,
      single,
      mayAgain,
    };
    if (run?.status === "finished" || MOVING.has(clock.state) || performance.now() > PATIENCE_MS) awaited = "";
    if (awaited) frame.at(PATIENCE_MS);
    else
      field([{}], () => {
        if (presenting)
          return present.field(
            about,
            (scale) => cut && lanes.view(cut, target, null, { bet, scale, strip: fall !== null }),
          );
        if (!cut) return fall && fallen.view(fall, fallSize(), slot);
        return lanes.view(cut, target, slot, { bet, whole: fall && fallen.figure(fall, isPhone() ? "s" : "m") });
      });
    present.rest(about);
    const raced = race(cut && run, nowMs);
    const guesses = bet && !bet.open ? bet.say : "";
    terminal(run, target, present.large(equivalent));
    record(lines, run && !recording ? linksOf(run) : null, run);
    const second = Math.floor(nowMs / TICK_MS);
    resultPanel(
      [
        result?.say,
        verdict?.id,
        last?.id,
        run,
        target?.stop,
        target?.status,
        root?.key,
        experiment,
        question,
        equivalent,
        ui.copied,
        forecast,
        alive && second,
        raced,
        guesses,
      ],
      () =>
        resultView(
          {
            result,
            run,
            target,
            root,
            experiment,
            question,
            equivalent,
            copied: ui.copied,
            forecast,
            verdict,
            last,
            raced,
            guesses,
            drives: role === "driver",
          },
          nowMs,
          handlers,
        ),
    );
    lesson(run, experiment);
    tabs([ui.tab, result], () => tabsView({ tab: ui.tab, told: result !== null }, nowMs, handlers));
    dialogs({ target, row: now.row, from: now.from });
    announce(target, clock, result, nowMs);
    if (cut) lanes.announce(cut);
    const named = `${replays ? "Replay: " : ""}${title} · Signal Lab`;
    if (document.title !== named) document.title = named; // the browser takes each one for news
    replayBar();
    if (session.connection?.state !== "open") lead.again();
    else if (role === "driver")
      lead.tell({
        ...{ experiment: now.experiment || null, run: runId || null, target: target?.id ?? null },
        ...{ row: now.row?.row ?? null, present: presenting, whole: ui.whole },
      });
    frame.moves(
      session.replay ? session.replay.playing : MOVING.has(clock.state) || (cut ? cut.moves : fall?.now !== null),
    );
    if (alive || cut?.alive || noted) frame.at(TICK_MS);
  };

  addEventListener("focus", () => {
    lead.again(); // another window may have led meanwhile
    frame.dirty();
  });
  for (const query of ["(max-width: 40rem)", "(min-width: 100rem)"])
    matchMedia(query).addEventListener("change", frame.dirty);

  if (now.run) runs.open(now.run, false);
  ui.evidence = eventOf(location.hash);
  session.refresh();
  frame.dirty();
}
