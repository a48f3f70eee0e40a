import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { EMPTY } from "../../static/js/reduce/index.js";
import { clockOf, laneNumerals, numerals, resultNumerals } from "../../static/js/selectors/index.js";
import { left, passed } from "../../static/js/selectors/numerals.js";
import { ms, story, theTarget } from "./story.js";

/** @param {ReturnType<typeof story>} told @param {number} s @param {"ready"|"absent"|"lost"} [engine] */
const slotAt = (told, s, engine) => {
  const state = told.fold();
  const clock = clockOf(theTarget(state), state, ms(s), engine);
  return { ...clock, figures: numerals(clock.seconds).join("") };
};

describe("numerals", () => {
  for (const [seconds, shown] of /** @type {[number, string][]} */ ([
    [12.04, "12"],
    [9.96, "10"],
    [9.94, "9dot9"],
    [1.8, "1dot8"],
    [0.04, "0dot0"],
    [0, "0dot0"],
    [-3, "0dot0"],
    [99.6, "100"],
    [120, "120"],
    [Number.NaN, "dashdash"],
  ]))
    it(`draw ${seconds} as ${shown}`, () => assert.equal(numerals(seconds).join(""), shown));

  it("show a result with its tenths, as the sentence beside it", () => {
    const shown = [0.04, 9.94, 9.96, 10.08, 120, Number.NaN].map((s) => resultNumerals(s).join(""));
    assert.deepEqual(shown, ["0dot0", "9dot9", "10dot0", "10dot1", "120", "dashdash"]);
  });

  it("round what is left up and what has passed down", () => {
    assert.deepEqual(
      [12.04, 10, 9.96, 9.9, 2.9000000000000004, 0.04, 0, -1].map(left),
      [13, 10, 10, 9.9, 2.9, 0.1, 0, 0],
    );
    assert.deepEqual([12.9, 9.99, 9.9, 0.3 - 0.1, 0.04].map(passed), [12, 9.9, 9.9, 0.2, 0]);
  });

  it("have three figures in lanes", () => {
    assert.deepEqual(
      [10.14, 1.12, 0.149, 131.2, 9.996].map((s) => laneNumerals(s).join("")),
      ["10dot1", "1dot12", "0dot15", "131", "10dot0"],
    );
  });
});

describe("the clock's slot", () => {
  it("has nothing to show without a run, then starts, then is ready", () => {
    assert.equal(clockOf(null, EMPTY, 0).state, "none");
    const told = story().running();
    assert.equal(clockOf(theTarget(story().running().fold()), told.fold(), ms(1)).state, "ready");
    const starting = story();
    starting.running();
    starting.events.splice(2);
    assert.equal(slotAt(starting, 1).state, "starting");
  });

  it("counts down in two figures and shows 0.0 not before it is due", () => {
    const told = story().running().stop(1, 13).engineKill(1, "SIGTERM");
    const shown = [1, 1.96, 4, 4.04, 4.1, 13.96, 13.999, 14, 14.4].map((s) => slotAt(told, s).figures);
    assert.deepEqual(shown, ["13", "13", "10", "10", "9dot9", "0dot1", "0dot1", "0dot0", "0dot0"]);
    assert.deepEqual([slotAt(told, 13.99).say, slotAt(told, 14).say], ["SIGKILL in", "SIGKILL is due"]);
    assert.equal(slotAt(told, 14).state, "overdue");
    assert.equal(slotAt(told, 2).sub, "seconds, of 13");
  });

  it("never counts from more than the timeout, whatever the clocks say", () => {
    assert.equal(slotAt(story().running().stop(1, 3), 0.4).figures, "3dot0");
  });

  it("holds from what was said, and ends with what was measured", () => {
    const told = story().running().stop(1, 3).engineKill(4.01, "SIGKILL");
    assert.deepEqual([slotAt(told, 4.5).state, slotAt(told, 4.5).say], ["overdue", "SIGKILL is sent"]);
    told.exits(4.1, 137).finished(4.2, { took_s: 3.12, exit_code: 137, killed: true });
    const end = slotAt(told, 60);
    assert.deepEqual(
      [end.state, end.say, end.figures, end.sub],
      ["killed", "Killed after", "3dot1", "seconds, exit 137"],
    );
  });

  it("stops counting when the process has ended, before the stop is told to its end", () => {
    const told = story().running().stop(1, 10).exits(1.4, 143);
    assert.equal(slotAt(told, 1.4).figures, slotAt(told, 7).figures);
    told.finished(1.5, { took_s: 0.4, exit_code: 143, killed: false });
    assert.deepEqual([slotAt(told, 7).state, slotAt(told, 7).figures], ["left", "0dot4"]);
  });

  it("holds when somebody asked for SIGKILL", () => {
    const told = story().running().stop(1, 10).add(3, "stop_escalated", { stop: 5, reason: "person", by: "driver" });
    assert.deepEqual([slotAt(told, 9).state, slotAt(told, 9).figures], ["overdue", "8dot0"]);
  });

  it("counts up without a limit", () => {
    const slot = slotAt(story().running().stop(1, -1), 48.9);
    assert.deepEqual([slot.state, slot.say, slot.figures, slot.of], ["up", "Asked", "47", null]);
  });

  it("counts up from the signal when the engine is lost, for containers only", () => {
    const lost = { target: undefined, run: undefined, source: "engine", reason: "reset" };
    const slot = slotAt(story().running().stop(1, 3).add(2.4, "source_lost", lost), 3.1);
    assert.deepEqual(
      [slot.state, slot.say, slot.figures, slot.sub],
      ["unknown", "Since SIGTERM", "2dot1", "SIGKILL may not come"],
    );
    assert.equal(slotAt(story().running("process").stop(1, 3), 2, "lost").state, "stopping");
  });

  it("says what nobody knows", () => {
    const told = story().running().stop(1, 3).exits(2, undefined, { cause: "unknown" });
    told.finished(2, {});
    const slot = slotAt(told, 5);
    assert.deepEqual([slot.state, slot.figures, slot.sub], ["ended", "dashdash", "time unknown, exit code unknown"]);
  });

  it("is ready again after a stop that could not be carried out", () => {
    const slot = slotAt(story().running().stop(1, 3).finished(2, { error: "no engine" }), 5);
    assert.deepEqual([slot.state, slot.sub], ["ready", "the stop failed: no engine"]);
  });

  it("does not go on counting when the lab was gone", () => {
    const told = story().running().stop(1, 3).add(9, "run_finished", { target: undefined, reason: "lab_was_gone" });
    assert.equal(slotAt(told, 10).state, "ended");
  });
});
