/**
 * The terminal: xterm.js in a box of fixed size, fed from the target's output.  A part of its own, which is loaded only
 * when there is something to show.  What a program prints can change nothing outside the box: no links (OSC 8 has no handler), no clipboard
 * (OSC 52 has none either), no proposed API.
 *
 * Only a driver's browser sets the size of a pty: two screens would fight over it.  Input goes out in order, one
 * request at a time, with what was typed meanwhile in the next.
 */

import { FitAddon, Terminal } from "../xterm.js";
import { scrollByTouch } from "./terminal_touch.js";

/** @import { Target } from "../wire/types.js" */

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
 * @param {{role: "driver"|"viewer", px: number, onInput: (target: string, data: string) => Promise<unknown>,
 *   onResize: (target: string, cols: number, rows: number) => void, onSize: (cols: number, rows: number) => void}} options
 * @returns {{show: (target: Target|null) => void, size: (px: number) => void, paint: () => void, focus: () => void, dispose: () => void}}
 */
export function createTerminal(box, { role, px, onInput, onResize, onSize }) {
  const font = getComputedStyle(box);
  const term = new Terminal({
    allowProposedApi: false,
    fontFamily: font.fontFamily,
    fontSize: px,
    lineHeight: 1.35,
    scrollback: 5000,
    cursorBlink: false,
    cursorInactiveStyle: "outline",
    minimumContrastRatio: 4.5,
    disableStdin: true,
    linkHandler: { activate() {} }, // OSC 8: what a program calls a link is text, and leads nowhere
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
  let paused = false;
  /** @type {{cols: number, rows: number}} */
  let fits = term;

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
    const size = `${shown.id} ${fits.cols} ${fits.rows}`;
    if (size === told) return;
    told = size;
    onResize(shown.id, fits.cols, fits.rows);
  };

  const refit = () => {
    if (!box.clientWidth || !box.clientHeight) return; // behind another tab
    fits = fit.proposeDimensions() ?? term;
    if (!paused) fit.fit();
    onSize(fits.cols, fits.rows);
    clearTimeout(resizeTimer);
    resizeTimer = window.setTimeout(tellSize, RESIZE_MS);
  };

  term.onData((/** @type {string} */ data) => {
    typed += data;
    send();
  });
  const observer = new ResizeObserver(refit);
  observer.observe(box);
  // xterm draws nothing while nobody can see it, by an observer like this one and told before it.  With fewer rows meanwhile
  // it would scroll up by the height that it had, and follow the output no more: so it gets them when it is seen.
  const seen = new IntersectionObserver((entries) => {
    paused = !entries.at(-1)?.isIntersecting;
    if (!paused) refit();
  });
  const screen = /** @type {HTMLElement} */ (box.querySelector(".xterm-screen"));
  seen.observe(screen);
  const untouched = scrollByTouch(box, term, () => screen.clientHeight);
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
      if ((target.output.at(-1)?.id ?? 0) < lastId) {
        lastId = 0; // a replay went back
        term.reset();
      }
      const takesKeys = role === "driver" && target.status === "running" && (target.tty || target.stdin);
      if (term.options.disableStdin === takesKeys) term.options.disableStdin = !takesKeys;
      if (term.options.convertEol === target.tty) term.options.convertEol = !target.tty;
      if (before?.id !== target.id || before.tty !== target.tty || before.status !== target.status) {
        if (!target.tty || target.status === "exited") term.write("\u001b[?25l");
        term.textarea?.setAttribute("aria-label", `Terminal of ${target.name}${takesKeys ? "" : ", read-only"}`);
        refit();
      }
      for (const { id, text, leftOut } of target.output) {
        if (id <= lastId) continue;
        if (leftOut) term.write(`\r\n\u001b[0;2m… ${leftOut.toLocaleString("en")} bytes left out …\u001b[0m\r\n`);
        term.write(text);
        lastId = id;
      }
    },
    /** Of its type: the box keeps its size, so other columns and rows fit, and a program hears of that. @param {number} px */
    size(px) {
      if (term.options.fontSize === px) return;
      term.options.fontSize = px;
      refit();
    },
    paint() {
      term.options.theme = themeOf(box);
    },
    focus: () => term.focus(),
    dispose() {
      clearTimeout(resizeTimer);
      observer.disconnect();
      seen.disconnect();
      untouched();
      term.dispose();
    },
  };
}
