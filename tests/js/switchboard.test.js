import assert from "node:assert/strict";
import { describe, it } from "node:test";

import { AGAIN_MS, createSwitchboard } from "../../static/js/wire/switchboard.js";

/** @import { Said } from "../../static/js/wire/switchboard.js" */

/** A journal of runs' events, a line to it, and reads of it that the test lets pass. */
const world = () => {
  /** @type {any[]} */
  const journal = [];
  /** @type {any} */
  let line = null;
  /** @type {(() => void)[]} */
  const timers = [];
  /** @type {{wish: any, answer: (fail?: boolean) => Promise<void>}[]} */
  const reads = [];
  const lines = { opened: 0, closed: 0, retried: 0 };

  const board = createSwitchboard({
    openLine: (hears) => {
      lines.opened += 1;
      line = hears;
      return { close: () => (lines.closed += 1), retry: () => (lines.retried += 1) };
    },
    past: (wish) =>
      new Promise((resolve, reject) => {
        const answer = async (fail = false) => {
          if (fail) reject(new Error("no"));
          const seen = journal.filter(({ id }) => id > wish.after).slice(0, 3);
          const events = seen.filter(({ run, kind }) => (!run || wish.run === null || run === wish.run) && kind);
          resolve({ events, place: seen.at(-1)?.id ?? wish.after });
          await new Promise(setImmediate);
        };
        reads.push({ wish, answer });
      }),
    setTimeout: (callback, ms) => {
      assert.equal(ms, AGAIN_MS);
      timers.push(callback);
    },
  });

  return {
    board,
    lines,
    reads,
    timers,
    get line() {
      return line;
    },
    /** Something happens; the line tells it if it is there. @param {string|null} run @param {boolean} [told] */
    happens(run, told = true) {
      const event = { id: journal.length + 1, kind: "output", ...(run ? { run } : {}) };
      journal.push(event);
      if (told) line.onEvent(event);
    },
    forget() {
      journal.length = 0;
      line.onReset();
    },
    /** @param {string|null} run @param {number} [after] */
    tab(run, after = 0) {
      /** @type {number[]} */
      const ids = [];
      /** @type {string[]} */
      const other = [];
      const leave = board.join({ run, kinds: [], after }, (said) => {
        if (said.kind === "events") ids.push(...said.events.map(({ id }) => id));
        else other.push(said.kind);
      });
      return { ids, other, leave };
    },
    async readAll() {
      for (let next = reads.shift(); next; next = reads.shift()) await next.answer();
    },
  };
};

describe("the switchboard", () => {
  it("gives each tab what it wants, once and in order, however late it joins", async () => {
    const here = world();
    for (let each = 0; each < 7; each += 1) here.happens(each % 2 ? "r1" : "r2", false);
    const one = here.tab("r1");
    assert.equal(here.reads.length, 0, "nothing is read before it is known where the line begins");
    here.line.onStart(7);
    here.happens("r1"); // while the first page is on its way
    await here.readAll();
    here.happens("r1");
    const all = here.tab(null, 4);
    here.happens(null);
    await here.readAll();
    here.happens("r2");
    assert.deepEqual(one.ids, [2, 4, 6, 8, 9, 10]);
    assert.deepEqual(all.ids, [5, 6, 7, 8, 9, 10, 11]);
    assert.equal(here.lines.opened, 1);
  });

  it("tries a read again that failed, and loses nothing by it", async () => {
    const here = world();
    const one = here.tab("r1");
    here.line.onStart(0);
    await here.reads.shift()?.answer(true);
    here.happens("r1");
    await new Promise(setImmediate);
    here.timers.shift()?.();
    await here.readAll();
    here.happens("r1");
    assert.deepEqual(one.ids, [1, 2]);
  });

  it("begins again with another journal, also in the middle of a read", async () => {
    const here = world();
    for (let each = 0; each < 5; each += 1) here.happens("r1", false);
    const one = here.tab("r1");
    here.line.onStart(5);
    const old = here.reads.shift();
    here.forget();
    here.happens("r1");
    await old?.answer();
    await here.readAll();
    assert.deepEqual(one.other, ["reset"]);
    assert.deepEqual(one.ids, [1]);
  });

  it("tells a newcomer how the line is, hangs up after the last, and opens a new one for the next", async () => {
    const here = world();
    const one = here.tab("r1");
    here.line.onState({ state: "lost" });
    const two = here.tab("r2");
    here.line.onHeartbeat({ now: "", viewers: 1 });
    assert.deepEqual(two.other, ["state", "beat"]);
    one.leave();
    assert.equal(here.lines.closed, 0);
    here.board.retry();
    two.leave();
    assert.deepEqual(here.lines, { opened: 1, closed: 1, retried: 1 });
    here.tab("r1");
    assert.equal(here.lines.opened, 2);
  });

  it("reads no further for a tab that has left", async () => {
    const here = world();
    for (let each = 0; each < 9; each += 1) here.happens("r1", false);
    const one = here.tab("r1");
    const two = here.tab("r2");
    here.line.onStart(9);
    one.leave();
    await here.readAll();
    assert.deepEqual(one.ids, []);
    assert.deepEqual(two.ids, []);
  });
});
