import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { boardRows } from "../../../static/js/selectors/index.js";
import { ms, story, theTarget } from "../story.js";
import "./flat.js";

const { createHandlers } = await import("../../../static/js/pages/shared/handlers.js");
const { createUi } = await import("../../../static/js/pages/shared/ui.js");

const target = theTarget(story().running().process(1, 114, { ppid: 100, ns_pid: 14 }).fold());
const [root, child] = boardRows(target, [], ms(9));

/** What the API is asked for when a key is pressed. @param {object} chosen @param {"driver"|"viewer"} [role] */
const sent = (chosen, role = "driver") => {
  /** @type {object[]} */
  const asked = [];
  const signal = async (/** @type {string} */ _, /** @type {object} */ what) => {
    asked.push(what);
    return { event_id: 1 };
  };
  const handlers = createHandlers({
    session: /** @type {any} */ ({ api: { signal }, role }),
    ui: createUi(),
    dirty() {},
    flush() {},
    now: () => /** @type {any} */ ({ target, row: root, isRoot: true, from: "outside", ...chosen }),
    openRun() {},
    newer: () => null,
  });
  handlers.onSend("SIGTERM");
  return asked;
};

describe("a key", () => {
  it("sends to the root from outside unless another is chosen", () => {
    assert.deepEqual(sent({}), [{ signal: "SIGTERM" }]);
    assert.deepEqual(sent({ row: child, isRoot: false }), [{ signal: "SIGTERM", pid: 14 }]);
  });

  it("sends from inside where that was chosen", () => {
    assert.deepEqual(sent({ from: "inside" }), [{ signal: "SIGTERM", from: "inside" }]);
  });

  it("sends nothing for who only watches", () => {
    assert.deepEqual(sent({ from: "inside" }, "viewer"), []);
  });
});
