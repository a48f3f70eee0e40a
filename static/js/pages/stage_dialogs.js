/**
 * The contents of the stage's one dialog.
 */

import { html } from "../lit.js";
import { createModal } from "../modal.js";
import { signalList } from "../selectors.js";
import { catalogueView } from "../views/catalogue.js";
import { helpView, killView, shareView } from "../views/dialogs.js";
import { findView } from "../views/find.js";
import { icon } from "../views/signs.js";
import { alongLinks } from "./stage_keys.js";

/** @import { Acts } from "./stage_acts.js" */
/** @import { Ui } from "./stage_ui.js" */
/** @import { Session } from "../session.js" */
/** @import { BoardRow, Process, SignalChoice, Target } from "../types.js" */

const LABELS = {
  catalogue: "Experiments",
  find: "All signals",
  help: "Keys",
  kill: "Kill now?",
  share: "Let others watch",
};

/**
 * @param {{session: Session, ui: Ui, acts: Acts, dirty: () => void}} stage
 */
export function createDialogs({ session, ui, acts, dirty }) {
  const modal = createModal(acts.onClose);
  const { onClose, onCopy } = acts;

  /** @param {Target|null} target @param {BoardRow|null} row @param {Process|null} process */
  const find = (target, row, process) => {
    // Asked again at each key: what was typed a moment ago may not be drawn yet, and Enter must not send another signal.
    const list = () => (session.table ? signalList(session.table, process, ui.find.query) : []);
    const within = (/** @type {number} */ at) => Math.max(0, Math.min(list().length - 1, at));
    const choices = list();
    const at = within(ui.find.at);
    const pick = (/** @type {SignalChoice|undefined} */ choice) => {
      if (!choice || choice.reserved || session.role !== "driver") return;
      onClose();
      acts.onSend(choice.signal.name);
    };
    const to = row ? `${row.nsPid} ${row.comm}` : (target?.name ?? "nothing: no process is there");
    return findView({ choices, at, query: ui.find.query, role: session.role, to }, 0, {
      onClose,
      onQuery(query) {
        ui.find = { query, at: 0 };
        dirty();
      },
      onAt(next) {
        ui.find = { ...ui.find, at: within(next) };
        dirty();
        requestAnimationFrame(() =>
          document.querySelector(".find-list [aria-selected=true]")?.scrollIntoView({ block: "nearest" }),
        );
      },
      onMove(by) {
        this.onAt(ui.find.at + by);
      },
      onEnter: () => pick(list()[within(ui.find.at)]),
      onPick: pick,
    });
  };

  const catalogue = () => html`<div class="dlg-cat" @keydown=${(/** @type {KeyboardEvent} */ event) => {
    const by = { j: 1, ArrowDown: 1, k: -1, ArrowUp: -1 }[event.key];
    if (!by) return;
    alongLinks(/** @type {Element} */ (event.currentTarget), by);
    event.preventDefault();
  }}><header class="dlg-head"><h2>Experiments</h2><button class="btn btn-plain" type="button" aria-label="Close" @click=${onClose}>${icon("i-close")}</button></header>
    <nav class="cat" aria-label="Experiments">${catalogueView({ experiments: session.experiments, current: document.body.dataset.experiment ?? "" })}</nav></div>`;

  /** @param {Target|null} target @param {BoardRow|null} row @param {Process|null} process */
  return (target, row, process) => {
    const kind = ui.dialog;
    const name = target?.name ?? "";
    modal.show(
      kind,
      kind ? LABELS[kind] : "",
      [ui.find, ui.share, ui.copied, name, row, process, session.experiments, session.table],
      () => {
        if (kind === "find") return find(target, row, process);
        if (kind === "share") return shareView({ ...ui.share, copied: ui.copied }, 0, { onClose, onCopy });
        if (kind === "catalogue") return catalogue();
        if (kind === "kill")
          return killView({ name }, 0, {
            onClose,
            onYes: () => {
              onClose();
              acts.onKill();
            },
          });
        return helpView({}, 0, { onClose });
      },
    );
  };
}
