/**
 * The doctor: every container of the engine, and what `docker stop` would come to for each.  Read again every few
 * seconds while somebody looks, and not at all in a hidden tab.
 */

import { html, nothing } from "../lit.js";
import { createFollow } from "../page/follow.js";
import { createFrame } from "../page/frame.js";
import { createKeys } from "../page/keys.js";
import { createPanel } from "../page/panel.js";
import { doctorView } from "../views/doctor.js";
import { noEngineView } from "../views/no_engine.js";
import { noteView } from "../views/note.js";
import { ApiError } from "../wire/api.js";
import { doctorApi } from "../wire/api_doctor.js";
import { createSession } from "../wire/session.js";
import { linkTo } from "../words/address.js";
import { createDialogs } from "./shared/dialogs.js";
import { problemOf } from "./shared/handlers.js";
import { handlersOffStage } from "./shared/off_stage.js";
import { createBarOffStage, noteOffStage } from "./shared/off_stage_head.js";
import { createUi } from "./shared/ui.js";

/** @import { DoctorReport } from "../wire/types_doctor.js" */
/** @import { Meant } from "../views/foreign.js" */

const KINDS = ["source_lost", "source_back", "lab_started", "foreign_asked", "foreign_done"];
const EVERY_MS = 3000;
const NOT_READ = "The containers could not be looked at.";

export function startDoctor() {
  const role = document.body.dataset.role === "driver" ? "driver" : "viewer";
  const ui = createUi();
  /** @type {DoctorReport|null} */
  let report = null;
  let told = ""; // the report as text: what says the same is not drawn again
  let timer = 0;
  let reading = false;

  const frame = createFrame((shown) => work(shown));
  const session = createSession({ role, dirty: frame.dirty });
  const api = doctorApi(session.api);
  const handlers = handlersOffStage({ session, ui, frame });
  const follow = createFollow({ role, dirty: frame.dirty });
  const here = () => ({ led: follow.elsewhere(session.focus), onFollow: follow.toggle });
  const dialogs = createDialogs({ session, ui, handlers, dirty: frame.dirty, here });
  const bar = createBarOffStage({ session, handlers, page: "doctor", dirty: frame.dirty });
  const doc = createPanel("doc");

  const forget = () => {
    report = null;
    told = "";
  };

  /** @param {unknown} error */
  const failed = (error) => {
    forget();
    if (!(error instanceof ApiError)) throw error;
    if (error.code === "no_engine")
      session.refresh(); // the page says what was tried
    else if (error.status !== 0) ui.problem = problemOf(error, NOT_READ);
  };

  const read = async () => {
    clearTimeout(timer);
    if (document.hidden || reading) return;
    reading = true;
    try {
      if (session.health?.engine.state !== "ready") await session.refresh(); // who is away need not be asked
      if (session.health?.engine.state !== "ready") return forget();
      const found = await api.all();
      const text = JSON.stringify(found);
      if (text !== told) report = found;
      told = text;
      if (ui.problem?.what === NOT_READ) ui.problem = null;
    } catch (error) {
      failed(error);
    } finally {
      reading = false;
      timer = window.setTimeout(read, EVERY_MS);
      frame.dirty();
    }
  };

  /** What waits for its confirmation. @type {Meant|null} */
  let meant = null;
  let asked = false; // one at a time

  /** @param {Meant|null} next */
  const onMean = (next) => {
    meant = next;
    frame.flush();
    if (next) /** @type {HTMLElement|null} */ (document.querySelector(".doc-go"))?.focus();
  };

  /** @param {Meant} it */
  const onMeant = async ({ container, name, what, signal }) => {
    onMean(null);
    const confirm = `${signal} ${name}`;
    try {
      await (what === "stop" ? api.stop(container, { confirm }) : api.signal(container, { signal, confirm }));
    } catch (error) {
      ui.problem = problemOf(error, "It was not done.");
    }
    frame.dirty();
  };

  /** @param {string} container @param {"fenced"|"docker"} fence */
  const onRehearse = async (container, fence) => {
    if (asked) return;
    asked = true;
    try {
      const { run } = await api.rehearse(container, fence);
      location.assign(linkTo(`/runs/${encodeURIComponent(run)}`));
    } catch (error) {
      ui.problem = problemOf(error, "No copy was started.");
    } finally {
      asked = false;
      frame.dirty();
    }
  };

  /** @param {boolean} looks @param {string} title */
  const slice = (looks, title) => ({
    ...{ report, title, looks, copied: ui.copied, drives: role === "driver" },
    ...{ foreign: session.health?.allow_foreign === true, meant, done: session.state.foreign },
  });

  /** @param {boolean} shown */
  const work = (shown) => {
    session.fold();
    if (!shown) return;
    const nowMs = session.clock.now();
    const { health, experiments } = session;
    if (health && !session.following) session.open({ kinds: KINDS, after: health.last_event_id });
    bar(here(), nowMs);
    const note = noteOffStage({ session, ui }, nowMs);
    const title = "Why does it take 10 s to stop?";
    const noEngine = health && health.engine.state !== "ready" ? health.engine : null;
    doc(
      [report, noEngine?.reason, experiments, ui.copied, JSON.stringify(note), meant, session.state.foreign],
      () => html`
      ${note ? noteView({ note, title }, nowMs, handlers) : nothing}
      ${noEngine ? noEngineView({ engine: noEngine, experiments, copied: ui.copied }, nowMs, handlers) : nothing}
      ${doctorView(slice(noEngine === null, title), nowMs, { onCopy: handlers.onCopy, onRehearse, onMean, onMeant })}`,
    );
    dialogs({ target: null, row: null, from: "outside" });
    if (note) frame.at(1000);
  };

  /** @param {number} by */
  const along = (by) => {
    const rows = /** @type {HTMLElement[]} */ ([...document.querySelectorAll(".doc-one > summary")]);
    const at = rows.indexOf(/** @type {HTMLElement} */ (document.activeElement));
    rows[Math.max(0, Math.min(rows.length - 1, at + by))]?.focus();
    return rows.length > 0;
  };
  createKeys({ j: () => along(1), k: () => along(-1), "?": () => handlers.open("help") });
  document.addEventListener("visibilitychange", read);
  read();
  frame.dirty();
}
