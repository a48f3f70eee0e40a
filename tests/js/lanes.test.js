/** Several targets side by side: what a lane says of the way of a signal, from events alone. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { EMPTY, reduce } from "../../static/js/reduce/index.js";
import { lanesOf } from "../../static/js/selectors/index.js";
import { ms, story } from "./story.js";

const SEEN = { engine: null, engineLostMs: null, kernel: null };

/** @param {any[]} events @param {number} s */
export const lanesAt = (events, s) => {
  const state = events.reduce(reduce, EMPTY);
  const known = { witnesses: SEEN, experiment: null, signals: [], chosen: null, asked: undefined };
  return lanesOf(state.runs.r1, state, ms(s), known).lanes;
};

const by = (/** @type {number} */ pid, /** @type {string} */ comm) => ({
  sender_kind: "process",
  sender: comm,
  sender_pid: pid,
  generated: "queued",
});

describe("the way of a signal in a lane", () => {
  it("is a line of words, and for a phone the first of it and how many more", () => {
    const told = story().running().process(0.4, 201, { comm: "counter.sh", ppid: 100 }).stop(1, 3);
    for (let at = 0; at < 5; at += 1)
      told.kernel(1.1 + at / 4, "SIGUSR1", { pid: 201, ns_pid: 201, comm: "counter.sh", ...by(100, "run.sh") });
    const [{ figure }] = lanesAt(told.events, 3);
    assert.equal(figure.way?.brief, "run.sh → counter.sh: SIGUSR1, waits; 4 more");
    assert.equal(figure.way?.text, figure.way?.brief, "a lane has no room for two");
  });

  it("is not there before anything was asked", () => {
    assert.ok(!lanesAt(story().running().process(0.4, 201, { comm: "a" }).events, 3)[0].figure.way);
  });
});

describe("the signal of a stop in a lane", () => {
  /** @param {any[]} events */
  const dropAt = (events) => lanesAt(events, 3)[0].figure.drops[0].x;

  it("falls when the engine sent it: from there the time that it took is counted", () => {
    const asked = dropAt(story().running().stop(1, 3).events);
    const sent = dropAt(story().running().stop(1, 3).engineKill(1.5, "SIGTERM").events);
    const later = dropAt(story().running().stop(1, 3).engineKill(2, "SIGTERM").events);
    assert.ok(asked < sent);
    assert.ok(Math.abs(later - sent - (sent - asked)) < 1e-6, "on the scale of seconds");
  });
});
