/**
 * The terminal: xterm.js in a box of fixed size, fed from the target's output.  Loaded only when there is something to
 * show.  What a program prints can change nothing outside the box: no links (OSC 8 has no handler), no clipboard
 * (OSC 52 has none either), no proposed API.
 *
 * Only a driver's browser sets the size of a pty: two screens would fight over it.  Input goes out in order, one
 * request at a time, with what was typed meanwhile in the next.
 */

/** @import { Target } from "./types.js" */

const RESIZE_MS = 200;

const COLOURS = /** @type {const} */ ({
  background: "--sunk",
  foreground: "--ink",
  cursor: "--ink",
  cursorAccent: "--sunk",
  selectionBackground: "--rule",
});

/** Colours as the tokens have them now: a custom property may hold light-dark(), which only a real colour resolves. @param {Element} box */
const themeOf = (box) => {
  const probe = box.appendChild(document.createElement("span"));
  const theme = Object.fromEntries(
    Object.entries(COLOURS).map(([name, token]) => {
      probe.style.color = `var(${token})`;
      return [name, getComputedStyle(probe).color];
    }),
  );
  probe.remove();
  return theme;
};

/**
 * @param {HTMLElement} box
 * @param {{role: "driver"|"viewer", onInput: (target: string, data: string) => Promise<unknown>,
 *   onResize: (target: string, cols: number, rows: number) => void, onSize: (cols: number, rows: number) => void}} options
 * @returns {Promise<{show: (target: Target|null) => void, paint: () => void, focus: () => void, dispose: () => void}>}
 */
export async function createTerminal(box, { role, onInput, onResize, onSize }) {
  const { FitAddon, Terminal } = await import("./xterm.js");
  const font = getComputedStyle(box);
  const term = new Terminal({
    allowProposedApi: false,
    fontFamily: font.fontFamily,
    fontSize: 14,
    lineHeight: 1.35,
    scrollback: 5000,
    cursorBlink: false,
    cursorInactiveStyle: "outline",
    minimumContrastRatio: 4.5,
    disableStdin: true,
    logLevel: "off", // broken sequences are the program's (systemd shortens its lines within one), no fault of the page
    theme: themeOf(box),
  });
  const fit = new FitAddon();
  term.loadAddon(fit);
  term.open(box);
  // Shift+Tab leaves the terminal, so that nobody is caught in it; Tab alone belongs to the program.
  term.attachCustomKeyEventHandler((/** @type {KeyboardEvent} */ event) => !(event.key === "Tab" && event.shiftKey));

  /** @type {Target|null} */
  let shown = null;
  let shownId = "";
  let lastId = 0;
  let typed = "";
  let sending = false;
  let resizeTimer = 0;
  let told = "";

  const send = async () => {
    if (sending || !typed || !shown) return;
    const data = typed;
    typed = "";
    sending = true;
    await onInput(shown.id, data);
    sending = false;
    send();
  };

  const mayResize = () => role === "driver" && shown?.tty === true && shown.status === "running";

  const tellSize = () => {
    if (!shown || !mayResize()) return;
    const size = `${shown.id} ${term.cols} ${term.rows}`;
    if (size === told) return;
    told = size;
    onResize(shown.id, term.cols, term.rows);
  };

  const refit = () => {
    if (!box.clientWidth || !box.clientHeight) return; // behind another tab
    fit.fit();
    onSize(term.cols, term.rows);
    clearTimeout(resizeTimer);
    resizeTimer = window.setTimeout(tellSize, RESIZE_MS);
  };

  term.onData((/** @type {string} */ data) => {
    typed += data;
    send();
  });
  const observer = new ResizeObserver(refit);
  observer.observe(box);
  refit();

  return {
    show(target) {
      if ((target?.id ?? "") !== shownId) {
        shownId = target?.id ?? "";
        lastId = 0;
        typed = told = "";
        term.reset();
      }
      const before = shown;
      shown = target;
      if (!target) return;
      const takesKeys = role === "driver" && target.status === "running" && (target.tty || target.stdin);
      if (term.options.disableStdin === takesKeys) term.options.disableStdin = !takesKeys;
      if (term.options.convertEol === target.tty) term.options.convertEol = !target.tty;
      if (before?.id !== target.id || before.tty !== target.tty || before.status !== target.status) {
        if (!target.tty || target.status === "exited") term.write("\u001b[?25l");
        term.textarea?.setAttribute("aria-label", `Terminal of ${target.name}${takesKeys ? "" : ", read-only"}`);
        refit();
      }
      for (const { id, text } of target.output) {
        if (id <= lastId) continue;
        term.write(text);
        lastId = id;
      }
    },
    paint() {
      term.options.theme = themeOf(box);
    },
    focus: () => term.focus(),
    dispose() {
      clearTimeout(resizeTimer);
      observer.disconnect();
      term.dispose();
    },
  };
}
