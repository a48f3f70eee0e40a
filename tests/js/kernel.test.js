import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { KERNEL_KEPT } from "../../static/js/reduce/kernel.js";
import { RECORD_KEPT } from "../../static/js/reduce/record.js";
import { ms, story, theTarget } from "./story.js";

const ENGINE = { sender_kind: "engine", sender: "the engine (runc)" };
const LAB = { sender_kind: "lab", sender: "the lab" };
const ITSELF = { sender_kind: "itself", sender: "itself" };
const asked = { author: "person", signal: "SIGUSR1", from: "outside", group: false, by: "driver" };

/** @param {ReturnType<typeof story>} told */
const texts = (told) => told.fold().record.map((/** @type {{text: string}} */ { text }) => text);
/** @param {ReturnType<typeof story>} told */
const words = (told) => theTarget(told.fold()).kernel;

describe("the kernel’s word in the record", () => {
  /** @type {[string, string, object, string][]} */
  const cases = [
    [
      "sent and ignored",
      "SIGTERM",
      { generated: "ignored", ...ENGINE },
      "SIGTERM to python3 (1): ignored, from the engine (runc)",
    ],
    ["a handler", "SIGUSR1", { delivered: "handler" }, "python3 (1) runs its handler for SIGUSR1"],
    [
      "the default",
      "SIGTERM",
      { delivered: "default", pid: 114, ns_pid: 14, comm: "sleep" },
      "SIGTERM to sleep (14): default action, it ends",
    ],
    ["a stop", "SIGTSTP", { delivered: "default" }, "SIGTSTP to python3 (1): default action, it stops"],
    [
      "teardown",
      "SIGKILL",
      { generated: "queued", teardown: true, pid: 109, ns_pid: 9, comm: "sleep", sender: "x" },
      "SIGKILL to sleep (9): PID 1 ended, the kernel ends the rest",
    ],
    ["dropped late", "SIGTERM", { delivered: "dropped" }, "SIGTERM to python3 (1): dropped when it was taken"],
    [
      "one thread",
      "SIGHUP",
      { generated: "queued", thread: 139, ...ITSELF },
      "SIGHUP to a thread of python3 (1): queued, from itself",
    ],
    ["a hostile name", "SIGHUP", { delivered: "handler", comm: "a\n\x1b[31mb" }, "a b (1) runs its handler for SIGHUP"],
  ];
  for (const [what, signal, fields, text] of cases) {
    it(`says ${what} in plain words`, () =>
      assert.equal(texts(story().running().kernel(1, signal, fields)).at(-1), text));
  }

  it("takes the number inside from the row where the kernel had none", () => {
    const told = story().running().process(0.5, 114, { ns_pid: 14, comm: "sleep" });
    told.kernel(1, "SIGTERM", { delivered: "default", pid: 114, ns_pid: undefined, comm: "sleep" });
    assert.match(texts(told).at(-1) ?? "", /^SIGTERM to sleep \(14\)/);
  });

  it("does not say of a protected PID 1 that it ignores what it is protected from", () => {
    const told = story().running().process(0.5, 101, { ns_pid: 1, comm: "python3", is_init: true });
    told.kernel(1, "SIGTERM", { generated: "ignored", pid: 101, ns_pid: 1, ...ENGINE });
    told.kernel(2, "SIGWINCH", { generated: "ignored", pid: 101, ns_pid: 1, ...ENGINE });
    assert.match(texts(told).at(-2) ?? "", /^SIGTERM to python3 \(1\): dropped/);
    assert.match(texts(told).at(-1) ?? "", /^SIGWINCH to python3 \(1\): ignored/);
  });

  it("says that a stopped process goes on although CONT was ignored", () => {
    const told = story().running().process(0.5, 114, { ns_pid: 14, comm: "sleep", state: "T" });
    told.kernel(1, "SIGCONT", { generated: "ignored", pid: 114, ns_pid: 14, comm: "sleep", ...LAB });
    assert.equal(texts(told).at(-1), "SIGCONT to sleep (14): ignored, but it goes on, from the lab");
  });

  it("names the kernel’s trace when it goes and comes back", () => {
    const lost = { source: "kernel", reason: "50 records are missing", target: undefined, run: undefined };
    const told = story()
      .running()
      .add(1, "source_lost", lost)
      .add(1, "source_back", { ...lost, missing: 1234 });
    assert.deepEqual(texts(told).slice(-2), [
      "the kernel’s trace lost: 50 records are missing",
      "the kernel’s trace is back; at least 1,234 of its records are missing",
    ]);
    assert.deepEqual(told.fold().lost, {});
  });
});

describe("a storm of signals", () => {
  /** @param {ReturnType<typeof story>} told @param {number} count @param {number} from @param {boolean} [printing] */
  const storm = (told, count, from, printing) => {
    for (let n = 0; n < count; n += 1) {
      told.kernel(from + n * 0.02, "SIGUSR1", { generated: "queued", ...ITSELF });
      told.kernel(from + n * 0.02, "SIGUSR1", { delivered: "handler" });
      if (printing) told.prints(from + n * 0.02, "USR1\n");
    }
    return told;
  };

  it("is a few lines of the record, with its count", () => {
    const told = storm(story().running(), 250, 1);
    const all = texts(told).slice(2);
    assert.equal(all.length, 6);
    assert.deepEqual(all.slice(-2), [
      "248 times: SIGUSR1 to python3 (1): queued, from itself",
      "248 times: python3 (1) runs its handler for SIGUSR1",
    ]);
  });

  it("folds also where output comes between", () => {
    const all = texts(storm(story().running(), 250, 1, true)).slice(2);
    assert.equal(all.length, 9);
    assert.equal(all.at(-1), "prints “USR1” and 247 more lines");
  });

  it("does not fold what a person asked for one by one", () => {
    const told = story().running("process");
    for (let n = 0; n < 5; n += 1) {
      told.add(1 + n * 0.1, "signal_requested", asked);
      told
        .kernel(1 + n * 0.1, "SIGUSR1", { generated: "queued", ...LAB })
        .kernel(1 + n * 0.1, "SIGUSR1", { delivered: "handler" });
    }
    assert.equal(texts(told).length, 2 + 15);
  });

  it("says that several processes were meant", () => {
    const told = story().running();
    for (let n = 0; n < 48; n += 1)
      told.kernel(1, "SIGKILL", { generated: "queued", teardown: true, pid: 200 + n, ns_pid: 9 + n, comm: "sleep" });
    assert.equal(
      texts(told).at(-1),
      "46 times: SIGKILL to sleep (11) and others: PID 1 ended, the kernel ends the rest",
    );
  });

  it("never takes the place of what people did, whatever it is called", () => {
    const told = story().running().stop(1, 3);
    for (let n = 0; n < 3 * RECORD_KEPT; n += 1)
      told.kernel(2 + n, "SIGHUP", { generated: "queued", comm: `p${n}`, ...ITSELF });
    const { record } = told.fold();
    assert.equal(record.length, RECORD_KEPT);
    assert.ok(
      record.some((/** @type {{text: string}} */ { text }) => text === "the driver asks for a stop, timeout 3 s"),
    );
    assert.equal(record.at(-1)?.text, `SIGHUP to p${3 * RECORD_KEPT - 1} (1): queued, from itself`);
  });
});

describe("the kernel’s word for the fall", () => {
  it("joins sending and taking by process, signal and order", () => {
    const told = story().running();
    told
      .kernel(1, "SIGRTMIN", { generated: "queued", ...LAB })
      .kernel(1.1, "SIGRTMIN", { generated: "queued", ...LAB });
    told.kernel(1.2, "SIGRTMIN", { delivered: "handler", pid: 101 }).kernel(1.3, "SIGRTMIN", { delivered: "handler" });
    assert.deepEqual(
      words(told).map(({ pid, generated, delivered }) => [pid, generated, delivered]),
      [
        [100, "queued", "handler"],
        [100, "queued", null],
        [101, null, "handler"],
      ],
    );
  });

  it("keeps one thread’s signals from another’s", () => {
    const told = story()
      .running()
      .kernel(1, "SIGHUP", { generated: "queued", thread: 139, ...ITSELF });
    told.kernel(1.1, "SIGHUP", { delivered: "handler", thread: 145 });
    assert.equal(words(told)[0].delivered, null);
    assert.equal(words(told.kernel(1.2, "SIGHUP", { delivered: "handler", thread: 139 }))[0].delivered, "handler");
  });

  it("does not take what was ignored for what was taken", () => {
    const told = story()
      .running()
      .kernel(1, "SIGTERM", { generated: "ignored", ...ENGINE });
    assert.equal(words(told.kernel(2, "SIGTERM", { delivered: "handler" })).length, 2);
  });

  it("knows what somebody meant: to the root, or to the process that was named", () => {
    const told = story()
      .running()
      .kernel(1, "SIGTERM", { generated: "ignored", ...ENGINE });
    told.kernel(1.1, "SIGTERM", {
      generated: "queued",
      pid: 114,
      ns_pid: 14,
      sender_kind: "process",
      sender: "python3",
    });
    told
      .add(2, "signal_requested", { ...asked, pid: 14 })
      .kernel(2.1, "SIGUSR1", { generated: "queued", pid: 114, ns_pid: 14, ...LAB });
    told
      .add(3, "signal_requested", { ...asked, from: "inside" })
      .kernel(3.1, "SIGUSR1", { generated: "ignored", sender_kind: "process", sender: "kill" });
    assert.deepEqual(
      words(told).map(({ asked }) => asked),
      [true, false, true, true],
    );
  });

  it("keeps longest what somebody asked for", () => {
    const told = story()
      .running()
      .kernel(1, "SIGTERM", { generated: "ignored", ...ENGINE });
    for (let n = 0; n < 2 * KERNEL_KEPT; n += 1) told.kernel(2 + n, "SIGUSR1", { generated: "queued", ...ITSELF });
    assert.equal(words(told).length, KERNEL_KEPT);
    assert.deepEqual([words(told)[0].signal, words(told)[0].atMs], ["SIGTERM", ms(1)]);
  });

  it("does not say of the output that it was cut when signals were", () => {
    const told = story().running().add(1, "truncated", { what: "kernel_signals", limit: "60 signals a second" });
    assert.equal(theTarget(told.fold()).truncated, null);
    assert.match(texts(told).at(-1) ?? "", /60 signals a second from the kernel/);
  });
});

describe("forecasts", () => {
  const row = (/** @type {ReturnType<typeof story>} */ told) => Object.values(theTarget(told.fold()).processes)[0];

  it("belong to a row, and a newcomer keeps them until its own come", () => {
    const told = story().running().forecast(1, { 15: "dropped" });
    told.add(2, "process_changed", { pid: 300, start: 9, was: 100, respawns: 1 });
    assert.equal(row(told).forecast?.outside[0].fate, "dropped");
    told.forecast(2.1, { 15: "handler" }, { pid: 300, start: 9 });
    assert.equal(row(told).forecast?.outside[0].fate, "handler");
    assert.equal(row(told).forecast?.inside, null);
  });

  it("of a stop are remembered by the stop that they were about, and by no other", () => {
    const told = story().running().stopForecast(1).stop(2, 10);
    assert.equal(theTarget(told.fold()).stop?.forecast?.say, "SIGKILL after 10 s");
    assert.equal(theTarget(story().running().stopForecast(1).stop(2, 3).fold()).stop?.forecast, null);
  });

  it("say nothing in the record", () => {
    const told = story().running().forecast(1, {}).stopForecast(1);
    assert.equal(texts(told).length, 2);
  });

  it("are not there for a process that nobody has shown", () => {
    assert.equal(row(story().running().forecast(1, {}, { pid: 7 })).forecast, null);
  });
});

describe("a process", () => {
  it("says how it ended as the kernel told its parent", () => {
    const told = story()
      .running()
      .process(1, 120)
      .add(2, "process_gone", { pid: 120, start: 1120, ended: "dumped_core" });
    assert.equal(theTarget(told.fold()).processes["120:1120"].ended, "dumped_core");
  });
});
