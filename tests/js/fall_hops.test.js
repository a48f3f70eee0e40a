import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { placeIn, wayWords } from "../../static/js/selectors/fall/hops.js";
import { fallOf } from "../../static/js/selectors/index.js";
import { ms, story, theTarget } from "./story.js";

const SEEN = { engine: null, engineLostMs: null, kernel: null };
const ENGINE = { sender_kind: "engine", sender: "the engine (runc)", sender_pid: 77, generated: "queued" };
const TERMINAL = { sender_kind: "terminal", sender: "the terminal" };
const by = (/** @type {number} */ pid, /** @type {string} */ comm) => ({
  sender_kind: "process",
  sender: comm,
  sender_pid: pid,
  generated: "queued",
});
const to = (/** @type {number} */ pid, /** @type {string} */ comm) => ({ pid, ns_pid: pid, comm });

/** @param {ReturnType<typeof story>} told @param {number} s */
const fallAt = (told, s) => fallOf(theTarget(told.fold()), ms(s), SEEN);
/** @param {ReturnType<typeof story>} told @param {number} s */
const hopsAt = (told, s) =>
  (fallAt(told, s).way?.hops ?? []).map(({ from, to: place, shape, say }) => [from, place, shape, say]);

/** A parent with children 201, 202 …, a stop at 1 that reaches the parent. @param {...string} children */
const family = (...children) => {
  const told = story().running();
  for (const [at, comm] of children.entries()) told.process(0.4 + at / 100, 201 + at, { comm, ppid: 100 });
  return told.stop(1, 3).engineKill(1.01, "SIGTERM").kernel(1.01, "SIGTERM", ENGINE);
};

describe("the way of a signal among processes", () => {
  it("is told from sender to receiver, with what became of it there", () => {
    const told = family("counter.sh", "healthcheck.sh")
      .kernel(1.02, "SIGTERM", { ...to(201, "counter.sh"), ...by(100, "run.sh") })
      .kernel(1.03, "SIGTERM", { ...to(201, "counter.sh"), delivered: "handler" })
      .kernel(1.04, "SIGTERM", { ...to(202, "healthcheck.sh"), ...by(100, "run.sh") })
      .kernel(1.05, "SIGTERM", { ...to(202, "healthcheck.sh"), delivered: "default" });
    assert.deepEqual(hopsAt(told, 2), [
      [0, 1, "handle", "run.sh → counter.sh: SIGTERM, handler"],
      [0, 2, "cross", "run.sh → healthcheck.sh: SIGTERM, ends it"],
    ]);
    const way = fallAt(told, 2).way;
    assert.deepEqual(
      way?.places.map(({ name }) => name),
      ["python3", "counter.sh", "healthcheck.sh"],
    );
    assert.ok(way && way.hops[0].x < way.hops[0].takenX, "sent is before taken");
    assert.equal(wayWords(way), "run.sh → counter.sh: SIGTERM, handler; 1 more");
  });

  it("goes up to the parent as well, where the kernel's own line ends in its sign", () => {
    const told = family("counter.sh")
      .kernel(1.02, "SIGTERM", { delivered: "handler" })
      .kernel(1.2, "SIGTERM", by(201, "counter.sh"));
    told.kernel(1.21, "SIGTERM", { delivered: "handler" });
    assert.deepEqual(hopsAt(told, 2), [[1, 0, "handle", "counter.sh → python3: SIGTERM, handler"]]);
    assert.equal(fallAt(told, 2).way?.hops[0].text, "");
  });

  it("keeps places: who comes later comes last, and from the fifth on they share one", () => {
    const told = family("a", "b");
    const names = () => fallAt(told, 2).way?.places.map(({ name }) => name);
    const before = names();
    told.process(1.5, 300, { comm: "c", ppid: 201 });
    assert.deepEqual(names()?.slice(0, 3), before);
    told.process(1.6, 301, { comm: "d", ppid: 201 });
    assert.deepEqual(names(), ["python3", "a", "b", "+2 more"]);
    assert.equal(placeIn(fallAt(told, 2).way, 301), 3);
    told.kernel(1.7, "SIGHUP", { ...to(301, "d"), ...by(300, "c") });
    assert.equal(fallAt(told, 2).way?.hops[0].text, "d: SIGHUP from c: waits");
  });

  it("puts what came and went behind what stays", () => {
    const told = family("bash", "a", "b");
    const names = () => fallAt(told, 2).way?.places.map(({ name }) => name);
    assert.deepEqual(names(), ["python3", "bash", "a", "b"]);
    told.add(1.02, "process_gone", { pid: 201, start: 1201, ended: "exited" });
    assert.deepEqual(names(), ["python3", "a", "b", "bash"]);
    told.process(1.5, 300, { comm: "c", ppid: 202 });
    assert.deepEqual(names(), ["python3", "a", "b", "+2 more"]);
  });

  it("has no line from the terminal or from the end of PID 1, and no word of a resize", () => {
    const told = family("sleep")
      .kernel(1.1, "SIGINT", { ...to(201, "sleep"), ...TERMINAL, generated: "ignored" })
      .kernel(1.2, "SIGWINCH", { ...to(201, "sleep"), ...TERMINAL, generated: "ignored" })
      .kernel(1.3, "SIGKILL", {
        ...to(201, "sleep"),
        sender_kind: "kernel",
        sender: "the kernel",
        sender_pid: 100,
        generated: "queued",
        teardown: true,
      });
    assert.deepEqual(hopsAt(told, 2), [
      [null, 1, "lid", "the terminal → sleep: SIGINT, ignored"],
      [null, 1, "cross", "the kernel → sleep: SIGKILL, PID 1 ended"],
    ]);
    assert.equal(wayWords(fallAt(told, 2).way), "");
  });

  it("is not there for one process, nor before anything was asked", () => {
    assert.equal(fallAt(story().running().stop(1, 3), 2).way, null);
    const resting = story().running().process(0.4, 201, { comm: "a" });
    resting.kernel(0.5, "SIGHUP", { ...to(201, "a"), ...by(100, "python3") });
    assert.deepEqual(fallAt(resting, 2).way?.hops, []);
  });

  it("takes no words from below the program's lane that others need", () => {
    const told = family("a").prints(1.1, "one\n").prints(1.25, "two\n");
    const program = fallAt(told, 2).marks.filter(({ lane }) => lane === "program");
    assert.ok(program.every(({ below }) => !below));
  });
});
