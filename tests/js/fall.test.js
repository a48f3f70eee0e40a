import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { EMPTY } from "../../static/js/reduce/index.js";
import { fallOf, witnessesOf } from "../../static/js/selectors/index.js";
import { ms, story, theTarget } from "./story.js";

const SEEN = { engine: null, engineLostMs: null, kernel: "no witness yet" };

/** @param {ReturnType<typeof story>} told @param {number} s @param {import("../../static/js/wire/types.js").Witnesses} [witnesses] */
const fallAt = (told, s, witnesses = SEEN) => fallOf(theTarget(told.fold()), ms(s), witnesses);

/** @param {number} value @param {number} wanted */
const near = (value, wanted) => assert.ok(Math.abs(value - wanted) < 0.01, `${value} is not ${wanted}`);

/** @param {import("../../static/js/wire/types.js").Fall} fall @param {string} lane */
const on = (fall, lane) => fall.marks.filter((mark) => mark.lane === lane);

describe("the axis of a stop", () => {
  it("runs from 12 % before to 12 % after the timeout", () => {
    const fall = fallAt(story().running().stop(1, 10), 2);
    near(fall.ticks[0].x, (0.12 / 1.24) * 100);
    near(/** @type {number} */ (fall.deadline), (1.12 / 1.24) * 100);
    near(/** @type {number} */ (fall.now), (0.22 / 1.24) * 100);
    assert.deepEqual(
      fall.ticks.map(({ label }) => label),
      ["0", "1", "2", "3", "4", "5", "6", "7", "8", "9", "10"],
    );
  });

  it("stays where it is until time runs over its edge, then doubles", () => {
    const told = story().running().stop(0, 10);
    const ticks = fallAt(told, 1).ticks;
    assert.deepEqual(fallAt(told, 11.1).ticks, ticks);
    assert.equal(fallAt(told, 11.3).ticks.at(-1)?.label, "20");
    const forever = story().running().stop(0, -1);
    assert.equal(fallAt(forever, 11).ticks.at(-1)?.label, "10");
    assert.equal(fallAt(forever, 45).ticks.at(-1)?.label, "80");
    assert.equal(fallAt(forever, 45).deadline, null);
  });

  it("has halves for 3 s and room for a second of delay below that", () => {
    assert.deepEqual(
      fallAt(story().running().stop(0, 3), 1).ticks.map(({ label }) => label),
      ["0", "0.5", "1", "1.5", "2", "2.5", "3"],
    );
    const short = fallAt(story().running().stop(0, 1), 1.3);
    assert.equal(short.ticks.at(-1)?.label, "1");
  });
});

describe("a stop under way", () => {
  const told = story().running().stop(1, 3).engineKill(1.001, "SIGTERM");

  it("draws what was said as solid and only the SIGKILL that is due as hollow", () => {
    const fall = fallAt(told, 2);
    assert.equal(fall.field, "stopping");
    assert.deepEqual(
      on(fall, "person").map(({ shape, text }) => [shape, text]),
      [["dot", "driver stops it, timeout 3 s"]],
    );
    assert.deepEqual(
      on(fall, "engine").map(({ shape, text }) => [shape, text]),
      [
        ["dot", "sends SIGTERM"],
        ["due", "SIGKILL is due"],
      ],
    );
    assert.deepEqual(on(fall, "kernel"), []);
    assert.deepEqual(fall.life, { x0: 0, x1: fall.now });
    assert.deepEqual(fall.dotted, { x0: fall.now, x1: fall.deadline });
  });

  it("has one sentence, on the lane that decides", () => {
    const calls = (/** @type {import("../../static/js/wire/types.js").Fall} */ fall) =>
      fall.marks.filter(({ headline }) => headline).map(({ text }) => text);
    assert.deepEqual(calls(fallAt(told, 2)), ["python3 is still running"]);
    const spoken = story().running().stop(1, 3).prints(1.5, "TERM\n");
    assert.deepEqual(calls(fallAt(spoken, 2)), ["prints “TERM”"]);
  });

  it("lets the line fall as far as it was seen", () => {
    const drops = fallAt(told, 2).drops.map(({ top, bottom, unseen }) => [top, bottom, unseen ?? false]);
    assert.deepEqual(drops, [
      ["person", "engine", false],
      ["engine", "kernel", true],
    ]);
    const local = fallAt(story().running("process").stop(1, 3), 2);
    assert.deepEqual(
      local.drops.map(({ top, bottom, unseen }) => [top, bottom, unseen]),
      [["person", "kernel", true]],
    );
    assert.equal(fallAt(story().running().stop(1, 3), 2).drops.length, 0, "the engine has not spoken");
  });

  it("says which lanes have no witness", () => {
    assert.deepEqual(fallAt(told, 2).gaps, { person: null, engine: null, kernel: "no witness yet", program: null });
    const local = fallAt(story().running("process").stop(1, 3), 2);
    assert.equal(local.gaps.engine, "a local process: no engine");
    assert.deepEqual(local.gapsFrom, { engine: 0, kernel: 0 });
  });

  it("has a gap from the moment the engine was lost, and no deadline", () => {
    const fall = fallAt(told, 3.1, { engine: "reset", engineLostMs: ms(2.4), kernel: "no witness yet" });
    assert.equal(fall.field, "unknown");
    assert.equal(fall.deadline, null);
    near(fall.gapsFrom.engine, ((1.4 + 0.36) / 3.72) * 100);
    assert.deepEqual(
      on(fall, "engine").map(({ text }) => text),
      ["sends SIGTERM", "no word since 1.4 s"],
    );
    assert.deepEqual(
      on(fall, "program").map(({ text }) => text),
      ["python3 is still there, says /proc"],
    );
  });

  it("gives words room: what would cover others goes below, then away", () => {
    const many = story().running().stop(1, 10);
    for (let n = 0; n < 5; n += 1) many.prints(1.2 + n * 0.2, `line ${n}\n`);
    const program = on(fallAt(many, 4), "program");
    assert.deepEqual(
      program.map(({ text, below }) => [text, below ?? false]),
      [
        ["prints “line 0”", false],
        ["prints “line 1”", true],
        ["", false],
        ["", false],
        ["", false],
      ],
    );
  });
});

describe("a stop that has ended", () => {
  it("by SIGKILL: a cross at the end, solid only where the wait status says so", () => {
    const told = story().running().stop(1, 3).engineKill(1, "SIGTERM").engineKill(4, "SIGKILL").exits(4.1, 137);
    told.finished(4.2, { took_s: 3.1, exit_code: 137, killed: true });
    const fall = fallAt(told, 500);
    assert.deepEqual([fall.field, fall.now, fall.dotted, fall.deadline], ["killed", null, null, null]);
    const end = on(fall, "program").at(-1);
    assert.deepEqual([end?.shape, end?.headline, end?.anchor], ["cross", true, "end"]);
    assert.equal(end?.text, "exited with 137, after SIGKILL");
    near(/** @type {number} */ (fall.life?.x1), ((3.1 + 0.36) / 3.72) * 100);
    assert.deepEqual(fall.drops.at(-1), { x: end?.x, top: "engine", bottom: "program", unseen: true, kill: true });
    assert.deepEqual(fall.drops.filter(({ top }) => top === "person").length, 1, "nobody asked the engine for SIGKILL");
  });

  it("by itself: life ends short of the deadline", () => {
    const told = story().running().stop(1, 3).engineKill(1, "SIGTERM").exits(1.5, 143);
    told.finished(1.6, { took_s: 0.5, exit_code: 143, killed: false });
    const fall = fallAt(told, 500);
    assert.equal(fall.field, "left");
    assert.ok(/** @type {number} */ (fall.life?.x1) < /** @type {number} */ (fall.deadline));
    assert.equal(on(fall, "program").at(-1)?.text, "exited with 143");
    assert.ok(fall.marks.every(({ shape }) => shape !== "due"));
  });
});

describe("without a stop", () => {
  const asked = { author: "person", signal: "SIGUSR1", from: "outside", group: false, by: "driver" };

  it("is at rest: what pressing Stop would do, all of it hollow", () => {
    const fall = fallAt(story().running(), 134.2);
    assert.equal(fall.field, "idle");
    assert.deepEqual([...new Set(fall.marks.map(({ shape }) => shape))], ["ring", "due", "none"]);
    assert.equal(on(fall, "program")[0].text, "python3 is running, 2 min 14 s");
    assert.equal(fallOf(null, 0, SEEN).life, null);
  });

  it("takes the axis from what the stop control is set to", () => {
    const fall = fallOf(theTarget(story().running().fold()), ms(5), SEEN, { timeoutS: 3, signal: "SIGINT" });
    assert.equal(fall.ticks.at(-1)?.label, "3");
    assert.equal(on(fall, "engine")[0].text, "sends SIGINT");
  });

  it("shows two seconds from the last signal", () => {
    const told = story().running("process").add(5, "signal_requested", asked).prints(5.01, "USR1\n");
    const fall = fallAt(told, 5.5);
    assert.deepEqual(
      fall.ticks.map(({ label }) => label),
      ["0", "0.5", "1", "1.5", "2"],
    );
    assert.deepEqual(
      fall.marks.map(({ lane, text, headline }) => [lane, text, headline]),
      [
        ["person", "driver sends SIGUSR1", false],
        ["program", "prints “USR1”", true],
      ],
    );
    assert.equal(fallAt(told, 30).now, null);
  });

  it("draws no line for a signal that was not sent", () => {
    const told = story().running("process").add(5, "signal_requested", asked);
    told.add(5.1, "signal_failed", { request: 5, signal: "SIGUSR1", code: "already_gone", error: "it has ended" });
    const fall = fallAt(told, 5.5);
    assert.deepEqual(fall.drops, []);
    assert.equal(fall.marks[0].text, "SIGUSR1 was not sent");
  });

  it("shows an end that nobody here asked for", () => {
    const fall = fallAt(story().running("process").prints(9.9, "^CINT\n").exits(10, 0), 60);
    assert.deepEqual([fall.field, fall.ticks.length], ["left", 0]);
    assert.deepEqual(
      on(fall, "program").map(({ text, shape }) => [text, shape]),
      [
        ["prints “^CINT”", "dot"],
        ["exited with 0", "end"],
      ],
    );
  });

  it("calls nothing killed on the strength of 137 alone", () => {
    assert.equal(fallAt(story().running().exits(10, 137), 60).field, "unknown");
    assert.equal(fallAt(story().running().engineKill(9.9, "SIGKILL").exits(10, 137), 60).field, "killed");
    assert.equal(
      fallAt(story().running("process").exits(10, 137, { signal: "SIGKILL", cause: "killed" }), 60).field,
      "killed",
    );
  });
});

describe("witnesses", () => {
  const engine = { state: /** @type {const} */ ("absent"), name: "", version: "", reason: "no socket", hint: "" };
  const health = /** @type {import("../../static/js/wire/types.js").Health} */ ({
    engine,
    kernel_trace: { state: "absent", reason: "it was switched off" },
  });

  it("come from the stream first, then from health", () => {
    const nobody = { engine: null, engineLostMs: null, kernel: "no witness", kernelLostMs: null, gaps: [] };
    assert.deepEqual(witnessesOf(EMPTY, null), nobody);
    assert.equal(witnessesOf(EMPTY, health).engine, "no socket");
    assert.equal(witnessesOf(EMPTY, health).kernel, "no witness: it was switched off");
    const lost = { engine: { reason: "reset", sinceMs: 7 }, kernel: { reason: "the probe ended", sinceMs: 9 } };
    assert.deepEqual(witnessesOf({ ...EMPTY, lost }, health), {
      engine: "reset",
      engineLostMs: 7,
      kernel: "no word: the probe ended",
      kernelLostMs: 9,
      gaps: [],
    });
    const traced = { ...health, kernel_trace: { state: /** @type {const} */ ("ready"), reason: "" } };
    assert.equal(witnessesOf(EMPTY, traced).kernel, null);
  });
});

describe("gaps", () => {
  const traced = { engine: { state: "ready" }, kernel_trace: { state: "ready", reason: "" } };
  const lost = { author: "kernel", target: undefined, run: undefined };
  /** @param {ReturnType<typeof story>} told @param {number} s @param {any} [health] */
  const seen = (told, s, health = traced) => {
    const state = told.fold();
    return fallOf(theTarget(state), ms(s), witnessesOf(state, health));
  };

  it("stay in the figure when the witness is back, with how long and why", () => {
    const told = story().running().stop(1, 10);
    told.add(2, "source_lost", { ...lost, source: "kernel", reason: "the trace lost events" });
    assert.deepEqual(seen(told, 3).breaks, []);
    told.add(3.5, "source_back", { ...lost, source: "kernel" });
    const fall = seen(told, 4);
    assert.equal(fall.gaps.kernel, null);
    const [gap] = fall.breaks ?? [];
    assert.equal(gap.lane, "kernel");
    near(gap.x0, ((1 + 1.2) / 12.4) * 100);
    near(gap.x1, ((2.5 + 1.2) / 12.4) * 100);
    assert.deepEqual(
      on(fall, "kernel").map(({ text }) => text),
      ["no word for 1.5 s: the trace lost events"],
    );
    assert.deepEqual(seen(story().running().stop(9, 10), 10).breaks, []);
  });

  it("of an instant are seen too; those of other sources and of another host's engine are not", () => {
    const told = story().running("process").stop(1, 10);
    for (const source of ["kernel", "engine", "output"]) {
      told.add(2, "source_lost", { ...lost, source, reason: "gone" }).add(2, "source_back", { ...lost, source });
    }
    const fall = seen(told, 4);
    assert.deepEqual(
      fall.breaks?.map(({ lane }) => lane),
      ["kernel"],
    );
    assert.ok((fall.breaks?.[0].x1 ?? 0) - (fall.breaks?.[0].x0 ?? 0) > 0.5);
    assert.equal(fall.gaps.engine, "a local process: no engine");
  });

  it("end where another server begins", () => {
    const told = story().running().stop(1, 10);
    told.add(2, "source_lost", { ...lost, source: "kernel", reason: "the probe ended" });
    told.add(4, "lab_started", { ...lost, version: "0.1" });
    assert.equal(seen(told, 5).breaks?.length, 1);
  });

  it("do not hide what the kernel said: a trace that is off now was on then", () => {
    const off = { engine: { state: "ready" }, kernel_trace: { state: "absent", reason: "it was switched off" } };
    const told = story().running().stop(1, 10);
    assert.equal(seen(told, 2, off).gaps.kernel, "no witness: it was switched off");
    told.kernel(1.1, "SIGTERM", { sender_kind: "engine", sender: "the engine", generated: "ignored" });
    assert.equal(seen(told, 2, off).gaps.kernel, null);
  });

  it("that begin in the figure say why there", () => {
    const told = story().running().stop(1, 10);
    told.add(2, "source_lost", { ...lost, source: "engine", reason: "reset by peer", author: "engine" });
    told.exits(2.5, 143).finished(2.6, { took_s: 1.5, exit_code: 143, killed: false });
    const texts = on(seen(told, 3), "engine").map(({ text }) => text);
    assert.deepEqual(texts, ["reset by peer"]);
  });
});
