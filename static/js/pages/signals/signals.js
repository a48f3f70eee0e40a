/**
 * The reference of signals: all of them, who sends them, what programs do with them, and what each would do to the
 * chosen target now.  Everything is drawn from the folded state, as on the stage.
 */

import { createFollow } from "../../page/follow.js";
import { createFrame } from "../../page/frame.js";
import { createKeys } from "../../page/keys.js";
import { createPanel } from "../../page/panel.js";
import {
  alikeOf,
  cameOf,
  choosesOrigin,
  fatesFor,
  fourAnswers,
  referenceRows,
  rootOf,
  seenIn,
  witnessesOf,
} from "../../selectors/index.js";
import { referenceView } from "../../views/reference.js";
import { oneView } from "../../views/reference_one.js";
import { createSession } from "../../wire/session.js";
import { plain } from "../../words/text.js";
import { createDialogs } from "../shared/dialogs.js";
import { handlersOffStage } from "../shared/off_stage.js";
import { createUi, forgetAnswered } from "../shared/ui.js";
import { addressed, focusRow, isOpen, isPhone, pathOf, setAddress, setOpen, showRow } from "./choice.js";
import { createSignalsHead } from "./head.js";
import { createTargets } from "./target.js";

/** @import { Origin, Signal, SignalUses, Target } from "../../wire/types.js" */

const AGAIN_MS = 3000;
const FIRST = "SIGTERM"; // stands beside the list while nothing was chosen

export function startSignals() {
  const role = document.body.dataset.role === "driver" ? "driver" : "viewer";
  const ui = createUi();
  let query = "";
  let chosen = "";
  let shownOne = "";
  /** @type {SignalUses|null} */
  let uses = null;
  /** What the last frame was about. */
  const now = { target: /** @type {Target|null} */ (null), from: /** @type {Origin} */ ("outside") };

  const frame = createFrame((shown) => work(shown));
  const session = createSession({ role, dirty: frame.dirty });
  const first = new URLSearchParams(location.search).get("target");
  const targets = createTargets({ session, dirty: frame.dirty, first });
  const shared = handlersOffStage({ session, ui, frame }, () => ({ ...now, run: targets.run }));
  const follow = createFollow({ role, dirty: frame.dirty });
  const here = () => ({ led: follow.elsewhere(session.focus), onFollow: follow.toggle });
  const dialogs = createDialogs({ session, ui, handlers: shared, dirty: frame.dirty, here });
  const [list, one] = ["sigs-list", "sigs-one"].map(createPanel);

  const readUses = async () => {
    try {
      uses = await session.api.signalUses();
    } catch {
      setTimeout(readUses, AGAIN_MS);
    }
    frame.dirty();
  };

  const rowsNow = () => (session.table ? referenceRows(session.table, uses, query) : []);

  /** @param {string} name @param {boolean} [open] - as what the page is about */
  const choose = (name, open = false) => {
    chosen = name;
    if (open && isPhone()) setOpen(true);
    setAddress(name, targets.wanted, isOpen());
    frame.flush();
  };

  /** @param {number} by */
  const along = (by) => {
    const rows = rowsNow();
    if (isOpen() || rows.length === 0) return false;
    const at = rows.findIndex(({ signal }) => signal.name === chosen);
    choose(rows[Math.max(0, Math.min(rows.length - 1, at + by))].signal.name);
    focusRow();
    return true;
  };

  const handlers = {
    ...shared,
    /** @param {string} name @param {Event} event */
    onChoose(name, event) {
      event.preventDefault();
      choose(name, true);
      if (!isOpen()) return focusRow();
      scrollTo(0, 0);
      /** @type {HTMLElement|null} */ (document.querySelector("#sigs-one h2"))?.focus();
    },
    /** @param {string} text */
    onQuery(text) {
      query = text;
      const rows = rowsNow();
      if (rows.length && (rows[0].exact || !rows.some(({ signal }) => signal.name === chosen)))
        chosen = rows[0].signal.name;
      scrollTo(0, 0);
      frame.dirty();
    },
    onFirst() {
      const [best] = rowsNow();
      if (!best) return;
      choose(best.signal.name);
      focusRow();
    },
    /** @param {string} id */
    onTarget(id) {
      targets.wanted = id;
      ui.asked.clear();
      ui.signalProblem = null;
      const named = location.hash.length > 1 || location.pathname !== pathOf("");
      setAddress(named ? chosen : "", id, false);
      frame.dirty();
    },
    onBack() {
      setOpen(false);
      setAddress("", targets.wanted, false);
      frame.flush();
      focusRow("center");
    },
  };

  const top = createSignalsHead({ dirty: frame.dirty, session, ui, handlers, here });

  /** What the address names, at the begin and when it changes. */
  const arrive = () => {
    if (!session.table) return;
    const name = addressed(session.table);
    chosen = name || chosen || FIRST;
    setOpen(name !== "" && isPhone());
  };

  /** @param {boolean} shown */
  const work = (shown) => {
    session.fold();
    forgetAnswered(ui, session.state);
    if (!shown) return;
    const nowMs = session.clock.now();
    const { health, table, experiments } = session;
    targets.follow();
    const arrived = table !== null && chosen === "";
    if (arrived) arrive();
    const choices = targets.choices();
    const wanted = targets.wanted ?? "";
    const target = targets.run ? (session.state.targets[wanted] ?? null) : null;
    const root = rootOf(target);
    const alive = target?.status === "running";
    const origin = alive && choosesOrigin(target) ? ui.from : null;
    const from = origin ?? "outside";
    Object.assign(now, { target, from });
    const witnesses = witnessesOf(session.state, health);
    const rows = rowsNow();
    const who = alive && root ? `${root.nsPid} ${plain(root.comm)}` : "";
    const to = who || (choices?.find(({ id }) => id === wanted)?.name ?? "");
    const problem = ui.signalProblem;
    const came = (/** @type {Signal} */ signal) =>
      cameOf(target, root, signal, {
        asked: ui.asked.has(`signal:${signal.name}`),
        refused: problem?.signal === signal.name ? [problem.error, problem.hint].filter(Boolean).join(" ") : "",
        kernel: witnesses.kernel,
      });
    const fates = fatesFor(alive ? root : null, from, rows);

    const exit = target?.exit;
    const noted = top(
      { choices, wanted, target, root, who, origin, run: targets.run, query, hits: rows.length },
      nowMs,
    );
    const asked = JSON.stringify([[...ui.asked.keys()], problem, witnesses.kernel]);
    const parts = [
      table,
      choices === null,
      uses,
      chosen,
      alive,
      to,
      root?.forecast,
      from,
      target?.kernel,
      target?.sent,
      exit,
      asked,
    ];
    list([...parts, query], () =>
      table && choices // which columns there are is known from the first drawing on
        ? referenceView(
            { rows, chosen, fates, cames: rows.map(({ signal }) => came(signal)), to, alive, role, query },
            nowMs,
            handlers,
          )
        : "",
    );
    const signal = table && [...table.signals, ...table.reserved].find(({ name }) => name === chosen);
    one([...parts, experiments, ui.copied, targets.run, root?.pid], () => {
      if (!signal || !uses || !choices) return "";
      const reserved = signal.group === "reserved";
      const pid = alive && target.host !== "container" && root ? root.pid : "PID";
      const container = alive && target.containerId ? target.containerId.slice(0, 12) : "CONTAINER";
      return oneView(
        {
          ...{ signal, reserved, to, alive, role, run: targets.run, copied: ui.copied },
          answers: fourAnswers(signal),
          senders: uses.senders[signal.name] ?? [],
          programs: alikeOf(uses.programs[signal.name] ?? []),
          seen: seenIn(experiments, signal),
          group: fatesFor(alive ? root : null, from, [{ signal, reserved }])[0],
          came: came(signal),
          commands: [`kill -s ${signal.short} ${pid}`, `docker kill -s ${signal.short} ${container}`],
        },
        nowMs,
        handlers,
      );
    });
    if (shownOne !== chosen) document.getElementById("sigs-one")?.scrollTo(0, 0);
    shownOne = chosen;
    dialogs({ target, row: null, from });
    document.title = `${location.pathname === pathOf("") && !location.hash ? "Signals" : chosen} · Signal Lab`;
    if (arrived && !isOpen() && chosen !== FIRST) showRow("center");
    if (noted) frame.at(1000);
  };

  const moved = () => {
    arrive();
    frame.dirty();
  };
  addEventListener("hashchange", moved);
  addEventListener("popstate", moved);
  createKeys({
    "/": () => document.getElementById("sigs-query")?.focus(),
    "?": () => shared.open("help"),
    j: () => along(1),
    k: () => along(-1),
    ArrowDown: () => along(1),
    ArrowUp: () => along(-1),
    Enter: ({ target }) => {
      if (!(target instanceof Element) || !target.matches(".sigs-table a")) return false;
      const send = ".sigs-table [data-chosen] .sigs-send:not([disabled])";
      /** @type {HTMLElement|null} */ (document.querySelector(send))?.focus(); // a second Enter sends
    },
    Escape: () => (query ? handlers.onQuery("") : false),
  });
  session.refresh();
  targets.read();
  readUses();
  frame.dirty();
}
