import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { EMPTY, reduce } from "../../static/js/reduce/index.js";
import { RECORD_KEPT } from "../../static/js/reduce/record.js";
import { CHUNKS_KEPT, MARKS_KEPT, OUTPUT_KEPT } from "../../static/js/reduce/target.js";
import { boardRows } from "../../static/js/selectors/index.js";
import { masks, ms, story, theTarget } from "./story.js";

const texts = (/** @type {import("../../static/js/wire/types.js").State} */ state) =>
  state.record.map(({ text }) => text);

describe("the guard", () => {
  it("gives back the very same state for an event that was folded before", () => {
    const told = story().running();
    const state = told.fold();
    for (const event of told.events) assert.equal(reduce(state, event), state);
  });

  it("folds a replay with everything twice to the same state as once", () => {
    const told = story().running().stop(1, 3).prints(1.1, "TERM\n").exits(1.2, 0);
    const once = told.fold();
    const twice = [...told.events.slice(0, 5), ...told.events].reduce(reduce, EMPTY);
    assert.deepEqual(twice, once);
  });

  it("leaves its argument alone", () => {
    const state = story().running().fold();
    const before = structuredClone(state);
    story({ first: 20 }).stop(1, 3).prints(1, "x\n").exits(2, 0).fold(state);
    assert.deepEqual(state, before);
  });
});

describe("what is not understood", () => {
  it("is a notice, and the number goes on", () => {
    const state = reduce(EMPTY, /** @type {any} */ ({ id: 5, kind: "constructor", at: "2025-11-23T13:04:50Z" }));
    assert.deepEqual(state.notices, ["event 5: unknown kind constructor"]);
    assert.equal(state.lastId, 5);
  });

  it("includes an event about a target that nothing announced", () => {
    const state = story().prints(1, "hello\n").fold();
    assert.match(state.notices[0], /r1\.server: nothing announced it/);
  });
});

describe("structural sharing", () => {
  it("keeps what an event does not touch", () => {
    const before = story().running().fold();
    const after = story({ first: 50 }).prints(1, "a\n").fold(before);
    const [was, is] = [theTarget(before), theTarget(after)];
    assert.notEqual(was, is);
    for (const part of /** @type {const} */ (["processes", "sent", "command", "stop"]))
      assert.equal(was[part], is[part]);
    assert.equal(before.runs, after.runs);
    assert.equal(before.builds, after.builds);
  });

  it("keeps the record's list where an event says nothing in it", () => {
    const before = story().running().fold();
    const after = story({ first: 50 }).process(1, 101).fold(before);
    assert.equal(before.record, after.record);
  });
});

describe("a run", () => {
  it("announces its targets before anything is started, and ends them", () => {
    const created = story();
    created.running();
    const first = created.events.slice(0, 1).reduce(reduce, EMPTY);
    assert.equal(theTarget(first).status, "new");
    const state = created
      .add(9, "run_finished", { target: undefined, reason: "failed", error: "no base image" })
      .fold();
    assert.equal(state.runs.r1.status, "finished");
    assert.equal(state.runs.r1.error, "no base image");
    assert.equal(theTarget(state).overMs, ms(9));
    assert.ok(Object.values(theTarget(state).processes).every(({ goneMs }) => goneMs === ms(9)));
  });

  it("takes its lost sources with it, and a new lab starts with none", () => {
    const lost = story().running().add(1, "source_lost", { source: "output", reason: "cut" });
    lost.add(2, "source_lost", { target: undefined, run: undefined, source: "engine", reason: "reset by peer" });
    assert.deepEqual(Object.keys(lost.fold().lost), ["r1.server/output", "engine"]);
    lost.add(3, "run_finished", { target: undefined, reason: "ended" });
    assert.deepEqual(lost.fold().lost, { engine: { reason: "reset by peer", sinceMs: ms(2) } });
    assert.deepEqual(lost.add(4, "lab_started", { target: undefined, run: undefined, version: "1" }).fold().lost, {});
  });

  it("remembers which event proved an expectation", () => {
    const state = story().running().add(1, "step_done", { target: undefined, step: 0, expect: 1, evidence: 3 }).fold();
    assert.deepEqual(state.runs.r1.seen, { 0.1: 3 });
  });
});

describe("rows", () => {
  const changed = (/** @type {number} */ s, /** @type {object} */ fields) =>
    story({ first: 50 }).add(s, "process_changed", fields);

  it("change only in what is set", () => {
    const before = story().running().fold();
    const after = changed(1, { pid: 100, start: 1100, dispositions: masks({ caught: "0000000000004002" }) }).fold(
      before,
    );
    const row = theTarget(after).processes["100:1100"];
    assert.equal(row.comm, "python3");
    assert.equal(row.dispositions?.caught, "0000000000004002");
  });

  it("keep their identity when a like process comes back", () => {
    const before = story()
      .running()
      .process(0.4, 101, { argv: ["sleep", "1"], comm: "sleep" })
      .fold();
    const respawned = { pid: 102, start: 1200, was: 101, respawns: 1, ns_pid: 8 };
    const after = changed(1.5, respawned).add(2, "process_gone", { pid: 102, start: 1200 }).fold(before);
    const row = theTarget(after).processes["101:1101"];
    assert.deepEqual([row.row, row.key, row.pid, row.nsPid, row.respawns], ["101:1101", "102:1200", 102, 8, 1]);
    assert.equal(row.appearedMs, ms(0.4));
    assert.equal(row.goneMs, ms(2));
  });

  it("are swept a second after they went, but not during a stop", () => {
    const calm = story().running().process(1, 101).add(2, "process_gone", { pid: 101, start: 1101 });
    assert.ok(theTarget(calm.fold()).processes["101:1101"]);
    assert.equal(theTarget(calm.process(4, 103).fold()).processes["101:1101"], undefined);
    const stopping = story().running().process(1, 101).stop(1.5, 10).add(2, "process_gone", { pid: 101, start: 1101 });
    assert.ok(theTarget(stopping.process(8, 103).fold()).processes["101:1101"]);
  });

  it("are kept for the fall where they sent or got a signal, and are no rows any more", () => {
    const told = story().running().process(1, 101).process(1, 102);
    told.kernel(1.5, "SIGTERM", {
      generated: "queued",
      pid: 102,
      sender_kind: "process",
      sender: "sh",
      sender_pid: 101,
    });
    told.add(2, "process_gone", { pid: 101, start: 1101 }).add(2, "process_gone", { pid: 102, start: 1102 });
    const target = theTarget(told.process(4, 103).stop(5, 10).fold());
    assert.deepEqual([target.processes["101:1101"].past, target.processes["102:1102"].past], [true, true]);
    const rows = boardRows(target, [], ms(5)).map(({ pid }) => pid);
    assert.ok(rows.includes(103));
    assert.ok(!rows.includes(101) && !rows.includes(102), "not even during a stop");
  });
});

describe("a stop", () => {
  it("joins what the engine says, and only what it says", () => {
    const told = story().running().stop(1, 3).engineKill(1.002, "SIGTERM").engineKill(4.003, "SIGKILL");
    const stop = theTarget(told.fold()).stop;
    assert.deepEqual([stop?.sentMs, stop?.killMs, stop?.diedMs, stop?.finished], [ms(1.002), ms(4.003), null, null]);
    told.exits(4.1, 137).finished(4.2, { took_s: 3.1, exit_code: 137, killed: true });
    const ended = theTarget(told.fold()).stop;
    assert.equal(ended?.diedMs, ms(4.1));
    assert.equal(ended?.finished?.tookS, 3.1);
  });

  it("has no SIGKILL of the engine where a local target is killed by the lab", () => {
    const told = story()
      .running("process")
      .stop(1, 3)
      .add(4, "stop_escalated", { stop: 5, reason: "timeout", by: "lab" });
    const stop = theTarget(told.fold()).stop;
    assert.deepEqual([stop?.killMs, stop?.escalated?.reason], [ms(4), "timeout"]);
  });

  it("waits for the engine's word after “Kill now”", () => {
    const told = story().running().stop(1, 10).add(2, "stop_escalated", { stop: 5, reason: "person", by: "driver" });
    assert.equal(theTarget(told.fold()).stop?.killMs, null);
    assert.equal(theTarget(told.engineKill(2.01, "SIGKILL").fold()).stop?.killMs, ms(2.01));
  });
});

describe("signals", () => {
  it("are remembered by name, and a failure belongs to its request", () => {
    const asked = { author: "person", signal: "SIGUSR1", from: "outside", group: false, by: "driver" };
    const told = story().running().add(1, "signal_requested", asked).add(2, "signal_requested", asked);
    told.add(2.1, "signal_failed", { request: 5, signal: "SIGUSR1", code: "already_gone", error: "it has ended" });
    assert.equal(
      theTarget(told.fold()).sent.SIGUSR1.failed,
      null,
      "the older request failed, not the one that is shown",
    );
    told.add(2.2, "signal_failed", { request: 6, signal: "SIGUSR1", code: "already_gone", error: "it has ended" });
    assert.deepEqual(theTarget(told.fold()).lastSent?.failed, { code: "already_gone", error: "it has ended" });
  });
});

describe("bounds", () => {
  it("keep the end of the output, by size", () => {
    const told = story().running();
    for (let n = 0; n < 40; n += 1) told.prints(1 + n, `${n}${"x".repeat(9999)}\n`);
    const target = theTarget(told.fold());
    const size = target.output.reduce((sum, { text }) => sum + text.length, 0);
    assert.equal(target.outputSize, size);
    assert.ok(size <= OUTPUT_KEPT && size > OUTPUT_KEPT - 20_000);
    assert.equal(target.output.at(-1)?.id, 44);
  });

  it("keep the end of the output, by pieces", () => {
    const told = story().running();
    for (let n = 0; n < CHUNKS_KEPT + 10; n += 1) told.prints(1 + n, "x\n");
    const { output, outputSize } = theTarget(told.fold());
    assert.deepEqual([output.length, output.at(-1)?.id, outputSize], [CHUNKS_KEPT, CHUNKS_KEPT + 14, 2 * CHUNKS_KEPT]);
  });

  it("keep the last marks and the last of the record", () => {
    const told = story().running();
    const asked = { author: "person", signal: "SIGUSR1", from: "outside", group: false, by: "driver" };
    for (let n = 0; n < 1200; n += 1) told.add(1 + n, "signal_requested", asked);
    const state = told.fold();
    assert.equal(theTarget(state).marks.length, MARKS_KEPT);
    assert.equal(state.record.length, RECORD_KEPT);
    assert.equal(state.record.at(-1)?.id, 1204);
  });

  it("hold a flood of output to one line of the record and few marks", () => {
    const told = story().running();
    for (let n = 0; n < 500; n += 1) told.prints(1 + n * 0.02, "y\ny\n");
    const state = told.fold();
    assert.equal(texts(state).at(-1), "prints “y” and 999 more lines");
    assert.deepEqual([state.record.at(-1)?.id, state.record.at(-1)?.to], [5, 504]);
    assert.ok(theTarget(state).marks.length <= 110);
  });

  it("know the step of a build, how much of its log is left out, and when it began", () => {
    const told = story();
    told.add(1, "build_progress", {
      image: "base",
      state: "running",
      text: "Step 2/3 : RUN make\n",
      step: 2,
      steps: 3,
    });
    told.add(2, "build_progress", { image: "base", state: "running", text: "x\n".repeat(250), step: 2, steps: 3 });
    const { base } = told.fold().builds;
    assert.deepEqual([base.step, base.steps, base.command, base.lines.length, base.cut], [2, 3, "RUN make", 200, 51]);
    assert.equal(base.sinceMs, Date.parse(told.events[0].at));
    const over = told.add(3, "build_progress", { image: "base", state: "cancelled", text: "cancelled" }).fold();
    assert.equal(over.builds.base.state, "cancelled");
    assert.equal(texts(over).at(-1), "the build of image base was cancelled");
  });

  it("keep the end of a build's log, and a new build starts a new one", () => {
    const told = story({ run: undefined, target: undefined });
    for (let n = 0; n < 150; n += 1)
      told.add(n, "build_progress", { image: "base", state: "running", text: `a${n}\nb${n}\n` });
    told.add(200, "build_progress", { image: "base", state: "done", text: "" });
    const { base } = told.fold().builds;
    assert.deepEqual([base.lines.length, base.lines.at(-1), base.state], [200, "b149", "done"]);
    const again = told.add(300, "build_progress", { image: "base", state: "running", text: "again\n" }).fold();
    assert.deepEqual(again.builds.base.lines, ["again"]);
    assert.deepEqual(texts(again), ["builds image base", "image base is ready", "builds image base"]);
  });
});

describe("the record", () => {
  it("tells a stop in plain words", () => {
    const told = story().running().stop(1, 3).engineKill(1.001, "SIGTERM").engineKill(4, "SIGKILL");
    told.add(4.05, "engine_event", { author: "engine", action: "die", exit_code: 137 });
    told.exits(4.06, 137, { author: "engine" }).finished(4.1, { took_s: 3.06, exit_code: 137, killed: true });
    assert.deepEqual(texts(told.fold()).slice(2), [
      "the driver asks for a stop, timeout 3 s",
      "SIGTERM to server",
      "SIGKILL to server",
      "server ended, exit code 137",
      "the stop took 3.1 s: exited with 137",
    ]);
  });

  it("names the process that a signal was sent to", () => {
    const asked = { author: "person", signal: "SIGHUP", pid: 1, from: "inside", group: true, by: "ci" };
    const state = story().running().add(1, "signal_requested", asked).fold();
    assert.equal(texts(state).at(-1), "ci sends SIGHUP to python3 (1) and its process group, from inside");
  });

  it("shows output without its escapes, and nothing for what prints nothing", () => {
    const told = story()
      .running()
      .prints(1, "\x1b[31mred\x1b[0m \x1b]8;;http://x\x07link\x1b]8;;\x07\r\n")
      .prints(3, "\r\n \x1b[2J");
    assert.equal(texts(told.fold()).at(-1), "prints “red link”");
    assert.equal(texts(told.fold()).length, 3);
  });

  it("starts a new line of output after somebody else said something", () => {
    const told = story().running().prints(1, "a\n").engineKill(1.1, "SIGTERM").prints(1.2, "b\nc\n").prints(1.3, "d\n");
    assert.deepEqual(texts(told.fold()).slice(-3), ["prints “a”", "SIGTERM to server", "prints “b” and 2 more lines"]);
  });

  it("says which target is meant where a run has several", () => {
    const targets = ["a", "b"].map((name) => ({ id: `r1.${name}`, name, host: "process", tty: false }));
    const told = story({ target: "r1.a" }).add(0, "run_created", {
      target: undefined,
      number: 1,
      title: "T",
      question: "",
      targets,
    });
    assert.equal(texts(told.prints(1, "x\n").fold()).at(-1), "a: prints “x”");
  });
});
