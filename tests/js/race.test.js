/** Finish order, the chart of stop times and the one sentence over all lanes: from events alone. */

import assert from "node:assert/strict";
import { describe, it } from "node:test";

import { chartOf, raceOf, raceWords, rehearsalWords } from "../../static/js/selectors/index.js";
import { ms, story } from "./story.js";

const OUTCOMES = { left: "handled_and_exited", killed: "sigkill_at_timeout", hand: "sigkill_asked" };

/**
 * @param {Record<string, {tookS?: number|null, how?: "left"|"killed"|"hand", timeoutS?: number, why?: string, stopS?: number, advice?: object}>} lanes
 *   without `how`: it has not ended
 * @param {object} [rehearsed] - what it came to, where the lanes are copies
 */
const ran = (lanes, rehearsed) => {
  const told = story();
  const targets = Object.keys(lanes).map((name) => ({ id: `r1.${name}`, name, host: "container" }));
  told.add(0, "run_created", { number: 1, title: "Race", question: "Who?", targets, target: undefined });
  for (const { id } of targets) {
    const common = { target: id, pid: 1, start: 1, command: [], equivalent: "", tty: false, stdin: false };
    told.add(0.1, "target_started", { ...common, stop_signal: "SIGTERM", stop_timeout_s: 3 });
  }
  const stops = Object.entries(lanes).map(([name, { stopS = 1, timeoutS = 3 }]) => {
    told.stop(stopS, timeoutS, { target: `r1.${name}` });
    return told.events.length;
  });
  for (const [at, [name, { tookS = 0.1, how, why = "because", advice }]] of Object.entries(lanes).entries()) {
    if (!how) continue;
    const target = `r1.${name}`;
    const killed = how !== "left";
    told.add(5, "target_exited", { target, exit_code: killed ? 137 : 0, cause: "exited", meaning: "" });
    told.add(5, "stop_finished", {
      target,
      stop: stops[at],
      took_s: tookS ?? undefined,
      exit_code: killed ? 137 : 0,
      killed,
      meaning: "",
    });
    told.add(5, "verdict", {
      target,
      request: stops[at],
      signal: "SIGTERM",
      outcome: OUTCOMES[how],
      held: "none",
      text: `${killed ? "Killed" : "Left"} after x: ${why}.`,
      said: [],
      evidence: [stops[at]],
      advice,
    });
  }
  if (rehearsed) told.add(6, "rehearsed", { target: undefined, ...rehearsed });
  return told.fold();
};

/** @param {Parameters<typeof ran>[0]} lanes */
const raced = (lanes) => {
  const state = ran(lanes);
  return raceOf(state.runs.r1, state, ms(2));
};

const must = (/** @type {ReturnType<typeof raceOf>} */ race) => {
  assert.ok(race);
  return race;
};
const places = (/** @type {ReturnType<typeof raceOf>} */ race) =>
  Object.fromEntries(must(race).racers.map(({ name, place, tied }) => [name, `${place}${tied ? "=" : ""}`]));

describe("the finish order", () => {
  it("is that of the measured times, and what nobody can tell apart is a tie", () => {
    const race = raced({
      slow: { tookS: 3.1, how: "killed" },
      one: { tookS: 0.101, how: "left" },
      two: { tookS: 0.104, how: "left" },
      three: { tookS: 0.2, how: "left" },
    });
    assert.deepEqual(places(race), { slow: "4", one: "1=", two: "1=", three: "3" });
    assert.equal(must(race).over, true);
  });

  it("gives no place while another one could still have been before, and none without a time", () => {
    assert.deepEqual(places(raced({ a: { tookS: 0.9, how: "left" }, b: {}, c: { tookS: 0.2, how: "left" } })), {
      a: "null",
      b: "null",
      c: "1",
    });
    assert.deepEqual(places(raced({ a: { tookS: null, how: "left" }, b: { how: "left" } })), { a: "null", b: "1" });
  });

  it("is of those that were asked together, and there is none of a single one", () => {
    assert.equal(raced({ a: { how: "left", stopS: 1 }, b: { how: "left", stopS: 4 } }), null);
  });
});

describe("the chart of stop times", () => {
  it("has a bar for each in the order of their ends, with the run before and the timeout, and says all of it", () => {
    const race = must(raced({ slow: { tookS: 3, how: "killed" }, quick: { tookS: 0.15, how: "left" } }));
    const chart = chartOf(race, { number: 4, tookS: { quick: 0.3 } });
    assert.deepEqual(
      chart.bars.map(({ name, place, text, before, timeout }) => [name, place, text, before !== null, timeout]),
      [
        ["quick", "1st", "0.15 s", true, "3 s"],
        ["slow", "2nd", "3.0 s, killed", false, "3 s"],
      ],
    );
    assert.equal(chart.bars[1].x, chart.bars[1].deadline);
    assert.ok(chart.bars.every(({ x }) => x > 0 && x < 95));
    assert.match(chart.label, /quick 0\.15 s, 1st \(the run before: 0\.30 s\); slow 3\.0 s, killed, 2nd\./);
    assert.ok(chart.ticks.length > 2 && chart.ticks.length < 10);
  });

  it("keeps its ticks where all were quick, and says a time that nobody measured", () => {
    const chart = chartOf(
      must(raced({ a: { tookS: null, how: "left", timeoutS: -1 }, b: { how: "left", timeoutS: -1, tookS: 0.02 } })),
      null,
    );
    assert.deepEqual(
      chart.bars.map(({ text, deadline, timeout }) => [text, deadline, timeout]),
      [
        ["0.02 s", null, "none"],
        ["unknown time", null, "none"],
      ],
    );
    assert.ok(chart.ticks.length < 10);
  });
});

describe("the sentence over all lanes", () => {
  it("names the one that cost the timeout, why, and its fix", () => {
    const advice = { kind: "exec", text: "Say exec.", note: "", at: [] };
    const words = raceWords(
      must(
        raced({
          slow: { tookS: 3, how: "killed", why: "PID 1 (sh) has no handler", advice },
          a: { tookS: 0.1, how: "left" },
          b: { tookS: 0.2, how: "left" },
        }),
      ),
    );
    assert.equal(words.say, "Only slow cost the full 3 s: PID 1 (sh) has no handler.");
    assert.deepEqual(words.more, [
      "a and b left by themselves after 0.10 to 0.20 s.",
      "slow took 30 times as long as a.",
    ]);
    assert.equal(words.fix?.name, "slow");
    assert.deepEqual(
      words.proofs.map(({ name }) => name),
      ["slow", "a", "b"],
    );
  });

  it("says it of several, of all and of none, also where only the timeouts differ", () => {
    const say = (/** @type {Parameters<typeof raced>[0]} */ lanes) => raceWords(must(raced(lanes))).say;
    const killed = (/** @type {number} */ timeoutS) => ({
      tookS: timeoutS,
      timeoutS,
      how: /** @type {const} */ ("killed"),
    });
    assert.equal(say({ a: killed(3), b: killed(3), c: { how: "left" } }), "Only a and b cost the full 3 s: because.");
    const named = (/** @type {string} */ name) => ({ ...killed(3), why: `PID 1 (${name}) has no handler` });
    assert.equal(
      say({ a: named("sh"), b: named("python3"), c: { how: "left" } }),
      "Only a and b cost the full 3 s: PID 1 has no handler.",
    );
    assert.equal(
      say({ a: killed(10), b: killed(5), c: killed(3) }),
      "None of the 3 left in time; they were killed after 3, 5 and 10 s: because.",
    );
    assert.equal(
      say({ a: { how: "left" }, b: { tookS: 1.2, how: "left" } }),
      "Both left without SIGKILL, b last, after 1.2 s.",
    );
    const tie = { tookS: 1.2, how: /** @type {const} */ ("left") };
    assert.equal(say({ a: tie, b: tie }), "Both left without SIGKILL, after 1.2 s.");
    assert.equal(
      say({ a: { tookS: 0.1, how: "left" }, b: { tookS: 1.2, how: "left" }, c: { tookS: 2, how: "left" } }),
      "All 3 left without SIGKILL, c last, after 2.0 s.",
    );
  });

  it("keeps reasons apart, and does not blame who was killed by hand", () => {
    const words = raceWords(
      must(
        raced({
          a: { tookS: 3, how: "killed", why: "one" },
          b: { tookS: 3, how: "killed", why: "two" },
          c: { how: "hand", tookS: 1 },
        }),
      ),
    );
    assert.equal(words.say, "Only a and b cost the full 3 s.");
    assert.deepEqual(words.more, ["a: one.", "b: two.", "c was killed by hand."]);
  });
});

describe("a rehearsal", () => {
  const ADVICE = { kind: "init", text: "Run it with --init.", note: "", at: [] };

  it("is told in the lab's words over both lanes, though they were not stopped together", () => {
    const first = { tookS: 3, how: /** @type {const} */ ("killed"), advice: ADVICE };
    const state = ran(
      { "as-it-is": first, fixed: { how: "left", stopS: 6 } },
      { text: "It helps.", without: ["a", "b"] },
    );
    const { r1 } = state.runs;
    assert.ok(r1.rehearsal);
    const race = must(raceOf(r1, state, ms(9)));
    assert.deepEqual(
      race.racers.map(({ place }) => place),
      [null, null],
      "nobody wins",
    );
    const words = rehearsalWords(r1.rehearsal, race);
    assert.deepEqual([words.say, words.more], ["It helps.", ["The copies were without a and b."]]);
    assert.deepEqual(words.fix, { name: "as-it-is", advice: ADVICE });
    assert.deepEqual(
      words.proofs.map(({ name }) => name),
      ["as-it-is", "fixed"],
    );
  });

  it("is told of one lane, too", () => {
    const state = ran({ only: { how: "left" } }, { text: "Nothing to mend." });
    const { r1 } = state.runs;
    assert.equal(raceOf(r1, state, ms(9)), null);
    assert.ok(r1.rehearsal);
    const words = rehearsalWords(r1.rehearsal, null);
    assert.deepEqual(words, { say: "Nothing to mend.", more: [], proofs: [], fix: null });
  });
});
