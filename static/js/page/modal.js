/**
 * The page's one `<dialog>`, with one content at a time.  The browser holds the focus in it, closes it on Esc and gives
 * the focus back to where it was.
 */

import { createPanel } from "./panel.js";

/**
 * @param {() => void} onClosed - by Esc or by a click beside it
 * @returns {{show: (kind: string|null, label: string, parts: readonly unknown[], view: () => unknown) => void}}
 */
export function createModal(onClosed) {
  const dialog = document.createElement("dialog");
  dialog.className = "dlg";
  dialog.id = "dialog";
  /** @type {HTMLElement} */ (document.getElementById("dialogs")).append(dialog);
  const draw = createPanel("dialog");
  let ours = 0; // closings that were asked for by `show(null)`: their event may come when another kind is wanted already
  dialog.addEventListener("close", () => {
    if (ours > 0) ours -= 1;
    else onClosed();
  });
  // Whose event `close` is comes late: a key that is pressed right after Esc would open what that then closes again.
  // So the page closes it itself: by the key, and by any other wish to close where the browser lets it.
  dialog.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || event.isComposing || event.defaultPrevented) return;
    event.preventDefault();
    event.stopPropagation(); // it has closed what was open, and leaves nothing else
    onClosed();
  });
  dialog.addEventListener("cancel", (event) => {
    if (event.target !== dialog || !event.cancelable) return;
    event.preventDefault();
    onClosed();
  });
  dialog.addEventListener("click", (event) => {
    if (event.target === dialog) onClosed();
  });
  const close = () => {
    if (!dialog.open) return;
    ours += 1;
    dialog.close();
    // Where the focus goes back to nothing, it stays in what is hidden until the browser next draws: so long the page
    // would take a key for the dialog's.
    if (dialog.contains(document.activeElement)) /** @type {HTMLElement} */ (document.activeElement).blur();
  };
  return {
    show(kind, label, parts, view) {
      if (kind === null) return close();
      if (dialog.dataset.is !== kind) close(); // another content begins anew, with the focus where it wants it
      dialog.dataset.is = kind;
      dialog.setAttribute("aria-label", label);
      draw([kind, ...parts], view);
      if (!dialog.open) dialog.showModal();
    },
  };
}
