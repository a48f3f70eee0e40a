import assert from "node:assert/strict";
import { describe, it } from "node:test";
import {
  advance,
  createFolds,
  createReplay,
  LEAD_MS,
  planOf,
  seek,
  step,
  TAIL_MS,
  toEvent,
} from "../../static/js/page/replay.js";
import { EMPTY, reduce } from "../../static/js/reduce/index.js";
import { clockOf } from "../../static/js/selectors/index.js";
import { createReplaySession } from "../../static/js/wire/replay_session.js";
import { ms, story, theTarget } from "./story.js";
import "./views/flat.js";

const { addressOf, wishOf } = await import("../../static/js/pages/runs.js");
const { beginning } = await import("../../static/js/pages/stage/replay.js");
const { playTime, skippedWords } = await import("../../static/js/views/replay.js");

/** 0 … 0.3 s: it starts; 20 s: asked to stop; 23.05 s: killed; 23.1 s: all is told. */
const killed = () =>
  story()
    .running()
    .stop(20, 3)
    .engineKill(23.01, "SIGKILL")
    .exits(23.05, 137, { signal: "SIGKILL", cause: "killed" })
    .finished(23.1, { took_s: 3.1, exit_code: 137, killed: true })
    .add(23.1, "run_finished", { target: undefined, reason: "ended" });

const player = (told = killed()) => {
  const clock = { ms: 1000 };
  let dirty = 0;
  const replay = createReplay(told.events, { monotonic: () => clock.ms, dirty: () => (dirty += 1) });
  const after = (/** @type {number} */ passed) => {
    clock.ms += passed;
    return replay.tick();
  };
  return { replay, after, clock, count: told.events.length };
};

describe("the plan of a replay", () => {
  it("is in the order of numbers, by when each came, and never goes back", () => {
    const told = story().running();
    const late = { ...told.events[2], id: 99, at: told.events[0].at, seen_at: told.events[0].at };
    const plan = planOf([late, ...told.events]);
    assert.deepEqual(
      plan.events.map(({ id }) => id),
      [1, 2, 3, 4, 99],
    );
    assert.deepEqual(plan.times, [0, 100, 200, 300, 300]);
    assert.equal(plan.startMs, ms(0));
  });

  it("has what the lab said before the run there from the start", () => {
    const before = { id: 1, kind: "source_lost", source: "kernel", reason: "no", at: "2025-11-23T10:00:00Z" };
    const told = story({ first: 2 }).running();
    const plan = planOf([{ ...before, seen_at: before.at, clock: "server", author: "lab" }, ...told.events]);
    assert.equal(plan.first, 2);
    assert.deepEqual(seek(plan, 0), { ms: 0, index: 2 });
    assert.equal(plan.lengthMs, 300);
  });

  it("of nothing is nothing", () => {
    const plan = planOf([]);
    assert.deepEqual([plan.lengthMs, plan.first], [0, 0]);
    assert.deepEqual(step(plan, seek(plan, 5), 1), { ms: 0, index: 0 });
    assert.deepEqual(advance(plan, seek(plan, 0), 100, true).place, { ms: 0, index: 0 });
  });
});

describe("waits with nothing", () => {
  it("are skipped, but for a second before and half a second after, and said", () => {
    const { plan } = player().replay;
    const gap = 20_000 - 300;
    const { place, skippedMs } = advance(plan, seek(plan, 0), 300 + LEAD_MS + 100, true);
    assert.equal(place.ms, 20_000 - TAIL_MS + 100);
    assert.equal(skippedMs, gap - LEAD_MS - TAIL_MS);
    assert.equal(skippedWords(134_000), "2 min 14 s with nothing, skipped");
  });

  it("are not skipped when that is not wanted, nor while a countdown runs", () => {
    const long = story().running().stop(1, 30).engineKill(31, "SIGKILL");
    const { plan } = player(long).replay;
    assert.deepEqual(advance(plan, seek(plan, 1000), 20_000, true), { place: { ms: 21_000, index: 5 }, skippedMs: 0 });
    const idle = player().replay.plan;
    assert.equal(advance(idle, seek(idle, 0), 5000, false).place.ms, 5000);
  });

  it("take no part of the time that passes: any cut into pieces comes to the same", () => {
    const { plan } = player().replay;
    for (const pieces of [1, 2, 7, 50, 333]) {
      let place = seek(plan, 0);
      for (let at = 0; at < pieces; at += 1) place = advance(plan, place, 4000 / pieces, true).place;
      assert.ok(Math.abs(place.ms - advance(plan, seek(plan, 0), 4000, true).place.ms) < 1e-6, `${pieces}`);
    }
  });
});

describe("playing", () => {
  it("comes to the very state that the live page had", () => {
    const told = killed();
    const { replay, after } = player(told);
    replay.play();
    const state = after(60_000);
    assert.deepEqual(state, told.fold());
    assert.equal(replay.playing, false);
    assert.equal(replay.place.ms, replay.plan.lengthMs);
  });

  it("counts down by the replay's clock, at once as fast and four times", () => {
    const { replay, after } = player();
    replay.seek(20_000);
    replay.play();
    const left = (/** @type {import("../../static/js/wire/types.js").State} */ state) =>
      clockOf(theTarget(state), state, replay.now()).seconds.toFixed(1);
    assert.equal(left(after(0)), "3.0");
    assert.equal(left(after(1000)), "2.0");
    replay.setSpeed(4);
    assert.equal(left(after(250)), "1.0");
    replay.pause();
    assert.equal(left(after(9000)), "1.0");
  });

  it("begins anew from its end", () => {
    const { replay, after } = player();
    replay.toEnd();
    after(0);
    replay.play();
    assert.deepEqual([replay.place.ms, replay.playing], [0, true]);
  });

  it("goes step by step, also where several come at one moment, and back", () => {
    const { replay, after, count } = player();
    const seen = [];
    for (let at = 0; at < count + 2; at += 1) {
      seen.push(after(0).lastId);
      replay.step(1);
    }
    assert.deepEqual(seen, [1, 2, 3, 4, 5, 6, 7, 8, 9, 9, 9].slice(0, count + 2));
    replay.step(-1);
    assert.equal(after(0).lastId, count - 1);
    for (let at = 0; at < 30; at += 1) replay.step(-1);
    assert.equal(after(0).lastId, 1, "the run's first event is always there");
  });

  it("goes to an event, or to the last one before a number that is not there", () => {
    const { plan } = player().replay;
    assert.deepEqual(toEvent(plan, 5), { ms: 20_000, index: 5 });
    assert.equal(toEvent(plan, 1000).index, plan.events.length);
    assert.equal(toEvent(plan, 0).index, 1);
  });
});

describe("states of a long run", () => {
  it("are those of a fold from the beginning, in whatever order they are asked for", () => {
    const told = story().running();
    for (let at = 0; at < 900; at += 1) told.prints(1 + at / 100, `line ${at}\n`);
    const stateAt = createFolds(told.events);
    for (const index of [904, 3, 850, 200, 199, 201, 400, 0, 903, 600]) {
      const expected = told.events.slice(0, index).reduce(reduce, EMPTY);
      assert.deepEqual(stateAt(index), expected, `${index}`);
    }
  });
});

describe("the session of a replay", () => {
  it("sends nothing, whatever is asked of it, and is a viewer's", async () => {
    const fetched = globalThis.fetch;
    globalThis.fetch = () => assert.fail("a request was made");
    try {
      const session = createReplaySession({
        load: async () => ({
          events: killed().events,
          experiments: [],
          table: { signals: [], reserved: [], keys: [] },
        }),
        dirty() {},
        onReady: (replay) => replay.toEnd(),
        onFailed: (error) => assert.fail(String(error)),
      });
      await session.open({ run: "r1" });
      assert.equal(session.fold(), true);
      assert.equal(session.role, "viewer");
      assert.equal(session.state.runs.r1.status, "finished");
      const { exportUrl, reportUrl, ...calls } = session.api;
      for (const [name, call] of Object.entries(calls)) {
        const first = name === "past" ? { run: null, kinds: [], after: 0 } : "r1.server";
        const asked = /** @type {(...of: any[]) => Promise<any>} */ (call)(first, { signal: "SIGTERM" });
        if (name === "probe") assert.equal((await asked).status, 0);
        else await assert.rejects(asked, { code: "unreachable" }, name);
      }
    } finally {
      globalThis.fetch = fetched;
    }
  });

  it("says what a run that could not be read came to", async () => {
    /** @type {unknown[]} */
    const told = [];
    const session = createReplaySession({
      load: () => Promise.reject(new Error("gone")),
      dirty() {},
      onReady: () => assert.fail("it is not ready"),
      onFailed: (error) => told.push(error),
    });
    await session.open({ run: "r1" });
    assert.match(String(told[0]), /gone/);
    assert.equal(session.fold(), false);
  });
});

describe("words and addresses", () => {
  it("are exact to the tenth", () => {
    assert.deepEqual([0, 3249, 59_999, 60_000, 125_050].map(playTime), ["0.0", "3.2", "59.9", "1:00.0", "2:05.0"]);
  });

  it("say where to begin", () => {
    assert.deepEqual(beginning("?replay&at=43", ""), { replays: true, at: 43, ms: null });
    assert.deepEqual(beginning("?replay", "#t=12.5"), { replays: true, at: null, ms: 12_500 });
    assert.deepEqual(beginning("?at=x", "#t=-1"), { replays: false, at: null, ms: null });
  });

  it("hold what is looked for in the history", () => {
    const wish = { q: "a b&c", outcome: "killed", experiment: "" };
    assert.equal(addressOf(wish), "/runs?q=a+b%26c&outcome=killed");
    assert.deepEqual(wishOf(addressOf(wish).slice(5)), wish);
    assert.equal(addressOf(wishOf("")), "/runs");
  });
});
