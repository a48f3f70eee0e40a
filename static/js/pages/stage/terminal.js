/**
 * The terminal's panel: loads the terminal when there is something to show, and says in words what stands there.
 */

import { buildFailed, buildInProgress } from "../../page/notes.js";
import { createPanel } from "../../page/panel.js";
import { loadModule, loadSheet } from "../../page/parts.js";
import { presentCommand } from "../../views/present.js";
import { terminalHeadView, terminalOverView } from "../../views/terminal.js";

/** @import { Session } from "../../wire/session.js" */
/** @import { Handlers } from "../shared/handlers.js" */
/** @import { Ui } from "../shared/ui.js" */
/** @import { Run, State, Target } from "../../wire/types.js" */

const TYPE_PX = 14;
const LARGE_PX = 24; // in presenter mode

/** @param {State} state @param {Run|null} run @param {Target|null} target */
const buildShown = (state, run, target) => {
  if (target?.output.length || target?.status === "running") return null;
  if (run?.status === "running") return buildInProgress(state.builds);
  return run?.reason === "failed" ? buildFailed(state.builds) : null;
};

/** The part and its style sheet. @returns {Promise<typeof import("../../page/terminal.js")>} */
export const terminalPart = async () => (await Promise.all([loadModule("terminal"), loadSheet("terminalSheet")]))[0];

/** @param {{session: Session, ui: Ui, handlers: Handlers, dirty: () => void}} stage @param {typeof terminalPart} part */
export function createTerminalPanel({ session, ui, handlers, dirty }, part) {
  const { api, role } = session;
  const head = createPanel("term-head");
  const over = createPanel("term-over");
  const box = /** @type {HTMLElement} */ (document.getElementById("term-x"));
  /** @type {ReturnType<typeof import("../../page/terminal.js").createTerminal>|null} */
  let terminal = null;
  let loading = false;
  let tick = 0;
  /** @type {Target|null} */
  let shown = null;

  /** @param {unknown} error */
  const refuse = (error) => {
    ui.refused = error instanceof Error ? error.message : String(error);
    dirty();
  };

  const load = async () => {
    if (loading) return;
    loading = true;
    try {
      const { createTerminal } = await part();
      terminal = createTerminal(box, {
        role,
        px, // what is drawn first has its size: else all lines jump
        onInput: (target, data) =>
          api.type(target, data).then(() => {
            ui.refused = "";
          }, refuse),
        onResize: (target, cols, rows) => api.resize(target, cols, rows).catch(refuse),
        onSize(cols, rows) {
          ui.size = { cols, rows };
          dirty();
        },
      });
      const paint = () => terminal?.paint();
      document.addEventListener("themechange", paint);
      for (const wish of ["(prefers-color-scheme: dark)", "(forced-colors: active)"])
        matchMedia(wish).addEventListener("change", paint);
    } catch {
      refuse("The terminal did not come. Load the page again.");
    }
    dirty();
  };

  let px = TYPE_PX;

  /**
   * @param {Run|null} run @param {Target|null} target
   * @param {{scale: number, equivalent: string}|null} [large] - presenter mode
   */
  return (run, target, large = null) => {
    const now = large ? Math.round(LARGE_PX * large.scale) : TYPE_PX;
    if (now !== px) {
      px = now;
      terminal?.size(px);
      terminal?.paint();
    }
    if (target && (target.output.length || target.status === "running")) load();
    if (terminal && shown !== target) {
      terminal.show(target);
      shown = target;
    }
    const { state } = session;
    const source = target
      ? (state.lost[`${target.id}/output`] ?? (target.host === "container" ? state.lost.engine : undefined))
      : undefined;
    const lost = source && target?.status === "running" ? source.reason : "";
    const pausing = ui.asked.has("pause");
    const equivalent = large?.equivalent ?? null;
    head([target, ui.size, ui.refused, lost, pausing, equivalent], () =>
      equivalent === null
        ? terminalHeadView({ target, size: ui.size, role, refused: ui.refused, lost, pausing }, 0, handlers)
        : presentCommand({ equivalent, refused: ui.refused, lost }),
    );
    const build = buildShown(state, run, target);
    const printed = Boolean(target?.output.length);
    const live = run?.status === "running";
    const starting = ui.asked.has(`start:${target?.id}`);
    const cancelling = ui.asked.has(`cancel:${build?.image}`);
    const again = Boolean(document.body.dataset.experiment);
    const building = build?.state === "running";
    const second = building ? Math.floor(session.clock.now() / 1000) : 0;
    const slice = { target, build, role, live, starting, cancelling, again };
    over([build, printed, target?.id, target?.status, live, starting, cancelling, second], () =>
      terminalOverView(slice, second * 1000, handlers),
    );
    const log = document.querySelector("#term-over pre");
    if (log && building) log.scrollTop = log.scrollHeight;
    clearTimeout(tick);
    if (building) tick = window.setTimeout(dirty, 1000); // a step may say nothing for minutes
  };
}
