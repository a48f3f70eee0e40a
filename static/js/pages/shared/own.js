/**
 * The form for a command or an image of one's own: it asks the lab for the equivalent command line while somebody types,
 * which tells what is wrong as well, and starts it.
 */

import { remember, remembered } from "../../page/own.js";
import { NOTHING, ownRequest } from "../../selectors/own.js";
import { ownView } from "../../views/own.js";
import { problemOf } from "./handlers.js";

/** @import { Own } from "../../selectors/own.js" */
/** @import { Session } from "../../wire/session.js" */
/** @import { Problem } from "../../page/notes.js" */

const TYPED_MS = 400;

/**
 * @param {{session: Session, dirty: () => void, go: (run: string) => void, take?: (racer: import("../../selectors/own.js").OwnRequest, own: Own) => void}} page
 *   `take`: it is not started, but added to others
 */
export function createOwn({ session, dirty, go, take }) {
  const storage = globalThis.sessionStorage;
  const own = { ...NOTHING, ...remembered(storage) };
  let [asked, line, timer, latest] = [false, "", 0, 0];
  /** @type {Problem|null} */
  let problem = null;

  const look = async () => {
    const request = ownRequest(own);
    latest += 1;
    const mine = latest;
    if (!request) {
      line = "";
      problem = null;
      return dirty();
    }
    try {
      const found = await session.api.equivalent(request);
      if (mine !== latest) return;
      line = found;
      problem = null;
    } catch (error) {
      if (mine !== latest) return;
      line = "";
      const said = problemOf(error, "This cannot be started.");
      problem = said.code === "unreachable" ? problem : said; // the stream notices that nobody answers, and says so
    }
    dirty();
  };

  const soon = () => {
    clearTimeout(timer);
    timer = window.setTimeout(look, TYPED_MS);
  };
  if (session.role === "driver") soon();

  const onStartOwn = async () => {
    const request = ownRequest(own);
    if (!request || asked) return;
    if (take) return take(request, own);
    asked = true;
    dirty();
    try {
      go((await session.api.startOwn(request)).run);
    } catch (error) {
      problem = problemOf(error, "It was not started.");
    }
    asked = false;
    dirty();
  };

  /** @param {Partial<Own>} changed */
  const onOwn = (changed) => {
    const before = JSON.stringify(own);
    Object.assign(own, changed);
    if (JSON.stringify(own) === before) return;
    remember(storage, own);
    if (!("open" in changed)) soon();
    dirty();
  };

  return {
    /** What the page is drawn anew for. */
    key: () => JSON.stringify([own, asked, line, problem]),
    /** @param {boolean} engine @param {string|null} copied @param {number} nowMs @param {(text: string) => void} onCopy @param {boolean} [full] */
    view: (engine, copied, nowMs, onCopy, full = false) => {
      const slice = {
        own,
        engine,
        asked,
        line,
        problem,
        copied,
        does: take ? /** @type {const} */ ("Add") : undefined,
        full,
      };
      return ownView(slice, nowMs, { onOwn, onStartOwn, onCopy });
    },
  };
}
