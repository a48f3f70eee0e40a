/**
 * The contents of the page's one dialog: a part that comes when the first of them is opened (`dialogs.js`).
 */

import { html } from "../../lit.js";
import { signalList } from "../../selectors/index.js";
import { catalogueView } from "../../views/catalogue.js";
import { helpView, killView, shareView } from "../../views/dialogs.js";
import { findView } from "../../views/find.js";
import { icon } from "../../views/signs.js";
import { threadsView } from "../../views/threads.js";
import { alongLinks } from "./keys.js";
import { createPalette } from "./palette.js";

/** @import { Handlers } from "./handlers.js" */
/** @import { Ui } from "./ui.js" */
/** @import { Session } from "../../wire/session.js" */
/** @import { BoardRow, Origin, SignalChoice, Target } from "../../wire/types.js" */

/** @typedef {{target: Target|null, row: BoardRow|null, from: Origin}} Chosen  whom a signal would go to, and from where */

const LABELS = {
  catalogue: "Experiments",
  find: "All signals",
  help: "Keys",
  kill: "Kill now?",
  palette: "What to do",
  share: "Let others watch",
  threads: "Threads",
};

/**
 * @typedef {{label: string, parts: readonly unknown[], view: () => unknown}} Content
 *
 * @param {{session: Session, ui: Ui, handlers: Handlers, dirty: () => void, here?: () => import("./palette.js").Here}} stage -
 *   `here`: what the palette can do on this page besides
 */
export function createContents({ session, ui, handlers, dirty, here }) {
  const palette = createPalette({ session, ui, handlers, dirty, here });
  const { onClose, onCopy } = handlers;

  /** @param {Chosen} chosen */
  const find = ({ target, row, from }) => {
    const process = row && target ? (target.processes[row.row] ?? null) : null;
    const { sort } = ui.find;
    // Asked again at each key: what was typed a moment ago may not be drawn yet, and Enter must not send another signal.
    const list = () => (session.table ? signalList(session.table, process, ui.find.query, { from, sort }) : []);
    const within = (/** @type {number} */ at) => Math.max(0, Math.min(list().length - 1, at));
    const choices = list();
    const at = within(ui.find.at);
    const pick = (/** @type {SignalChoice|undefined} */ choice) => {
      if (!choice || choice.reserved || session.role !== "driver") return;
      onClose();
      handlers.onSend(choice.signal.name);
    };
    const to = row ? `${row.nsPid} ${row.comm}` : (target?.name ?? "nothing: no process is there");
    return findView({ choices, at, query: ui.find.query, sort, role: session.role, to }, 0, {
      onClose,
      onQuery(query) {
        ui.find = { ...ui.find, query, at: 0 };
        dirty();
      },
      onSort(next) {
        ui.find = { ...ui.find, at: 0, sort: next };
        dirty();
        document.querySelector(".find-list")?.scrollTo({ top: 0 });
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

  /** @param {NonNullable<Ui["dialog"]>} kind @param {Chosen} chosen @returns {Content} */
  return (kind, chosen) => {
    const { target, row, from } = chosen;
    const name = target?.name ?? "";
    const process = row && target ? (target.processes[row.row] ?? null) : null;
    const shown = target?.processes[ui.threads] ?? null;
    return {
      label: LABELS[kind],
      parts: [
        ui.find,
        kind === "palette" ? {} : null, // what can be done changes with everything
        ui.share,
        session.viewers,
        ui.copied,
        name,
        target?.stop,
        row,
        process,
        from,
        shown,
        session.experiments,
        session.table,
      ],
      view: () => {
        if (kind === "palette") return palette();
        if (kind === "find") return find(chosen);
        if (kind === "threads")
          return threadsView({ process: shown, signals: session.table?.signals ?? [] }, 0, { onClose });
        if (kind === "share") {
          const { makeLink: onLink, onRevoke } = handlers;
          const slice = { ...ui.share, copied: ui.copied, watching: session.viewers };
          return shareView(slice, 0, { onClose, onCopy, onLink, onRevoke });
        }
        if (kind === "catalogue") return catalogue();
        if (kind === "kill") {
          const stopping = target?.stop && !target.stop.finished;
          const to = stopping || !row ? name : `${row.nsPid} ${row.comm}`;
          const onYes = () => {
            onClose();
            if (stopping) handlers.onKill();
            else handlers.onSend("SIGKILL");
          };
          return killView({ name: to, stopping: Boolean(stopping) }, 0, { onClose, onYes });
        }
        const several = document.querySelector(".lanes-pick") !== null;
        const presenting = "present" in document.documentElement.dataset;
        const { page } = document.body.dataset;
        return helpView({ role: session.role, several, page, presenting, replay: session.replays }, 0, { onClose });
      },
    };
  };
}
