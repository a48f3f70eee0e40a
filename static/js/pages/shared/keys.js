/**
 * The stage's keys.  Arrows along the keys of the board move the focus; up and down choose the process.  In presenter
 * mode letters are signals, and a digit is a target: nothing has to be looked for on the screen.
 */

import { createKeys } from "../../page/keys.js";

/** @import { Handlers } from "./handlers.js" */
/** @import { BoardRow } from "../../wire/types.js" */

/** Through the links of a catalogue, from the one with the focus or the current one. @param {Element} root @param {number} by */
export const alongLinks = (root, by) => {
  const links = /** @type {HTMLAnchorElement[]} */ ([...root.querySelectorAll("a[href]")]);
  const focused = links.indexOf(/** @type {HTMLAnchorElement} */ (document.activeElement));
  const from = focused >= 0 ? focused : links.findIndex((link) => link.getAttribute("aria-current") === "page");
  links[Math.max(0, Math.min(links.length - 1, from + by))]?.focus();
};

/** @param {KeyboardEvent} event @param {number} by */
const alongKeys = (event, by) => {
  if (!(event.target instanceof HTMLElement) || !event.target.matches(".key")) return false;
  const keys = /** @type {HTMLElement[]} */ ([...document.querySelectorAll("button.key:not([disabled])")]);
  keys[keys.indexOf(event.target) + by]?.focus();
  return true;
};

/** @param {KeyboardEvent} event @param {number} by */
const alongLanes = (event, by) => {
  if (!(event.target instanceof HTMLElement) || !event.target.matches(".lanes-pick")) return false;
  const lanes = /** @type {HTMLElement[]} */ ([...document.querySelectorAll(".lanes-pick")]);
  lanes[lanes.indexOf(event.target) + by]?.focus();
  return true;
};

/** To the next lesson, where this one offers it. */
const nextLesson = () => {
  const link = /** @type {HTMLAnchorElement|null} */ (document.querySelector(".lesson-next a"));
  link?.click();
  return link !== null;
};

/** @type {Record<string, string>} */
const SIGNALS = { t: "SIGTERM", i: "SIGINT", h: "SIGHUP", w: "SIGWINCH" };

/**
 * The keys of presenter mode.  Those that a viewer may not use do nothing for one.
 *
 * @param {Handlers} handlers
 * @param {import("../stage/present.js").Present} present
 * @param {boolean} driver
 * @returns {Record<string, (event: KeyboardEvent) => void|boolean>}
 */
const presenterKeys = (handlers, present, driver) => ({
  ...Object.fromEntries(Object.entries(SIGNALS).map(([key, signal]) => [key, () => handlers.onSend(signal)])),
  k: () => (driver ? handlers.open("kill") : false),
  r: () => present.onRun(),
  g: () => present.onBet(),
  n: () => present.onStep(),
  f: () => present.onFull(),
  q: () => present.onQr(),
  o: () => present.onSpeaker(),
});

/**
 * @param {Handlers} handlers
 * @param {{rows: () => BoardRow[], selected: () => string|null, stopping: () => boolean, driver: boolean,
 *   typing: () => boolean, lane: (index: number) => boolean, whole: () => boolean, present: import("../stage/present.js").Present}} stage - `typing`: the
 *   number of a signal has been begun; `lane`: chooses one, and says whether it is there; `whole`: shows all of its fall, or the lanes again
 */
export function createStageKeys(handlers, { rows, selected, stopping, driver, typing, lane, whole, present }) {
  /** @param {KeyboardEvent} event @param {number} by */
  const alongRows = (event, by) => {
    if (event.target instanceof HTMLInputElement || rows().length < 2) return false;
    if (event.target !== document.body && !(event.target instanceof Element && event.target.closest(".board")))
      return false;
    const at = rows().findIndex(({ row }) => row === selected());
    const next = rows()[Math.max(0, Math.min(rows().length - 1, at + by))];
    if (next) handlers.onSelect(next.row);
    return true;
  };

  /** @param {number} by */
  const catalogue = (by) => {
    const rail = /** @type {HTMLElement} */ (document.getElementById("cat"));
    if (rail.offsetParent === null) handlers.open("catalogue");
    else alongLinks(rail, by);
  };

  const large = presenterKeys(handlers, present, driver);
  /** A key of presenter mode, else what it is on the page. @param {string} key @param {() => void|boolean} [other] */
  const either = (key, other) => (/** @type {KeyboardEvent} */ event) =>
    present.isOn() ? large[key](event) : other ? other() : false;

  return createKeys({
    ...Object.fromEntries(Object.keys(large).map((key) => [key, either(key)])),
    p: () => present.toggle(),
    P: () => present.toggle(),
    N: nextLesson,
    s: () => handlers.onStop(),
    v: () => (whole() ? undefined : false),
    K: () => (driver && stopping() ? handlers.open("kill") : false),
    "/": () => handlers.open("find"),
    "?": () => handlers.open("help"),
    j: () => (present.isOn() ? false : catalogue(1)),
    k: either("k", () => catalogue(-1)),
    ArrowLeft: (event) => alongKeys(event, -1),
    ArrowRight: (event) => alongKeys(event, 1),
    ArrowUp: (event) => alongLanes(event, -1) || alongRows(event, -1),
    ArrowDown: (event) => alongLanes(event, 1) || alongRows(event, 1),
    digit: (event) => {
      if (present.isOn()) return lane(Number(event.key) - 1) ? undefined : false;
      const onBoard = event.target instanceof Element && event.target.closest(".board") !== null;
      if (!onBoard && !typing() && lane(Number(event.key) - 1)) return;
      return driver ? handlers.onDigit(event.key) : false;
    },
    Enter: () => (handlers.onTyped() ? undefined : false),
    Escape: () => handlers.forget() || (present.isOn() ? present.leave() : false),
  });
}
