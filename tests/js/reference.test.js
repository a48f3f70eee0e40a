import assert from "node:assert/strict";
import { describe, it } from "node:test";
import {
  alikeOf,
  cameOf,
  fatesFor,
  fourAnswers,
  referenceRows,
  rootOf,
  seenIn,
} from "../../static/js/selectors/index.js";
import { groups, story } from "./story.js";

/** @import { Signal, SignalUses } from "../../static/js/wire/types.js" */

/** @param {string} short @param {number} number @param {Partial<Signal>} [more] @returns {Signal} */
const signal = (short, number, more = {}) => ({
  ...{ name: `SIG${short}`, short, number, default: "terminate", catchable: number !== 9, group: "tell" },
  ...{ meaning: `Means ${short}.`, used_by: "Somebody.", ...more },
});
const rt = { group: "realtime" };
const TABLE = {
  signals: [
    ...[signal("HUP", 1), signal("KILL", 9), signal("USR1", 10), signal("TERM", 15), signal("IO", 29)],
    ...[signal("RTMIN", 34, rt), signal("RTMIN+3", 37, rt), signal("RTMAX-10", 54, rt), signal("RTMAX", 64, rt)],
  ],
  reserved: [signal("32", 32, { group: "reserved" })],
  keys: [],
};
const source = { title: "Controlling nginx", url: "https://nginx.org/" };
/** @type {SignalUses} */
const USES = {
  senders: { SIGTERM: [{ who: "docker stop", when: "to PID 1", source }] },
  programs: {
    SIGHUP: [
      { program: "nginx", kind: "stays", text: "reads its configuration again", source },
      { program: "squid", kind: "stays", text: "reads its configuration again", source },
      { program: "java", kind: "decides", text: "runs its shutdown hooks", source },
    ],
    SIGUSR1: [{ program: "nginx", kind: "stays", text: "opens its log files again", source }],
  },
};
/** @param {string} query */
const found = (query) => referenceRows(TABLE, USES, query).map(({ signal: { short } }) => short);

describe("the search of the reference", () => {
  it("gives all of them, the reserved ones in their place", () => {
    assert.deepEqual(found(""), ["HUP", "KILL", "USR1", "TERM", "IO", "32", "RTMIN", "RTMIN+3", "RTMAX-10", "RTMAX"]);
  });
  it("takes names and numbers as kill does", () => {
    for (const name of ["TERM", "sigterm", " 15 "]) assert.equal(found(name)[0], "TERM", name);
    assert.deepEqual(found("15"), ["TERM"], "a number is that signal and no other");
    assert.equal(found("SIGRTMIN+3")[0], "RTMIN+3");
    assert.equal(found("rtmin+20")[0], "RTMAX-10", "counted from the other end");
    assert.equal(found("POLL")[0], "IO");
    assert.deepEqual(found("rtmin+99"), []);
  });
  it("finds by meaning, sender and program, and says which program", () => {
    assert.deepEqual(found("nginx"), ["HUP", "USR1"]);
    assert.deepEqual(found("nginx log"), ["USR1"], "each word must be somewhere");
    assert.deepEqual(found("docker"), ["TERM"]);
    assert.deepEqual(referenceRows(TABLE, USES, "nginx")[0].found, ["nginx"]);
    assert.deepEqual(found("nobody has this"), []);
  });
  it("marks what was typed exactly", () => {
    assert.deepEqual(
      referenceRows(TABLE, null, "hup").map(({ exact }) => exact),
      [true],
    );
    assert.equal(referenceRows(TABLE, USES, "nginx")[0].exact, false);
  });
});

const running = () =>
  story()
    .running()
    .forecast(1, { 15: "dropped", 10: "handler" }, { inside: groups({ 9: "dropped" }) });
const NOW = { asked: false, refused: "", kernel: /** @type {string|null} */ (null) };
const TERM = signal("TERM", 15);

describe("the column of the chosen target", () => {
  it("is the forecast of its root process, from outside and inside", () => {
    const root = rootOf(running().fold().targets["r1.server"]);
    const rows = referenceRows(TABLE, null, "");
    const fates = (/** @type {"outside"|"inside"} */ from) =>
      Object.fromEntries(fatesFor(root, from, rows).map((group, at) => [rows[at].signal.short, group?.fate ?? null]));
    assert.equal(fates("outside").TERM, "dropped");
    assert.equal(fates("outside").USR1, "handler");
    assert.equal(fates("outside").KILL, "terminates");
    assert.equal(fates("inside").KILL, "dropped");
    assert.equal(fates("outside")["32"], null, "nothing is foretold of what cannot be sent");
  });
  it("is empty without a process", () => {
    assert.deepEqual(fatesFor(null, "outside", referenceRows(TABLE, null, "TERM")), [null]);
  });
});

describe("what came of it", () => {
  const sent = (/** @type {object} */ more = {}) =>
    running().add(2, "signal_requested", {
      author: "person",
      signal: "SIGTERM",
      by: "driver",
      from: "outside",
      ...more,
    });
  const after = (/** @type {any} */ told, now = NOW) => {
    const target = told.fold().targets["r1.server"];
    return cameOf(target, rootOf(target), TERM, now);
  };
  const kernel = { author: "kernel", pid: 100, comm: "python3", signal: "SIGTERM" };

  it("is nothing before anything was sent, and a request while it is on its way", () => {
    assert.equal(after(running()), null);
    assert.equal(after(running(), { ...NOW, asked: true })?.is, "asked");
  });
  it("is the kernel's word once that is there, never before", () => {
    assert.deepEqual([after(sent())?.is, after(sent())?.brief], ["sent", "sent"]);
    const told = sent().add(2.01, "kernel_signal", {
      ...kernel,
      generated: "ignored",
      sender_kind: "lab",
      sender: "lab",
    });
    const came = after(told);
    assert.deepEqual([came?.is, came?.sign], ["told", "f-drop"]);
    assert.match(came?.text ?? "", /^Dropped: python3 is PID 1/);
    assert.equal(came?.event, told.events.at(-1).id, "the evidence");
  });
  it("is not the kernel's word about an earlier one", () => {
    const told = running()
      .add(1.5, "kernel_signal", { ...kernel, generated: "ignored", sender_kind: "engine", sender: "runc" })
      .add(2, "signal_requested", { author: "person", signal: "SIGTERM", by: "driver", from: "outside" });
    assert.equal(after(told)?.is, "sent");
  });
  it("says that nobody saw it where the kernel's trace is missing", () => {
    assert.match(after(sent(), { ...NOW, kernel: "no kernel trace" })?.text ?? "", /nobody saw: no kernel trace/);
  });
  it("says why it was refused, and why it failed", () => {
    assert.match(after(running(), { ...NOW, refused: "it has ended" })?.text ?? "", /Not sent: it has ended/);
    const failed = sent();
    failed.add(2.1, "signal_failed", {
      request: failed.events.at(-1).id,
      signal: "SIGTERM",
      code: "host_failed",
      error: "no such process",
    });
    assert.deepEqual([after(failed)?.is, after(failed)?.text], ["failed", "Not sent: no such process"]);
  });
  it("is not told of one that went to another process", () => {
    assert.equal(after(sent({ pid: 7 })), null);
  });
});

describe("one signal, four answers", () => {
  const words = (/** @type {Partial<Signal>} */ more) => fourAnswers(signal("X", 1, more)).map(({ word }) => word);
  it("differ by whom it meets", () => {
    assert.deepEqual(words({}), ["ends it", "dropped", "handler", "waits"]);
    assert.deepEqual(words({ default: "stop" }), ["stops it", "dropped", "handler", "waits"]);
    assert.deepEqual(words({ default: "ignore" }), ["nothing", "dropped", "handler", "waits"]);
    assert.deepEqual(words({ default: "continue" }), [
      "goes on",
      "goes on",
      "goes on, then handler",
      "goes on, then waits",
    ]);
  });
  it("are one for KILL, but for PID 1 from inside", () => {
    const answers = fourAnswers(signal("KILL", 9));
    assert.deepEqual(
      answers.map(({ word }) => word),
      ["kills it", "kills it", "dropped", "kills it"],
    );
    assert.match(answers[2].when, /inside/);
  });
});

describe("beside the chosen one", () => {
  it("programs that do the same are told together, in their order", () => {
    assert.deepEqual(
      alikeOf(USES.programs.SIGHUP).map(({ kind, programs }) => [kind, programs.map(({ program }) => program)]),
      [
        ["stays", ["nginx", "squid"]],
        ["decides", ["java"]],
      ],
    );
  });
  it("experiments are named that send it, or stop with it", () => {
    /** @type {any[]} */
    const catalogue = [
      { id: "sends", steps: [{ do: [{ signal: { signal: "HUP" } }] }], targets: [] },
      { id: "stops", steps: [{ do: [{ stop: {} }] }], targets: [{ name: "server", stop_signal: "SIGTERM" }] },
      { id: "stops-with", steps: [{ do: [{ stop: { signal: "SIGHUP" } }] }], targets: [] },
      { id: "looks", steps: [{ do: [] }], targets: [] },
    ];
    assert.deepEqual(
      seenIn(catalogue, signal("HUP", 1)).map(({ id }) => id),
      ["sends", "stops-with"],
    );
    assert.deepEqual(
      seenIn(catalogue, TERM).map(({ id }) => id),
      ["stops"],
    );
  });
});
