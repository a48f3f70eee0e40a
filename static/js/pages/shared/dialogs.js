/**
 * The page's one dialog.  What stands in it is a part of its own (`dialogs_part.js`), which comes with the first sign that
 * somebody is there: a key, or the pointer pressed.  Until it has come the dialog is open and empty, so that what is typed
 * is no key of the page.
 */

import { html } from "../../lit.js";
import { createModal } from "../../page/modal.js";
import { loadModule, loadSheet } from "../../page/parts.js";

/** @import { Chosen } from "./dialogs_part.js" */
/** @import { Handlers } from "./handlers.js" */
/** @import { Ui } from "./ui.js" */
/** @import { Session } from "../../wire/session.js" */

const RECENT = 20; // runs that the palette offers
const LOST = "This part of the page did not come. Load the page again.";

/** The part and its style sheet. @returns {Promise<typeof import("./dialogs_part.js")>} */
export const dialogsPart = async () => (await Promise.all([loadModule("dialogs"), loadSheet("dialogsSheet")]))[0];

/**
 * @param {{session: Session, ui: Ui, handlers: Handlers, dirty: () => void, here?: () => import("./palette.js").Here}} page -
 *   `here`: what the palette can do on this page besides
 * @param {typeof dialogsPart} [part]
 */
export function createDialogs(page, part = dialogsPart) {
  const { session, ui, handlers, dirty } = page;
  const modal = createModal(handlers.onClose);
  /** @type {ReturnType<typeof import("./dialogs_part.js").createContents>|null} */
  let contents = null;
  let asked = false;
  let lost = false;

  const load = async () => {
    if (asked) return;
    asked = true;
    try {
      contents = (await part()).createContents(page);
    } catch {
      [asked, lost] = [false, true]; // whoever opens it once more asks once more
    }
    dirty();
  };
  for (const sign of ["keydown", "pointerdown"])
    document.addEventListener(sign, load, { capture: true, once: true, passive: true });

  const openPalette = () => {
    ui.palette = { query: "", at: 0 };
    handlers.open("palette");
    session.api.runs(RECENT).then(
      (found) => {
        ui.recent = found;
        dirty();
      },
      () => {}, // the stream notices that nobody answers, and says so
    );
  };

  // Ctrl-K, or Cmd-K.  In the capture phase: an open dialog, and a field that is typed into, do not keep it; the terminal
  // does, there it belongs to the shell.
  document.addEventListener(
    "keydown",
    (event) => {
      const awaited = ui.dialog === "palette" && !contents && event.key.length === 1;
      if (awaited && !event.ctrlKey && !event.metaKey && !event.altKey) ui.palette.query += event.key;
      if (event.key.toLowerCase() !== "k" || !(event.ctrlKey || event.metaKey) || event.altKey || event.shiftKey)
        return;
      if (event.target instanceof Element && event.target.closest(".xterm")) return;
      event.preventDefault();
      if (ui.dialog === "palette") handlers.onClose();
      else openPalette();
    },
    { capture: true },
  );

  /** @param {Chosen} chosen */
  return (chosen) => {
    const kind = ui.dialog;
    if (kind === null) {
      lost = false;
      return modal.show(null, "", [], () => null);
    }
    if (contents) {
      const { label, parts, view } = contents(kind, chosen);
      return modal.show(kind, label, parts, view);
    }
    if (!lost) load();
    modal.show(lost ? "lost" : "awaited", lost ? LOST : "One moment", [], () => (lost ? html`<p>${LOST}</p>` : null));
  };
}
