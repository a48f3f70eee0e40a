/**
 * The page's one `<dialog>`, with one content at a time.  The browser holds the focus in it, closes it on Esc and gives
 * the focus back to where it was.
 */

import { createPanel } from "./panel.js";

/**
 * @param {() => void} onClosed - by Esc, by a click beside it, or by `show(null)`
 * @returns {{show: (kind: string|null, label: string, parts: readonly unknown[], view: () => unknown) => void}}
 */
export function createModal(onClosed) {
  const dialog = document.createElement("dialog");
  dialog.className = "dlg";
  dialog.id = "dialog";
  /** @type {HTMLElement} */ (document.getElementById("dialogs")).append(dialog);
  const draw = createPanel("dialog");
  dialog.addEventListener("close", onClosed);
  dialog.addEventListener("click", (event) => {
    if (event.target === dialog) dialog.close();
  });
  return {
    show(kind, label, parts, view) {
      if (kind === null) {
        if (dialog.open) dialog.close();
        return;
      }
      dialog.dataset.is = kind;
      dialog.setAttribute("aria-label", label);
      draw([kind, ...parts], view);
      if (!dialog.open) dialog.showModal();
    },
  };
}
