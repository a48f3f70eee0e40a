import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { ms, story } from "../story.js";
import { flat, wordsOf } from "./flat.js";

const { stopIsValid, stopRequest, stopView, stopWords } = await import("../../../static/js/views/stop.js");

/** @param {object} change */
const choice = (change) => /** @type {any} */ ({ wait: "own", seconds: "", signal: "", ...change });
const target = story().running().fold().targets["r1.server"];
const none = () => undefined;

describe("what Stop asks for", () => {
  it("is absent where it is the target's own, and whole seconds else", () => {
    assert.deepEqual(stopRequest(choice({})), {});
    assert.deepEqual(stopRequest(choice({ wait: "0" })), { timeout_s: 0 });
    assert.deepEqual(stopRequest(choice({ wait: "never" })), { timeout_s: -1 });
    assert.deepEqual(stopRequest(choice({ wait: "other", seconds: "45", signal: "SIGINT" })), {
      timeout_s: 45,
      signal: "SIGINT",
    });
  });

  it("is said before it is asked", () => {
    assert.equal(stopWords(choice({}), target), "SIGTERM, then SIGKILL after 10 s");
    assert.equal(stopWords(choice({ wait: "0", signal: "SIGINT" }), target), "SIGINT, then SIGKILL at once");
    assert.equal(stopWords(choice({ wait: "never" }), target), "SIGTERM, and no SIGKILL");
  });

  it("is refused where it is no number of seconds", () => {
    for (const seconds of ["", "1.5", "-1", "3601", "ten"]) {
      assert.ok(!stopIsValid(choice({ wait: "other", seconds })), seconds);
    }
    assert.ok(stopIsValid(choice({ wait: "other", seconds: "3600" })));
  });
});

describe("the stop's slot", () => {
  const slice = { target, choice: choice({}), signals: [], asked: false, failed: "", forecast: null };
  const handlers = { onStop: none, onChoice: none };

  it("has nothing to press for who only watches", () => {
    const shown = stopView({ ...slice, role: "viewer" }, ms(3), handlers);
    assert.match(wordsOf(shown), /^Read-only/);
    assert.doesNotMatch(flat(shown), /<form|<input|<select/);
  });

  it("says why the last stop came to nothing", () => {
    const shown = stopView({ ...slice, role: "driver", failed: "the stop failed: no answer" }, ms(3), handlers);
    assert.match(wordsOf(shown), /the stop failed: no answer/);
  });
});
