/**
 * The terminal's panel: loads the terminal when there is something to show, and says in words what stands there.
 */

import { buildFailed, buildInProgress } from "../notes.js";
import { createPanel } from "../panel.js";
import { createTerminal } from "../terminal.js";
import { terminalHeadView, terminalOverView } from "../views/terminal.js";

/** @import { Session } from "../session.js" */
/** @import { Acts } from "./stage_acts.js" */
/** @import { Ui } from "./stage_ui.js" */
/** @import { Run, State, Target } from "../types.js" */

/** @param {State} state @param {Run|null} run @param {Target|null} target */
const buildShown = (state, run, target) => {
  if (target?.output.length || target?.status === "running") return null;
  if (run?.status === "running") return buildInProgress(state.builds);
  return run?.reason === "failed" ? buildFailed(state.builds) : null;
};

/** @param {{session: Session, ui: Ui, acts: Acts, dirty: () => void}} stage */
export function createTerminalPanel({ session, ui, acts, dirty }) {
  const { api, role } = session;
  const head = createPanel("term-head");
  const over = createPanel("term-over");
  const box = /** @type {HTMLElement} */ (document.getElementById("term-x"));
  /** @type {Awaited<ReturnType<typeof createTerminal>>|null} */
  let terminal = null;
  let loading = false;
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
      terminal = await createTerminal(box, {
        role,
        onInput: (target, data) =>
          api.type(target, data).then(() => {
            ui.refused = "";
          }, refuse),
        // Nobody asked for it: the page's own shape changed, and that the target has just ended is no news.
        onResize: (target, cols, rows) =>
          api.resize(target, cols, rows).catch((error) => error.code === "already_gone" || refuse(error)),
        onSize(cols, rows) {
          ui.size = { cols, rows };
          dirty();
        },
      });
      const paint = () => terminal?.paint();
      document.addEventListener("themechange", paint);
      matchMedia("(prefers-color-scheme: dark)").addEventListener("change", paint);
    } catch (error) {
      refuse(error);
    }
    dirty();
  };

  /** @param {Run|null} run @param {Target|null} target */
  return (run, target) => {
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
    head([target, ui.size, ui.refused, lost, pausing], () =>
      terminalHeadView({ target, size: ui.size, role, refused: ui.refused, lost, pausing }, 0, acts),
    );
    const build = buildShown(state, run, target);
    const printed = Boolean(target?.output.length);
    const live = run?.status === "running";
    const starting = ui.asked.has(`start:${target?.id}`);
    over([build, printed, target?.id, target?.status, live, starting], () =>
      terminalOverView({ target, log: build?.lines ?? null, image: build?.image ?? "", role, live, starting }, 0, acts),
    );
    const log = document.querySelector("#term-over pre");
    if (log && build?.state === "running") log.scrollTop = log.scrollHeight;
  };
}
