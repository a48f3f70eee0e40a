import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { createPoll } from "../../static/js/page/poll.js";

/** A poll with a clock of our own, whose questions are answered when the test says so. */
const polled = () => {
  let ms = 0;
  /** @type {(() => void)[]} */
  let timers = [];
  /** @type {{about: string, answer: (said: string|null) => Promise<void>}[]} */
  const questions = [];
  let drawn = 0;
  const poll = createPoll({
    everyMs: 1000,
    now: () => ms,
    dirty: () => {
      drawn += 1;
    },
    later: (call) => timers.push(call),
    forget: () => {
      timers = [];
    },
    ask: (about) =>
      new Promise((resolve, reject) =>
        questions.push({
          about,
          answer: async (said) => {
            said === null ? reject(new Error("no answer")) : resolve(said);
            await new Promise((then) => setImmediate(then));
          },
        }),
      ),
  });
  return {
    poll,
    questions,
    timers: () => timers,
    drawn: () => drawn,
    pass: (/** @type {number} */ by) => {
      ms += by;
    },
  };
};

describe("what is asked for while somebody looks", () => {
  it("is asked for at once, and again when it is due and the page draws", async () => {
    const { poll, questions, pass, timers, drawn } = polled();
    assert.equal(poll("r1"), null);
    assert.equal(poll("r1"), null, "one question at a time");
    assert.equal(questions.length, 1);
    await questions[0].answer("busy");
    assert.equal(drawn(), 1);
    assert.equal(poll("r1"), "busy");
    assert.equal(timers().length, 1, "the page will draw when the next is due");
    pass(999);
    poll("r1");
    assert.equal(questions.length, 1);
    pass(1);
    assert.equal(poll("r1"), "busy", "the last answer stands meanwhile");
    assert.equal(questions.length, 2);
  });

  it("is not asked for by itself: a page that does not draw asks nothing", async () => {
    const { poll, questions, pass, timers, drawn } = polled();
    poll("r1");
    await questions[0].answer("busy");
    poll("r1");
    pass(5000);
    for (const due of timers()) due();
    assert.equal(drawn(), 2);
    assert.equal(questions.length, 1);
  });

  it("forgets the answer about something else, also one that comes late", async () => {
    const { poll, questions } = polled();
    poll("r1");
    assert.equal(poll("r2"), null);
    await questions[0].answer("of r1");
    assert.equal(poll("r2"), null);
    await questions[1].answer("of r2");
    assert.equal(poll("r2"), "of r2");
    assert.equal(poll(null), null);
  });

  it("knows nothing where nobody answers, and asks again in its time", async () => {
    const { poll, questions, pass } = polled();
    poll("r1");
    await questions[0].answer(null);
    assert.equal(poll("r1"), null);
    assert.equal(questions.length, 1);
    pass(1000);
    poll("r1");
    assert.equal(questions.length, 2);
  });
});
