/**
 * The worker that all tabs of a browser share.  Each tab has a port; it may follow several things by it.
 *
 * A tab says `{kind: "join", key, run, kinds, after}`, `{kind: "leave", key}`, `{kind: "retry"}`; it hears what
 * `switchboard.js` calls `Said`, with the `key`.  A port does not tell that its tab is gone: the tab holds a lock as
 * long as it lives, and whoever waits for that lock gets it when the tab has ended, however it ended.
 */

import { createApi } from "./api.js";
import { openStream } from "./stream.js";
import { createSwitchboard } from "./switchboard.js";

const api = createApi();
const board = createSwitchboard({
  openLine: (hears) => openStream({ ...hears, fromNow: true, probe: api.probe }),
  past: api.past,
});

/** @param {MessagePort} port */
function serve(port) {
  /** @type {Map<number, () => void>} */
  const followed = new Map();
  const leaveAll = () => {
    for (const leave of followed.values()) leave();
    followed.clear();
  };

  port.onmessage = ({ data }) => {
    if (data.kind === "retry") board.retry();
    if (data.kind === "leave") {
      followed.get(data.key)?.();
      followed.delete(data.key);
    }
    if (data.kind === "join") {
      const { key, run, kinds, after } = data;
      followed.set(
        key,
        board.join({ run, kinds, after }, (said) => port.postMessage({ ...said, key })),
      );
    }
    if (data.kind === "alive") navigator.locks?.request(data.lock, leaveAll);
  };
}

/** @type {any} */ (globalThis).onconnect = (/** @type {MessageEvent} */ { ports }) => serve(ports[0]);
