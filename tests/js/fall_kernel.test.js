import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { fallOf } from "../../static/js/selectors/index.js";
import { groups, ms, story, theTarget } from "./story.js";

/** @import { Fall, Signal } from "../../static/js/wire/types.js" */

const SEEN = { engine: null, engineLostMs: null, kernel: null };
const ENGINE = { sender_kind: "engine", sender: "the engine (runc)" };
const LAB = { sender_kind: "lab", sender: "the lab" };
const TABLE = /** @type {Signal[]} */ (
  [
    ["HUP", 1],
    ["INT", 2],
    ["KILL", 9],
    ["USR1", 10],
    ["TERM", 15],
    ["CONT", 18],
    ["RTMIN+3", 37],
  ].map(([short, number]) => ({ name: `SIG${short}`, number }))
);
const asked = { author: "person", signal: "SIGUSR1", from: "outside", group: false, by: "driver" };

/** @param {ReturnType<typeof story>} told @param {number} s @param {object} [witnesses] */
const fallAt = (told, s, witnesses = SEEN) =>
  fallOf(theTarget(told.fold()), ms(s), /** @type {any} */ (witnesses), undefined, TABLE);
/** @param {Fall} fall @param {string} lane */
const on = (fall, lane) => fall.marks.filter((mark) => mark.lane === lane).map(({ shape, text }) => [shape, text]);
/** @param {Fall} fall */
const calls = (fall) => fall.marks.filter(({ headline }) => headline).map(({ lane, text }) => [lane, text]);
/** @param {Fall} fall */
const lines = (fall) =>
  fall.drops.map(({ top, bottom, unseen, guess }) => [top, bottom, unseen ? "unseen" : guess ? "guess" : ""]);

describe("the kernel's lane of a stop", () => {
  const dropped = () =>
    story()
      .running()
      .forecast(0.5, { 15: "dropped" })
      .stop(1, 3)
      .engineKill(1.001, "SIGTERM")
      .kernel(1.002, "SIGTERM", { generated: "ignored", ...ENGINE });

  it("ends the line in a bar where the signal was dropped, and says why in large type", () => {
    const fall = fallAt(dropped(), 2);
    assert.deepEqual(on(fall, "kernel"), [["lid", "dropped: PID 1 has no handler for SIGTERM"]]);
    assert.deepEqual(calls(fall), [["kernel", "dropped: PID 1 has no handler for SIGTERM"]]);
    assert.deepEqual(on(fall, "program"), [["none", "python3 never hears of it"]]);
    assert.deepEqual(lines(fall), [
      ["person", "engine", ""],
      ["engine", "kernel", ""],
    ]);
    assert.match(fall.label, /under way; dropped: python3 is PID 1 and has no handler for SIGTERM/);
  });

  it("keeps its sentence when SIGKILL ends it, and draws that line as the kernel saw it", () => {
    const told = dropped().engineKill(4, "SIGKILL");
    told
      .kernel(4.001, "SIGKILL", { generated: "queued", ...ENGINE })
      .kernel(4.002, "SIGKILL", { delivered: "default" });
    const before = fallAt(told, 4.05);
    assert.deepEqual(on(before, "program"), [
      ["none", "python3 never hears of it"],
      ["cross", ""],
    ]);
    told.exits(4.1, 137).finished(4.2, { took_s: 3.1, exit_code: 137, killed: true });
    const fall = fallAt(told, 9);
    assert.deepEqual(calls(fall), calls(before));
    assert.deepEqual(on(fall, "program"), [["cross", "exited with 137, after SIGKILL"]]);
    assert.deepEqual(lines(fall).slice(2), [
      ["engine", "kernel", ""],
      ["kernel", "program", ""],
    ]);
  });

  it("goes on to a handler's ring in the program", () => {
    const told = story()
      .running()
      .stop(1, 3)
      .engineKill(1, "SIGTERM")
      .kernel(1, "SIGTERM", { generated: "queued", ...ENGINE });
    assert.deepEqual(on(fallAt(told, 1.1), "kernel"), [["box", "SIGTERM waits: queued, not taken yet"]]);
    told.kernel(1.01, "SIGTERM", { delivered: "handler" }).prints(1.02, "TERM\n");
    const fall = fallAt(told, 2);
    assert.deepEqual(on(fall, "kernel"), [["dot", "python3 runs its handler for SIGTERM"]]);
    assert.deepEqual(on(fall, "program"), [
      ["dot", "prints “TERM”"],
      ["handle", ""],
    ]);
    assert.deepEqual(calls(fall), [["kernel", "python3 runs its handler for SIGTERM"]]);
    assert.deepEqual(lines(fall).at(-1), ["kernel", "program", ""]);
  });

  it("ends in a cross where the default ends it", () => {
    const told = story()
      .running("process")
      .stop(1, 3)
      .kernel(1.01, "SIGTERM", { generated: "queued", ...LAB });
    told
      .kernel(1.01, "SIGTERM", { delivered: "default" })
      .exits(1.02, undefined, { signal: "SIGTERM", cause: "killed" });
    told.finished(1.03, { took_s: 0.02, killed: false });
    const fall = fallAt(told, 5);
    assert.equal(fall.field, "left");
    assert.deepEqual(on(fall, "program"), [["cross", "ended by SIGTERM"]]);
    assert.deepEqual(calls(fall), [["kernel", "SIGTERM ends python3"]]);
    assert.deepEqual(lines(fall), [
      ["person", "kernel", ""],
      ["kernel", "program", ""],
    ]);
  });

  it("says what a signal waits for, by the forecast that stood", () => {
    const waits = (/** @type {object} */ forecast) => {
      const told = story()
        .running()
        .forecast(0.5, {}, forecast)
        .stop(1, 3)
        .kernel(1, "SIGTERM", { generated: "queued", ...ENGINE });
      return on(fallAt(told, 2), "kernel")[0][1];
    };
    const because = (/** @type {string} */ fate, /** @type {string} */ rule) => ({
      outside: [{ fate, rule, why: "", sure: true, signals: "f".repeat(16) }],
    });
    assert.equal(waits({ outside: groups({ 15: "sigwait" }) }), "SIGTERM queued: python3 waits for it");
    assert.equal(waits({ outside: groups({ 15: "signalfd" }) }), "SIGTERM queued: read by a signalfd");
    assert.equal(waits(because("pending", "blocked_with_handler")), "SIGTERM waits: python3 blocks it");
    assert.equal(waits(because("pending", "frozen_v1")), "SIGTERM waits: python3 is frozen");
    assert.equal(waits({ outside: groups({ 15: "handler" }) }), "SIGTERM waits: queued, not taken yet");
  });

  it("says only what the kernel said where no forecast explains it", () => {
    const told = story()
      .running()
      .stop(1, 3)
      .kernel(1, "SIGTERM", { generated: "ignored", ...ENGINE });
    assert.deepEqual(on(fallAt(told, 2), "kernel"), [["lid", "SIGTERM ignored by the kernel"]]);
  });

  it("leaves children, teardown and what a program does to itself to the record", () => {
    const told = dropped();
    told.kernel(1.2, "SIGTERM", { delivered: "default", pid: 114, ns_pid: 14, comm: "sleep" });
    told.kernel(1.3, "SIGKILL", { generated: "queued", teardown: true, sender_kind: "kernel" });
    told.kernel(1.4, "SIGUSR1", { generated: "ignored", sender_kind: "itself", sender: "itself" });
    assert.equal(on(fallAt(told, 2), "kernel").length, 1);
  });

  it("draws a child that signals its parent again and again as few marks", () => {
    const told = dropped();
    for (let n = 0; n < 60; n += 1)
      told.kernel(1.2 + n / 1000, "SIGUSR1", { generated: "ignored", sender_kind: "process", sender: "sh" });
    assert.ok(on(fallAt(told, 2), "kernel").length <= 3);
  });

  it("has a gap with its reason where the trace is absent, and from where it went", () => {
    assert.equal(
      fallAt(story().running().stop(1, 3), 2, { ...SEEN, kernel: "no witness: off" }).gaps.kernel,
      "no witness: off",
    );
    const fall = fallAt(story().running().stop(1, 3), 3, { ...SEEN, kernel: "no word: cut", kernelLostMs: ms(2) });
    assert.ok(fall.gapsFrom.kernel > 30);
    assert.deepEqual(on(fall, "kernel"), [["none", "no word: cut"]]);
  });

  it("says more where there is room, and least on a phone", () => {
    const told = story().running().forecast(0.5, { 15: "dropped" }).stop(1, 3);
    told.kernel(1.002, "SIGTERM", { generated: "ignored", comm: "sh", ...ENGINE });
    const mark = fallAt(told, 2).marks.find(({ headline }) => headline);
    assert.deepEqual(
      [mark?.text, mark?.brief],
      ["dropped: sh is PID 1, no handler for SIGTERM", "dropped: no handler"],
    );
    const late = dropped().kernel(2.9, "SIGHUP", { generated: "ignored", ...ENGINE });
    assert.deepEqual(on(fallAt(late, 3), "kernel").length, 2);
  });

  it("knows why PID 1 is safe from what cannot be caught", () => {
    const told = story()
      .running()
      .forecast(0.5, {}, { inside: groups({ 9: "dropped" }) });
    told.add(1, "signal_requested", { ...asked, signal: "SIGKILL", from: "inside" });
    told.kernel(1.4, "SIGKILL", { generated: "ignored", sender_kind: "process", sender: "kill" });
    const fall = fallAt(told, 2);
    assert.deepEqual(calls(fall), [["kernel", "dropped: PID 1 is safe from SIGKILL"]]);
    const [line] = fall.drops;
    assert.ok((line.from ?? 100) < line.x, "it stood with the person until it was sent");
  });

  it("leaves a line dotted that the engine sent and the kernel did not tell of", () => {
    const told = story().running().stop(1, 3).engineKill(1, "SIGTERM");
    assert.deepEqual(lines(fallAt(told, 2)).at(-1), ["engine", "kernel", "unseen"]);
  });
});

describe("the kernel's lane of one signal", () => {
  it("joins it to who asked for it", () => {
    const told = story().running("process").add(5, "signal_requested", asked);
    told
      .kernel(5.01, "SIGUSR1", { generated: "queued", ...LAB })
      .kernel(5.01, "SIGUSR1", { delivered: "handler" })
      .prints(5.02, "USR1\n");
    const fall = fallAt(told, 5.5);
    assert.deepEqual(lines(fall), [
      ["person", "kernel", ""],
      ["kernel", "program", ""],
    ]);
    assert.deepEqual(calls(fall), [["kernel", "python3 runs its handler for SIGUSR1"]]);
  });

  it("shows one that was sent to a child, and says whom it ends", () => {
    const told = story().running("process").process(1, 114, { ns_pid: 14, comm: "sleep" });
    told.add(5, "signal_requested", { ...asked, signal: "SIGTERM", pid: 14 });
    const child = { pid: 114, ns_pid: 14, comm: "sleep" };
    told
      .kernel(5.01, "SIGTERM", { generated: "queued", ...child, ...LAB })
      .kernel(5.01, "SIGTERM", { delivered: "default", ...child });
    const fall = fallAt(told, 5.5);
    assert.deepEqual(calls(fall), [["kernel", "SIGTERM ends sleep"]]);
    assert.deepEqual(on(fall, "program"), [["cross", ""]]);
  });

  it("begins with a key that was pressed in the terminal, but not with its size", () => {
    const terminal = { sender_kind: "terminal", sender: "the terminal" };
    const told = story()
      .running("process")
      .kernel(3, "SIGWINCH", { generated: "ignored", ...terminal });
    assert.equal(fallAt(told, 4).marks.filter(({ shape }) => shape === "lid").length, 0);
    told.kernel(5, "SIGINT", { generated: "queued", ...terminal }).kernel(5, "SIGINT", { delivered: "handler" });
    assert.deepEqual(calls(fallAt(told, 5.5)), [["kernel", "python3 runs its handler for SIGINT"]]);
  });

  it("says that a stopped process goes on", () => {
    const told = story().running("process").add(2, "process_changed", { pid: 100, start: 1100, state: "T" });
    told
      .add(5, "signal_requested", { ...asked, signal: "SIGCONT" })
      .kernel(5.01, "SIGCONT", { generated: "ignored", ...LAB });
    assert.deepEqual(on(fallAt(told, 5.5), "program"), [["thaw", ""]]);
  });

  it("says in large type what ended it where nobody asked for anything", () => {
    const told = story()
      .running()
      .kernel(9.9, "SIGSEGV", { generated: "queued", sender_kind: "kernel", sender: "the kernel" });
    told.kernel(9.9, "SIGSEGV", { delivered: "default" }).exits(10, 139, { signal: "SIGSEGV", cause: "killed" });
    const fall = fallAt(told, 60);
    assert.deepEqual(on(fall, "program"), [["cross", "ended by SIGSEGV"]]);
    assert.deepEqual(on(fall, "kernel"), [["dot", "SIGSEGV ends python3"]]);
  });
});

describe("before a stop", () => {
  /** @param {Record<number, string>} fates @param {object} [stop] */
  const idle = (fates, stop = {}) => fallAt(story().running().forecast(1, fates).stopForecast(1, stop), 5);

  it("everything is hollow and dotted: what would be dropped, and the end at the deadline", () => {
    const fall = idle({ 15: "dropped" });
    assert.deepEqual(on(fall, "kernel"), [["lid", "SIGTERM would be dropped"]]);
    assert.deepEqual(calls(fall), [["kernel", "SIGTERM would be dropped"]]);
    assert.deepEqual(lines(fall), [["person", "kernel", "guess"]]);
    assert.deepEqual(on(fall, "program"), [
      ["cross", "would be killed"],
      ["none", "python3 is running, 4 s"],
    ]);
    assert.ok(fall.marks.every(({ shape, hollow }) => hollow || ["ring", "due", "none"].includes(shape)));
    assert.match(fall.label, /Forecast: SIGTERM would be dropped; SIGKILL after 10 s/);
  });

  it("goes on to the program where something would happen there", () => {
    const fall = idle({ 15: "handler" }, { outcome: "handler_decides", say: "The handler decides", sure: false });
    assert.deepEqual(on(fall, "program")[0], ["handle", ""]);
    assert.deepEqual(lines(fall), [["person", "program", "guess"]]);
    assert.deepEqual(on(fall, "engine").at(-1), ["due", "SIGKILL, if it is still there"]);
  });

  it("has nothing at the deadline where it would stop at once", () => {
    const fall = idle({}, { outcome: "at_once", say: "Stops at once" });
    assert.deepEqual(on(fall, "kernel"), [["ring", "SIGTERM would end it"]]);
    assert.equal(fall.dotted, null);
    assert.deepEqual(on(fall, "engine").at(-1), ["due", "SIGKILL, not needed"]);
  });

  it("says how sure it is", () => {
    assert.deepEqual(on(idle({ 15: "pending" }), "kernel"), [["box", "SIGTERM would likely wait"]]);
    const unknown = idle({ 15: "unknown" }, { outcome: "unknown", say: "Nobody can tell", sure: false });
    assert.deepEqual(on(unknown, "kernel"), [["none", "nobody can tell what SIGTERM would do"]]);
  });

  it("is about what the stop control is set to", () => {
    const state = story().running().forecast(1, { 2: "handler", 15: "dropped" }).fold();
    const fall = fallOf(theTarget(state), ms(5), SEEN, { timeoutS: 3, signal: "SIGINT" }, TABLE);
    assert.deepEqual(calls(fall), [["kernel", "SIGINT would run its handler"]]);
    assert.deepEqual(on(fall, "program").length, 2, "no forecast of this stop: nothing at the deadline");
  });
});
