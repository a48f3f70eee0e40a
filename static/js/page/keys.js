/**
 * Keys of the page.  They are taken from nobody: not from the terminal, not from a field that is typed into, not from
 * an open dialog, and never together with Ctrl, Alt or Meta, which belong to the browser.
 */

/** @param {EventTarget|null} target */
const isTakenBy = (target) =>
  target instanceof Element &&
  target.closest("input:not([type=radio]), textarea, select, [contenteditable], .xterm, dialog") !== null;

/**
 * @param {Record<string, (event: KeyboardEvent) => void|boolean>} bindings - by `event.key`; "digit" for 0…9; a handler
 *   that returns false has not used the key
 * @returns {{dispose: () => void}}
 */
export function createKeys(bindings) {
  /** @param {KeyboardEvent} event */
  const onKey = (event) => {
    if (
      event.ctrlKey ||
      event.altKey ||
      event.metaKey ||
      event.isComposing ||
      event.defaultPrevented ||
      isTakenBy(event.target)
    )
      return;
    const handler = bindings[event.key] ?? (/^\d$/.test(event.key) ? bindings.digit : undefined);
    if (handler && handler(event) !== false) event.preventDefault();
  };
  document.addEventListener("keydown", onKey);
  return { dispose: () => document.removeEventListener("keydown", onKey) };
}
