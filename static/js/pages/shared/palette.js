/**
 * The palette on every page (Ctrl-K, `dialogs.js`): finds what can be done here and does it.
 */

import { setTheme } from "../../page/theme.js";
import { entriesOf, found } from "../../selectors/palette.js";
import { paletteView } from "../../views/palette.js";

/** @import { Entry, Known } from "../../selectors/palette.js" */
/** @import { Theme } from "../../words/theme.js" */
/** @import { Session } from "../../wire/session.js" */
/** @import { Handlers } from "./handlers.js" */
/** @import { Ui } from "./ui.js" */

/**
 * What a page adds to what all of them have; those without a stage add nothing.
 * @typedef {Partial<Omit<Known, "role"|"page"|"experiments"|"runs"|"signals"|"targets"|"target">> & {onStart?: () => void,
 *   onStep?: () => void, onPresent?: () => void, onFull?: () => void, onWhole?: () => void, onQr?: () => void, onFollow?: () => void,
 *   targets?: Known["targets"], target?: Known["target"]}} Here
 */

/** @param {{session: Session, ui: Ui, handlers: Handlers, dirty: () => void, here?: () => Here}} page */
export function createPalette({ session, ui, handlers, dirty, here = () => ({}) }) {
  /** Asked again at each key, as what was typed a moment ago may not be drawn yet. @returns {Entry[]} */
  const entries = () => {
    const { query } = ui.palette;
    const known = {
      ...{
        target: null,
        targets: [],
        canStop: false,
        stopping: false,
        mayStart: false,
        betting: false,
        step: "",
        command: "",
      },
      ...{ presenting: false, large: false, led: null, ...here() },
      ...{
        role: session.role,
        page: document.body.dataset.page ?? "",
        experiments: session.experiments,
        runs: ui.recent,
      },
      alone: session.report !== null,
      signals: session.table?.signals ?? [],
    };
    return found(entriesOf(known, query), query);
  };

  /** @param {NonNullable<Entry["act"]>} act */
  const perform = (act) => {
    const { onStart, onStep, onPresent, onFull, onWhole, onQr, onFollow, command } = here();
    switch (act.kind) {
      case "start":
        return onStart?.();
      case "step":
        return onStep?.();
      case "stop":
        return handlers.onStop();
      case "stop-with": {
        const { seconds } = act;
        handlers.onChoice(seconds < 0 ? { wait: "never" } : { wait: "other", seconds: String(seconds) });
        return handlers.onStop();
      }
      case "signal":
        return act.what === "SIGKILL" ? handlers.open("kill") : handlers.onSend(act.what); // it asks, as its key does
      case "target":
        return handlers.onTarget(act.what);
      case "theme":
        setTheme(/** @type {Theme} */ (act.what));
        document.dispatchEvent(new Event("themechange"));
        return dirty();
      case "present":
        return onPresent?.();
      case "full":
        return onFull?.();
      case "whole":
        return onWhole?.();
      case "qr":
        return onQr?.();
      case "follow":
        return onFollow?.();
      case "copy":
        return void handlers.onCopy(command ?? "");
      case "bet":
        return handlers.onBet(!here().betting);
      case "kill":
      case "share":
      case "help":
        return handlers.open(act.kind);
    }
  };

  /** @param {Entry|undefined} entry */
  const onPick = (entry) => {
    if (!entry) return;
    handlers.onClose();
    if (entry.href) {
      const link = document.createElement("a"); // as if it were on the page: who follows the presenter roams by it
      link.href = entry.href;
      if (entry.apart) link.target = "signal-lab-speaker";
      document.body.append(link);
      link.click();
      link.remove();
    } else if (entry.act) perform(entry.act);
  };

  return () => {
    const list = entries();
    const at = Math.max(0, Math.min(list.length - 1, ui.palette.at));
    return paletteView({ entries: list, at, query: ui.palette.query }, 0, {
      onQuery(query) {
        ui.palette = { query, at: 0 };
        dirty();
        document.querySelector("#pal-list")?.scrollTo({ top: 0 });
      },
      onAt(next) {
        ui.palette = { ...ui.palette, at: next };
        dirty();
        requestAnimationFrame(() =>
          document.querySelector("#pal-list [aria-selected=true]")?.scrollIntoView({ block: "nearest" }),
        );
      },
      onPick,
      onEnter: () => onPick(entries()[ui.palette.at]),
      onClose: handlers.onClose,
    });
  };
}
