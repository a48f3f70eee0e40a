import assert from "node:assert/strict";
import { describe, it } from "node:test";

import { openStream, SILENCE_MS } from "../../static/js/wire/stream.js";

/** A browser without a browser: sources that the test speaks through, and a clock that it moves. */
const world = (options = {}) => {
  let nowMs = 0;
  let nextTimer = 1;
  /** @type {Map<number, {at: number, callback: () => void}>} */
  const timers = new Map();
  /** @type {FakeSource[]} */
  const sources = [];
  /** @type {any[]} */
  const heard = [];
  /** @type {import("../../static/js/wire/types.js").StreamState[]} */
  const states = [];
  const server = { status: 200, journal: /** @type {string|null} */ ("j1"), probes: 0 };

  class FakeSource {
    /** @param {string} url */
    constructor(url) {
      this.url = url;
      this.closed = false;
      this.onopen = () => {};
      this.onerror = () => {};
      this.onmessage = (/** @type {any} */ _) => {};
      sources.push(this);
    }
    close() {
      this.closed = true;
    }
    /** @param {number} id @param {string} [journal] */
    event(id, journal = "j1") {
      this.onmessage({ data: JSON.stringify({ id, kind: "output" }), lastEventId: `${journal}.${id}` });
    }
    beat(last = 0, journal = "j1") {
      const said = { kind: "heartbeat", now: "2025-11-23T13:04:50Z", viewers: 2, last, journal };
      this.onmessage({ data: JSON.stringify(said), lastEventId: "" });
    }
    reset() {
      this.onmessage({ data: '{"kind":"reset"}', lastEventId: "" });
    }
  }

  const stream = openStream({
    run: "r1",
    onEvent: ({ id }) => heard.push(id),
    onHeartbeat: ({ viewers }) => heard.push(`${viewers} watch`),
    onReset: () => heard.push("reset"),
    onState: (state) => states.push(state),
    probe: async () => {
      server.probes += 1;
      return { status: server.status, journal: server.status === 200 ? server.journal : null };
    },
    EventSource: /** @type {any} */ (FakeSource),
    now: () => nowMs,
    setTimeout: (callback, delay) => {
      timers.set(nextTimer, { at: nowMs + delay, callback });
      return nextTimer++;
    },
    clearTimeout: (timer) => timers.delete(timer),
    random: () => 0.5,
    ...options,
  });

  /** Moves the clock, lets every timer in between fire, and lets what they started settle. @param {number} ms */
  const pass = async (ms) => {
    const end = nowMs + ms;
    for (;;) {
      const due = [...timers].filter(([, { at }]) => at <= end).sort((a, b) => a[1].at - b[1].at)[0];
      if (!due) break;
      timers.delete(due[0]);
      nowMs = due[1].at;
      due[1].callback();
      await new Promise(setImmediate);
    }
    nowMs = end;
    await new Promise(setImmediate);
  };

  return {
    stream,
    sources,
    heard,
    states,
    server,
    pass,
    timers,
    at: () => sources[sources.length - 1],
    state: () => states[states.length - 1],
  };
};

describe("a stream", () => {
  it("asks for what comes after the last event that is known", () => {
    assert.equal(world().at().url, "/api/v1/events?run=r1");
    const url = world({ run: null, kinds: ["run_created", "run_finished"], after: 17 }).at().url;
    assert.equal(url, "/api/v1/events?kind=run_created&kind=run_finished&after=17");
    assert.equal(world({ run: null }).at().url, "/api/v1/events");
  });

  it("begins with what comes from now on, and the first heartbeat says after which event", async () => {
    /** @type {number[]} */
    const starts = [];
    const here = world({ run: null, fromNow: true, onStart: (/** @type {number} */ last) => starts.push(last) });
    assert.equal(here.at().url, "/api/v1/events?live=true");
    assert.equal(here.server.probes, 0);
    here.at().onopen();
    here.at().beat(7);
    here.at().beat(9); // the events up to 9 are on their way
    here.at().event(8);
    assert.deepEqual([starts, here.heard], [[7], ["2 watch", "2 watch", 8]]);
    here.at().onerror();
    await here.pass(300);
    assert.equal(here.at().url, "/api/v1/events?after=8", "and goes on where it was");
    here.at().beat(9);
    assert.deepEqual(starts, [7]);
  });

  it("begins again with another journal, after what is there by then", async () => {
    /** @type {number[]} */
    const starts = [];
    const here = world({ run: null, fromNow: true, onStart: (/** @type {number} */ last) => starts.push(last) });
    here.at().onopen();
    here.at().beat(7);
    here.server.journal = "j2";
    here.at().onerror();
    await here.pass(300);
    assert.equal(here.at().url, "/api/v1/events?live=true");
    here.at().beat(2, "j2");
    here.at().event(3, "j2");
    assert.deepEqual(
      [starts, here.heard],
      [
        [7, 2],
        ["2 watch", "reset", "2 watch", 3],
      ],
    );
  });

  it("tells events once and in order, and heartbeats beside them", () => {
    const { at, heard, state } = world();
    at().onopen();
    at().event(1);
    at().beat();
    at().event(2);
    at().event(2);
    at().event(1);
    at().event(3);
    assert.deepEqual(heard, [1, "2 watch", 2, 3]);
    assert.equal(state().state, "open");
  });

  it("goes on after the last event when the connection ends", async () => {
    const { at, heard, sources, states, pass } = world();
    at().onopen();
    at().event(7);
    const first = at();
    first.onerror();
    assert.ok(first.closed);
    await pass(300);
    assert.equal(sources.length, 2);
    assert.equal(at().url, "/api/v1/events?run=r1&after=7");
    first.event(8); // was on its way when the source was closed
    at().onopen();
    at().event(7);
    at().event(8);
    assert.deepEqual(heard, [7, 8]);
    assert.deepEqual(
      states.map(({ state }) => state),
      ["connecting", "open", "connecting", "open"],
      "a restart is not a loss",
    );
  });

  it("asks at growing distances while nobody is there, says when, and comes back by itself", async () => {
    const { at, server, states, state, pass } = world();
    at().onopen();
    at().event(3);
    server.status = 0;
    at().onerror();
    const distances = [];
    for (let n = 0; n < 7; n += 1) {
      const before = state().nextTryMs ?? 0;
      await pass(before - (states.length === 3 ? 0 : (states.at(-2)?.nextTryMs ?? 0)));
      distances.push((state().nextTryMs ?? 0) - before);
    }
    assert.deepEqual(distances, [1000, 2000, 4000, 8000, 10_000, 10_000, 10_000]);
    assert.deepEqual([state().state, state().tries], ["lost", 7]);
    const since = state().sinceMs;
    server.status = 200;
    await pass(10_000);
    assert.equal(at().url, "/api/v1/events?run=r1&after=3");
    at().onopen();
    assert.equal(state().state, "open");
    assert.ok(state().sinceMs > since);
  });

  it("does not trust a connection that says nothing", async () => {
    const { at, sources, state, pass } = world();
    at().onopen();
    await pass(SILENCE_MS - 1);
    at().beat();
    await pass(SILENCE_MS - 1);
    assert.equal(sources.length, 1);
    await pass(1);
    assert.ok(sources[0].closed);
    assert.equal(state().state, "lost");
    await pass(1000);
    assert.equal(sources.length, 2);
    await pass(SILENCE_MS);
    assert.ok(sources[1].closed, "nor one that never opens");
  });

  it("forgets everything when it is told that the journal is another one", () => {
    const { at, heard } = world();
    at().event(9);
    at().reset();
    at().event(1, "j2");
    at().event(2, "j2");
    assert.deepEqual(heard, [9, "reset", 1, 2]);
  });

  it("notices another journal by itself, before and after it connects", async () => {
    const before = world();
    before.at().onopen();
    before.at().event(9);
    before.server.journal = "j2";
    before.at().onerror();
    await before.pass(300);
    assert.deepEqual([before.sources.length, before.at().url], [2, "/api/v1/events?run=r1"]);
    before.at().event(1, "j2");
    assert.deepEqual(before.heard, [9, "reset", 1]);

    const after = world();
    after.at().event(9);
    after.at().event(10, "j2");
    const place = [after.sources.length, after.at().url];
    assert.deepEqual(place, [2, "/api/v1/events?run=r1"], "what came before 10 is not known");
    after.at().event(1, "j2");
    assert.deepEqual(after.heard, [9, "reset", 1]);
  });

  it("says that nobody is signed in any more, and heals when somebody is", async () => {
    const { at, server, state, pass } = world();
    at().onopen();
    server.status = 401;
    at().onerror();
    await pass(300);
    assert.equal(state().state, "signed_out");
    server.status = 200;
    await pass(10_000);
    at().onopen();
    assert.equal(state().state, "open");
  });

  it("tries at once when it is asked to", async () => {
    const { at, stream, server, sources, pass } = world();
    server.status = 0;
    at().onerror();
    await pass(5000);
    server.status = 200;
    const { probes } = server;
    stream.retry();
    stream.retry();
    await pass(0);
    assert.deepEqual([server.probes, sources.length], [probes + 1, 2]);
    stream.retry();
    await pass(0);
    assert.equal(sources.length, 2, "nothing to do while a source is open");
  });

  it("leaves nothing behind when it is closed, also in the middle of a probe", async () => {
    const open = world();
    open.stream.close();
    assert.deepEqual([open.at().closed, open.timers.size], [true, 0]);
    const probing = world();
    probing.at().onerror();
    probing.stream.retry();
    probing.stream.close();
    await probing.pass(60_000);
    assert.deepEqual([probing.sources.length, probing.timers.size], [1, 0]);
  });
});
