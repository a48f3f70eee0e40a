import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { createForecaster } from "../../static/js/page/forecaster.js";
import { story, theTarget } from "./story.js";

const OWN = { timeoutS: 10, signal: "SIGTERM" };
const OTHER = { timeoutS: 3, signal: "SIGINT" };
const target = theTarget(story().running().stopForecast(1).fold());

/** A server that answers when it is told to, and a clock that runs when it is told to. */
const setup = () => {
  /** @type {{how: object, answer: (stop: object|null) => Promise<void>}[]} */
  const asked = [];
  /** @type {(() => void)|null} */
  let due = null;
  let drawn = 0;
  const forecast = createForecaster({
    ask: (_, how) =>
      new Promise((resolve, reject) => {
        const answer = async (/** @type {object|null} */ stop) => {
          if (stop) resolve({ stop: { signal: "SIGINT", timeout_s: 3, outcome: "at_once", sure: false, ...stop } });
          else reject(new Error("no answer"));
          await new Promise(setImmediate);
        };
        asked.push({ how, answer });
      }),
    dirty: () => {
      drawn += 1;
    },
    later: (call) => {
      due = call;
      return call;
    },
    forget: (timer) => {
      if (due === timer) due = null;
    },
  });
  return {
    forecast,
    asked,
    pass: () => {
      const call = due;
      due = null;
      call?.();
    },
    isDue: () => due !== null,
    drawn: () => drawn,
  };
};

describe("the forecast of a stop", () => {
  it("is the journal's for the target's own signal and timeout, and nobody is asked", () => {
    const { forecast, isDue } = setup();
    assert.equal(forecast(target, OWN)?.say, "SIGKILL after 10 s");
    assert.equal(forecast(theTarget(story().running().fold()), OWN), null);
    assert.equal(isDue(), false);
  });

  it("is asked for once, a moment after the last change", async () => {
    const { forecast, asked, pass, drawn } = setup();
    assert.equal(forecast(target, { timeoutS: 3, signal: "SIGTERM" }), null);
    for (let frames = 0; frames < 3; frames += 1) assert.equal(forecast(target, OTHER), null);
    pass();
    assert.deepEqual(
      asked.map(({ how }) => how),
      [{ signal: "SIGINT", timeout_s: 3 }],
    );
    await asked[0].answer({ say: "Stops at once" });
    assert.equal(drawn(), 1);
    assert.equal(forecast(target, OTHER)?.say, "Stops at once");
    assert.equal(asked.length, 1);
  });

  it("heeds only the answer to the last question", async () => {
    const { forecast, asked, pass, drawn } = setup();
    forecast(target, OTHER);
    pass();
    forecast(target, { ...OTHER, timeoutS: 4 });
    pass();
    await asked[1].answer({ say: "second" });
    await asked[0].answer({ say: "first" });
    assert.equal(forecast(target, { ...OTHER, timeoutS: 4 })?.say, "second");
    assert.equal(drawn(), 1);
  });

  it("is asked for again when the facts have changed, and stands until the answer is there", async () => {
    const { forecast, asked, pass } = setup();
    forecast(target, OTHER);
    pass();
    await asked[0].answer({ say: "before" });
    const changed = theTarget(story().running().stopForecast(1).stopForecast(2, { sure: false }).fold());
    assert.equal(forecast(changed, OTHER)?.say, "before");
    pass();
    await asked[1].answer({ say: "after" });
    assert.equal(forecast(changed, OTHER)?.say, "after");
  });

  it("is none where nobody answers", async () => {
    const { forecast, asked, pass } = setup();
    forecast(target, OTHER);
    pass();
    await asked[0].answer(null);
    assert.equal(forecast(target, OTHER), null);
  });

  it("is none while a stop is under way, and after the end", () => {
    const { forecast, isDue } = setup();
    forecast(target, OTHER);
    const stopping = theTarget(story().running().stopForecast(1).stop(2, 10).fold());
    assert.equal(forecast(stopping, OWN), null);
    assert.equal(forecast(theTarget(story().running().stopForecast(1).exits(2, 0).fold()), OTHER), null);
    assert.equal(forecast(null, OWN), null);
    assert.equal(isDue(), false, "what was about to be asked is not asked any more");
  });
});
