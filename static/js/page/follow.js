/**
 * A viewer follows the presenter, or roams.  Who opens the viewers' link follows; who chooses something by hand (another
 * page, run, target, process or view) roams from then on, until "Follow the presenter" is pressed.  It is the tab's
 * choice, and stays with it from page to page.
 *
 * Following goes where the presenter is: in the page where only the choice is another, by a new page where it must be.
 * Nothing that is followed is a fact, and nothing of it does anything to a target.
 */

import { linkTo } from "../words/address.js";

/** @import { Focus } from "../wire/types_api.js" */

/** @typedef {"follow"|"roam"} Led */

const KEY = "signal-lab-led";

/** @param {Focus} focus @returns {string|null} path of its page; null: the presenter has opened none */
export const pathOf = ({ run, experiment }) =>
  run
    ? linkTo(`/runs/${encodeURIComponent(run)}`)
    : experiment
      ? linkTo(`/experiments/${encodeURIComponent(experiment)}`)
      : null;

/**
 * @param {{role: "driver"|"viewer", storage?: Pick<Storage, "getItem"|"setItem">, path?: () => string,
 *   go?: (path: string) => void, dirty?: () => void}} options - `path`: where the page is
 */
export function createFollow({
  role,
  storage,
  path = () => location.pathname,
  go = (to) => location.assign(to),
  dirty = () => {},
}) {
  let going = "";
  /** @type {Led|null} */
  let led = null; // not decided before it is known where the presenter is
  const kept = () => {
    try {
      return (storage ?? sessionStorage).getItem(KEY);
    } catch {
      return null; // storage is forbidden in this browser
    }
  };

  /** @param {Led} next */
  const set = (next) => {
    led = next;
    try {
      (storage ?? sessionStorage).setItem(KEY, next);
    } catch {
      // It holds for this page.
    }
    dirty();
  };

  /** A link to somewhere else that was opened in a tab of its own is a choice, too. @param {Focus} focus */
  const begin = (focus) => {
    const before = kept();
    if (before === "roam" || before === "follow") return before;
    return path() === linkTo("/") || path() === pathOf(focus) ? "follow" : "roam";
  };

  return {
    /** Whom to look at with, "" being nobody: the bar says it. @param {Focus|null} focus @returns {Led|null} */
    state(focus) {
      if (role !== "viewer" || !focus || !pathOf(focus)) return null;
      if (led === null) set(begin(focus));
      return led;
    },

    /**
     * What this page is to show; goes to the presenter's page where this is another.
     * @param {Focus|null} focus
     * @param {(to: string) => boolean} [within] - goes there without a new page, where it can
     * @returns {Focus|null} null: it goes its own ways, or it is on its way
     */
    with(focus, within = () => false) {
      if (!focus || this.state(focus) !== "follow") return null;
      const to = pathOf(focus);
      if (to === null || to === path() || within(to)) return focus;
      if (going !== to) {
        going = to;
        go(to + (focus.present ? "?stage" : ""));
      }
      return null;
    },

    /** On a page where the presenter cannot be: who has come to it has chosen it. @param {Focus|null} focus @returns {Led|null} as `state` */
    elsewhere(focus) {
      if (role !== "viewer" || !focus || !pathOf(focus)) return null;
      if (led === null) set("roam");
      this.with(focus); // goes there when following is chosen here
      return led;
    },

    /** Something was chosen by hand. */
    roam() {
      if (role === "viewer" && led !== "roam") set("roam");
    },

    toggle: () => set(led === "follow" ? "roam" : "follow"),
  };
}

/** @typedef {ReturnType<typeof createFollow>} Follow */

/** A link that is opened in this tab is a choice by hand. @param {Follow} follow */
export const roamByLinks = (follow) =>
  document.addEventListener("click", (event) => {
    const link = event.target instanceof Element ? event.target.closest("a[href]") : null;
    const href = link?.getAttribute("href") ?? "";
    const elsewhere = event.ctrlKey || event.metaKey || event.shiftKey || link?.getAttribute("target");
    if (href.startsWith("/") && !href.startsWith(linkTo("/api/")) && !elsewhere) follow.roam();
  });

/**
 * The other side: tells what this page looks at, when that is another, and while it is seen.
 * @param {{ask: (what: Omit<Focus, "at">) => Promise<unknown>}} options
 */
export function createLead({ ask }) {
  let told = "";
  let asking = false;
  /** @type {Omit<Focus, "at">|null} */
  let next = null;

  const send = async () => {
    if (asking || !next) return;
    const what = next;
    next = null;
    asking = true;
    await ask(what).catch(() => {
      told = ""; // the next drawing tells it again
    });
    asking = false;
    send();
  };

  return {
    /** @param {Omit<Focus, "at">} what */
    tell(what) {
      const said = JSON.stringify(what);
      if (said === told) return;
      told = said;
      next = what;
      send();
    },
    /** Somebody else may have led meanwhile, or the lab may be another one. */
    again() {
      told = "";
    },
  };
}
