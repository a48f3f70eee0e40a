/** Guesses: the tally is a fold of the events, who may see it, and what settles it. */

import assert from "node:assert/strict";
import { describe, it } from "node:test";

import { betOf, hush, hushedState } from "../../static/js/selectors/index.js";
import { ms, story } from "./story.js";

const ID = "r1.server";

/** @param {ReturnType<typeof story>} told */
const opened = (told, about = {}) => {
  told
    .running()
    .stopForecast(0.4)
    .forecast(0.5, { 15: "dropped" })
    .add(1, "bet_opened", { by: "driver", author: "person", target: undefined, ...about });
  const bet = told.events.length;
  return {
    bet,
    guess: (/** @type {string} */ who, /** @type {string} */ ends, at = 2, more = {}) =>
      told.add(at, "bet_placed", { bet, who, ends, author: "person", ...more }),
  };
};

/** @param {ReturnType<typeof story>} told @param {{killed: boolean, outcome?: string, judged?: boolean, took?: number, timeout?: number}} how */
const stopped = (
  told,
  { killed, outcome = killed ? "sigkill_at_timeout" : "handled_and_exited", judged = true, took = 1, timeout = 3 },
) => {
  told.stop(3, timeout);
  const stop = told.events.length;
  told.add(4, "target_exited", { exit_code: killed ? 137 : 0, cause: "exited", meaning: "" });
  told.add(4, "stop_finished", { stop, took_s: took, exit_code: killed ? 137 : 0, killed, meaning: "" });
  if (judged)
    told.add(4, "verdict", {
      request: stop,
      signal: "SIGTERM",
      outcome,
      held: "none",
      text: "It ended.",
      said: [],
      evidence: [stop],
    });
};

/** @param {ReturnType<typeof story>} told @param {"driver"|"viewer"} [role] */
const seen = (told, role = "viewer", who = "me") => {
  const state = told.fold();
  const bet = betOf(state.runs.r1, state, { who, role });
  assert.ok(bet);
  return { ...bet, lane: bet.lanes[ID] };
};

describe("a guess", () => {
  it("counts once for each browser, the last one; the tally is for the driver until the stop", () => {
    const told = story();
    const { guess } = opened(told);
    guess("me", "left");
    guess("you", "killed");
    guess("me", "killed");
    const viewer = seen(told);
    assert.deepEqual([viewer.open, viewer.people, viewer.lane.mine, viewer.lane.tally], [true, 2, "killed", null]);
    assert.deepEqual(seen(told, "driver").lane.tally, { left: 0, killed: 2 });
    assert.equal(seen(told, "viewer", "").lane.mine, null);
    told.stop(3, 3);
    assert.deepEqual(seen(told).lane.tally, { left: 0, killed: 2 });
    assert.equal(seen(told).lane.words, "guessed: 0 leaves, 2 killed");
  });

  it("is too late once a stop was asked for, and for another bet", () => {
    const told = story();
    const { guess, bet } = opened(told);
    guess("me", "left");
    told.stop(3, 3);
    guess("you", "left", 3.1);
    assert.equal(seen(told).people, 1);
    told.add(3.2, "bet_closed", { bet, reason: "stop" });
    assert.equal(seen(told).open, false);
    const again = story();
    const first = opened(again);
    first.guess("me", "left");
    again.add(2.5, "bet_opened", { by: "driver", target: undefined });
    first.guess("you", "left", 2.6);
    assert.deepEqual([seen(again).people, seen(again).lane.mine], [0, null]);
  });

  it("is settled by the verdict, not before", () => {
    const told = story();
    const { guess } = opened(told);
    guess("me", "killed");
    guess("you", "left");
    guess("she", "killed");
    stopped(told, { killed: true, judged: false });
    assert.equal(seen(told).settled, false);
    const judged = story();
    const second = opened(judged);
    second.guess("me", "killed");
    second.guess("you", "left");
    second.guess("she", "killed");
    stopped(judged, { killed: true });
    assert.equal(seen(judged).say, "2 of 3 were right, you too.");
    assert.equal(seen(judged).lane.words, "2 of 3 right, you too");
    assert.equal(seen(judged, "viewer", "you").lane.words, "2 of 3 right, not you");
  });

  it("may be of seconds: the measured time settles it", () => {
    const SECONDS = [
      [0.4, false, "left 1", "at once"],
      [1, false, "left 3", "1–3 s"],
      [2.9, false, "left 3", "1–3 s"],
      [3, false, "left", "3–10 s"],
      [10.1, true, "killed", "killed at 10 s"],
    ];
    for (const [took, killed, right, word] of SECONDS) {
      const told = story();
      const { guess } = opened(told, { timeout_s: 10, bounds_s: [1, 3] });
      for (const { guess: each } of seen(told).lane.choices) {
        const [ends, before] = each.split(" ");
        guess(each, ends, 2, before ? { before_s: Number(before) } : {});
      }
      stopped(told, { killed: Boolean(killed), took: Number(took), timeout: 10 });
      assert.match(
        seen(told, "viewer", String(right)).say,
        new RegExp(`^It took .* s, “${word}”: 1 of 4 were right, you too.$`),
      );
      assert.equal(seen(told, "viewer", "left 2").lane.words, "1 of 4 right");
    }
  });

  it("has the choices that the timeout leaves", () => {
    /** @param {object} about */
    const words = (about) => {
      const told = story();
      opened(told, about);
      return seen(told).lane.choices.map(({ word }) => word);
    };
    assert.deepEqual(words({}), ["leaves", "killed"]);
    assert.deepEqual(words({ timeout_s: 1, bounds_s: [] }), ["leaves", "killed"]);
    assert.deepEqual(words({ timeout_s: 3, bounds_s: [1] }), ["at once", "1–3 s", "killed at 3 s"]);
    assert.deepEqual(words({ timeout_s: -1, bounds_s: [1, 10] }), ["at once", "1–10 s", "later", "not by itself"]);
  });

  it("of others is only counted until it is told, with the event that closes them", () => {
    const told = story();
    const { guess, bet } = opened(told);
    guess("me", "left", 2, { people: 1 });
    for (const people of [2, 3, 3]) told.add(2, "bet_placed", { bet, people, author: "person" });
    const open = seen(told);
    assert.deepEqual([open.people, open.lane.mine, open.lane.tally], [3, "left", null]);
    told.stop(3, 3);
    const shut = seen(told);
    assert.deepEqual([shut.people, shut.lane.tally, shut.lane.words], [3, null, ""], "not told yet");
    const guesses = ["me", "you", "she"].map((who) => ({ target: ID, who, ends: who === "me" ? "left" : "killed" }));
    told.add(3.1, "bet_closed", { bet, reason: "stop", guesses });
    assert.deepEqual(seen(told).lane.tally, { left: 1, killed: 2 });
  });

  it("does not count where a person sent SIGKILL", () => {
    const told = story();
    opened(told).guess("me", "killed");
    stopped(told, { killed: true, outcome: "sigkill_asked" });
    assert.match(seen(told).say, /No guess counts/);
    assert.equal(seen(told).lane.words, "no guess counts");
  });
});

describe("while the room guesses", () => {
  it("nothing is foretold, and what is shown keeps its identity", () => {
    const told = story();
    opened(told);
    const state = told.fold();
    const quiet = hushedState(state, state.runs.r1);
    assert.notEqual(state.targets[ID].stopForecast, null);
    assert.equal(quiet.targets[ID].stopForecast, null);
    assert.ok(Object.values(quiet.targets[ID].processes).every(({ forecast }) => forecast === null));
    assert.equal(hush(state.targets[ID]), quiet.targets[ID]);
    told.stop(3, 3);
    const after = told.fold();
    assert.equal(hushedState(after, after.runs.r1), after);
    assert.equal(after.targets[ID].stop?.atMs, ms(3));
  });
});
