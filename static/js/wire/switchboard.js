/**
 * One line to the journal for all tabs of a browser: HTTP/1.1 gives a browser six connections for all of them.  The
 * line follows everything from now on; what a tab wants of the time before it joined is read in pages.  So each tab
 * gets every event that it wants once and in order, exactly as from a line of its own.
 *
 * Pure but for what it is given: `stream_worker.js` gives it the real line and the real reads.
 */

/** @import { LabEvent, StreamState } from "./types.js" */
/** @import { StreamOptions } from "./stream.js" */

export const AGAIN_MS = 1000; // between two tries to read what is past

/**
 * @typedef {object} Wish
 * @property {string|null} run
 * @property {string[]} kinds
 * @property {number} after
 */

/**
 * What a tab hears.
 * @typedef {{kind: "events", events: LabEvent[]} | {kind: "reset"} | {kind: "state", state: StreamState}
 *   | {kind: "beat", beat: import("./types_api.js").Heartbeat}} Said
 */

/**
 * @typedef {object} Tab
 * @property {Wish} wish
 * @property {(said: Said) => void} say
 * @property {number} place      all up to here was said
 * @property {boolean} live      and all that comes will be
 * @property {number} round      of reading; a new one makes the one before it stop
 */

/** @param {Wish} wish @param {LabEvent} event */
const wants = ({ run, kinds }, event) =>
  (run === null || !event.run || event.run === run) && (kinds.length === 0 || kinds.includes(event.kind));

/**
 * @param {object} options
 * @param {(options: Pick<StreamOptions, "onStart"|"onEvent"|"onHeartbeat"|"onReset"|"onState">) =>
 *   {close: () => void, retry: () => void}} options.openLine  from now on, and everything
 * @param {(wish: Wish) => Promise<{events: LabEvent[], place: number}>} options.past  the next page, and up to where it
 *   goes
 * @param {(callback: () => void, ms: number) => any} [options.setTimeout]
 */
export function createSwitchboard({
  openLine,
  past,
  setTimeout = (callback, ms) => globalThis.setTimeout(callback, ms),
}) {
  /** @type {Set<Tab>} */
  const tabs = new Set();
  /** @type {{close: () => void, retry: () => void}|null} */
  let line = null;
  /** The newest event that was there when the line began, or that came by it; null: it has not begun. */
  let heard = /** @type {number|null} */ (null);
  /** @type {StreamState|null} */
  let state = null;

  /** @param {Tab} tab */
  const catchUp = async (tab) => {
    tab.round += 1;
    const { round } = tab;
    tab.live = false;
    while (heard !== null) {
      /** @type {{events: LabEvent[], place: number}} */
      let page;
      try {
        page = await past({ ...tab.wish, after: tab.place });
      } catch {
        if (tab.round === round && tabs.has(tab)) setTimeout(() => tab.round === round && catchUp(tab), AGAIN_MS);
        return;
      }
      if (tab.round !== round || !tabs.has(tab) || heard === null) return;
      tab.place = page.place;
      if (page.events.length > 0) tab.say({ kind: "events", events: page.events });
      if (tab.place < heard) continue;
      tab.live = true;
      return;
    }
  };

  const open = () =>
    openLine({
      onStart(last) {
        heard = last;
        for (const tab of tabs) if (!tab.live) catchUp(tab);
      },
      onEvent(event) {
        heard = event.id;
        for (const tab of tabs) {
          if (!tab.live || event.id <= tab.place) continue;
          tab.place = event.id;
          if (wants(tab.wish, event)) tab.say({ kind: "events", events: [event] });
        }
      },
      onHeartbeat(beat) {
        for (const tab of tabs) tab.say({ kind: "beat", beat });
      },
      onReset() {
        heard = 0;
        for (const tab of tabs) {
          tab.place = 0;
          tab.say({ kind: "reset" });
          catchUp(tab);
        }
      },
      onState(now) {
        state = now;
        for (const tab of tabs) tab.say({ kind: "state", state: now });
      },
    });

  return {
    /**
     * @param {Wish} wish @param {(said: Said) => void} say
     * @returns {() => void} to leave
     */
    join(wish, say) {
      /** @type {Tab} */
      const tab = { wish, say, place: wish.after, live: false, round: 0 };
      tabs.add(tab);
      if (state) say({ kind: "state", state });
      if (line === null) line = open();
      else if (heard !== null) catchUp(tab);
      return () => {
        tabs.delete(tab);
        if (tabs.size > 0) return;
        line?.close();
        line = heard = state = null;
      };
    },
    retry: () => line?.retry(),
  };
}
