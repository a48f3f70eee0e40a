import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { createAnnouncer } from "../../static/js/page/announce.js";
import { clockOf, resultOf } from "../../static/js/selectors/index.js";
import { ms, story, theTarget } from "./story.js";

/** What a listener hears of a story, looked at at each of these moments. @param {(s: number) => ReturnType<typeof story>} toldBy @param {number[]} moments */
const heard = (toldBy, ...moments) => {
  const region = { textContent: "" };
  const announce = createAnnouncer(/** @type {any} */ (region));
  return moments.map((s) => {
    const state = toldBy(s).fold();
    const target = theTarget(state);
    announce(target, clockOf(target, state, ms(s)), resultOf(target), ms(s));
    return region.textContent;
  });
};

describe("what is spoken", () => {
  const dropped = (/** @type {number} */ s) => {
    const told = story().running().stop(1, 10);
    if (s > 1)
      told.kernel(1.01, "SIGTERM", { generated: "ignored", sender_kind: "engine", sender: "the engine (runc)" });
    if (s > 12) told.exits(11, 137).finished(11.1, { took_s: 10.1, exit_code: 137, killed: true });
    return told;
  };

  it("is that a stop was asked for, the kernel's answer, the last seconds, and the end", () => {
    assert.deepEqual(heard(dropped, 1, 1.1, 1.2, 8.5, 12.5), [
      "server is asked to stop with SIGTERM, SIGKILL in 10 seconds.",
      "server is asked to stop with SIGTERM, SIGKILL in 10 seconds. The kernel dropped SIGTERM.",
      "server is asked to stop with SIGTERM, SIGKILL in 10 seconds. The kernel dropped SIGTERM.",
      "3 seconds left.",
      "Killed after 10.1 s. Exited with 137.",
    ]);
  });

  it("says that a handler runs, and nothing of what a child was sent", () => {
    const told = story().running().stop(1, 10);
    told.kernel(1.01, "SIGTERM", { generated: "ignored", pid: 114, sender_kind: "process", sender: "python3" });
    assert.doesNotMatch(heard(() => told, 1.1)[0], /kernel/);
    told.kernel(1.02, "SIGTERM", { generated: "queued", sender_kind: "engine", sender: "the engine (runc)" });
    told.kernel(1.02, "SIGTERM", { delivered: "handler" });
    assert.match(heard(() => told, 1.1)[0], /Its handler for SIGTERM runs\.$/);
  });

  it("is nothing of what happened before the page was opened", () => {
    assert.deepEqual(heard(dropped, 60), [""]);
  });
});
