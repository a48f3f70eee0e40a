import assert from "node:assert/strict";
import { describe, it } from "node:test";

import {
  boardCut,
  boardRows,
  cellsOf,
  keysOf,
  lineOf,
  recordOf,
  resultOf,
  rootOf,
  signalList,
} from "../../static/js/selectors/index.js";
import { actionOf, has, numberIn } from "../../static/js/words/signals.js";
import { masks, ms, story, theTarget } from "./story.js";

/** @param {string} short @param {number} number @param {string} [meaning] */
const signal = (short, number, meaning = "") => ({
  name: `SIG${short}`,
  short,
  number,
  meaning,
  catchable: short !== "KILL" && short !== "STOP",
  group: "tell",
  used_by: "",
  default: /** @type {const} */ ("terminate"),
});
const TABLE = {
  signals: [
    signal("HUP", 1, "The terminal went away."),
    signal("KILL", 9),
    signal("TERM", 15, "Please end."),
    signal("STOP", 19),
    signal("RTMIN", 34),
    signal("RTMIN+3", 37, "systemd halts"),
    signal("RTMAX", 64),
  ],
  reserved: [signal("32", 32, "kept by the C library")],
  keys: ["SIGTERM", "SIGKILL", "SIGHUP"],
};

describe("masks", () => {
  for (const number of [1, 31, 34, 64]) {
    it(`have bit ${number - 1} for signal ${number}, and no other`, () => {
      const mask = (1n << BigInt(number - 1)).toString(16).padStart(16, "0");
      const found = Array.from({ length: 64 }, (_, n) => n + 1).filter((each) => has(mask, each));
      assert.deepEqual(found, [number]);
    });
  }

  it("say what a process does, except where nothing can be said or changed", () => {
    const all = masks({ caught: "ffffffffffffffff", ignored: "ffffffffffffffff" });
    assert.equal(actionOf(all, signal("TERM", 15)), "caught");
    assert.equal(actionOf(masks({ ignored: "0000000000004000" }), signal("TERM", 15)), "ignored");
    assert.equal(actionOf(masks(), signal("TERM", 15)), "default");
    assert.equal(actionOf(all, signal("KILL", 9)), "fixed");
    assert.equal(actionOf(null, signal("TERM", 15)), "unknown");
  });

  it("are asked by number, also of a signal that no table has", () => {
    const names = ["SIGTERM", "SIG33", "SIGRTMIN+3", "signal 99"];
    assert.deepEqual(
      names.map((name) => numberIn([signal("TERM", 15)], name)),
      [15, 33, 0, 0],
    );
  });
});

describe("the board", () => {
  const keys = keysOf(TABLE);
  const pids = (/** @type {ReturnType<typeof story>} */ told, s = 10) =>
    boardRows(theTarget(told.fold()), keys, ms(s)).map(({ pid, depth }) => `${"-".repeat(depth)}${pid}`);

  it("has parents before children and siblings by age", () => {
    const told = story().running().process(1, 130, { ppid: 100, start: 50 }).process(1, 120, { ppid: 100, start: 60 });
    told.process(1, 140, { ppid: 130, start: 70 }).process(1, 110, { ppid: 100, start: 50 });
    assert.deepEqual(pids(told), ["100", "-110", "-130", "--140", "-120"]);
  });

  it("knows the last of its parent's, also where that one is cut off", () => {
    const told = story().running().process(1, 110, { ppid: 100, start: 50 }).process(1, 120, { ppid: 100, start: 60 });
    told.process(1, 130, { ppid: 120, start: 70 });
    const last = (/** @type {number} */ most) =>
      boardCut(theTarget(told.fold()), keys, ms(10), most).rows.map((row) => row.last);
    assert.deepEqual(
      [last(4), last(2)],
      [
        [true, false, true, true],
        [true, false],
      ],
    );
  });

  it("does not move a row in which processes come and go", () => {
    const told = story().running().process(1, 120, { ppid: 100 }).process(1, 130, { ppid: 100 });
    const before = boardRows(theTarget(told.fold()), keys, ms(10)).map(({ row }) => row);
    told.add(2, "process_changed", { pid: 900, start: 9000, was: 120, respawns: 4, ns_pid: 900 });
    const rows = boardRows(theTarget(told.fold()), keys, ms(10));
    assert.deepEqual(
      rows.map(({ row }) => row),
      before,
    );
    assert.deepEqual([rows[1].pid, rows[1].note], [900, "comes and goes: 4 times"]);
  });

  it("shows what is new and what is gone for a second, and what is gone until a stop is over", () => {
    const told = story().running().process(5, 120, { ppid: 100 }).add(6, "process_gone", { pid: 120, start: 1120 });
    const is = (/** @type {number} */ s) => boardRows(theTarget(told.fold()), keys, ms(s)).at(-1)?.is;
    assert.deepEqual([is(6.5), is(7.1)], ["gone", null]);
    const stopping = story()
      .running()
      .process(5, 120, { ppid: 100 })
      .stop(5.5, 10)
      .add(6, "process_gone", { pid: 120, start: 1120 });
    assert.deepEqual(pids(stopping, 12), ["100", "-120"]);
    stopping.finished(13, { took_s: 7, exit_code: 0, killed: false });
    assert.deepEqual([pids(stopping, 13.5), pids(stopping, 14.1)], [["100", "-120"], ["100"]]);
    assert.equal(
      boardRows(theTarget(story().running().process(5, 9, { ppid: 100 }).fold()), keys, ms(5.9))[1].is,
      "new",
    );
  });

  it("keeps what is gone of an ended target until the last one is, so that no row moves up meanwhile", () => {
    const told = story().running().process(1, 120, { ppid: 100 }).process(1, 130, { ppid: 100 }).exits(5, 0);
    told.add(5, "process_gone", { pid: 100, start: 1100 }).add(5, "process_gone", { pid: 120, start: 1120 });
    assert.deepEqual(pids(told, 6.5), ["100", "-120", "-130"], "however long the last one takes");
    told.add(5.8, "process_gone", { pid: 130, start: 1130 });
    assert.deepEqual(pids(told, 6.5), ["100", "-120", "-130"]);
    assert.deepEqual(pids(told, 6.9), []);
  });

  it("tells zombies, stopped processes and threads, and cleans what a program calls itself", () => {
    const told = story()
      .running()
      .process(1, 120, { ppid: 100, state: "Z", threads: 3, comm: "a\nb", argv: ["x", "\x1b[31mred"] });
    const row = boardRows(theTarget(told.fold()), keys, ms(10))[1];
    assert.deepEqual([row.note, row.args], ["zombie, 3 threads", "\\x1b[31mred"]);
  });

  it("decodes cells once as long as masks and keys are the same", () => {
    const process = rootOf(theTarget(story().running().fold()));
    assert.equal(cellsOf(process, keys), cellsOf(process, keys));
    assert.deepEqual(
      cellsOf(process, keys).map(({ action }) => action),
      ["default", "fixed", "default"],
    );
    assert.ok(
      cellsOf(null, keys).every(({ action, blocked }) => (action === "unknown" || action === "fixed") && !blocked),
    );
  });

  it("sends to the root unless told otherwise", () => {
    const told = story().running().process(1, 50, { ppid: 1, start: 1 });
    assert.equal(rootOf(theTarget(told.fold()))?.pid, 100);
    assert.equal(rootOf(null), null);
  });
});

describe("the record's lines", () => {
  it("are in order of time, from the stop, and the same while nothing changed", () => {
    const told = story().running().stop(2, 3).prints(2.5, "x\n").engineKill(2.001, "SIGTERM");
    const state = told.fold();
    const lines = recordOf(state, "r1.server");
    assert.deepEqual(
      lines.map(({ when }) => when),
      ["−2.000", "−1.800", "+0.000", "+0.001", "+0.500"],
    );
    assert.equal(recordOf(state, "r1.server"), lines);
    assert.notEqual(recordOf(state, "r1.server", { authors: ["engine"] }), lines);
    assert.deepEqual(
      recordOf(state, null, { authors: ["engine"] }).map(({ text }) => text),
      ["SIGTERM to server"],
    );
  });

  it("are found by the number of any event that they tell of", () => {
    const told = story().running().prints(1, "a\n").prints(1.1, "b\n").prints(1.2, "c\n").engineKill(1.3, "SIGTERM");
    const lines = recordOf(told.fold(), "r1.server");
    assert.equal(lineOf(lines, 6)?.text, "prints “a” and 2 more lines");
    assert.equal(lineOf(lines, 8)?.text, "SIGTERM to server");
    assert.deepEqual([lineOf(lines, 99), lineOf(lines, null)], [null, null]);
  });

  it("have the time of day without a stop", () => {
    assert.match(recordOf(story().running().fold(), null)[0].when, /^\d\d:\d\d:\d\d$/);
  });
});

describe("the result", () => {
  it("is plain facts", () => {
    const told = story().running().stop(1, 3).engineKill(4, "SIGKILL").exits(4.1, 137);
    assert.equal(resultOf(theTarget(told.fold())), null);
    told.finished(4.2, {
      took_s: 3.12,
      exit_code: 137,
      killed: true,
      meaning: "128 + 9: by convention, ended by SIGKILL",
    });
    assert.deepEqual(resultOf(theTarget(told.fold())), {
      outcome: "killed",
      say: "Killed after 3.1 s.",
      tookS: 3.12,
      exitCode: 137,
      facts: [
        "Exited with 137 (128 + 9: by convention, ended by SIGKILL).",
        "SIGKILL was sent before it ended.",
        "SIGTERM was asked for first, with a timeout of 3 s.",
      ],
    });
  });

  it("says what failed, what ended by itself, and what nobody knows", () => {
    const failed = story().running().stop(1, 3).finished(2, { error: "no engine" });
    assert.deepEqual(resultOf(theTarget(failed.fold()))?.say, "The stop failed: no engine");
    const ended = story().running().exits(2, 0, { meaning: "ended by itself" });
    assert.deepEqual(resultOf(theTarget(ended.fold())), {
      outcome: "ended",
      say: "Exited with 0.",
      facts: ["Exited with 0 (ended by itself)."],
      tookS: null,
      exitCode: 0,
    });
    const unknown = story().running().stop(1, 3).exits(2, undefined, { cause: "unknown" }).finished(2, {});
    assert.deepEqual(resultOf(theTarget(unknown.fold()))?.say, "Ended; how long it took is unknown.");
  });
});

describe("the list of all signals", () => {
  const found = (/** @type {string} */ query) => signalList(TABLE, null, query).map((choice) => choice.signal.short);

  it("finds by number, name and meaning, best first", () => {
    assert.deepEqual(found("15"), ["TERM"]);
    assert.deepEqual(found(" sigterm "), ["TERM"]);
    assert.deepEqual(found("term"), ["TERM", "HUP"]);
    assert.deepEqual(found("halt"), ["RTMIN+3"]);
    assert.deepEqual(found("rtmin"), ["RTMIN", "RTMIN+3"]);
    assert.deepEqual(found("nothing like it"), []);
  });

  it("has all of them in order of number, and says which are reserved and what the process does", () => {
    assert.deepEqual(found(""), ["HUP", "KILL", "TERM", "STOP", "32", "RTMIN", "RTMIN+3", "RTMAX"]);
    assert.deepEqual(
      signalList(TABLE, null, "")
        .filter(({ reserved }) => reserved)
        .map(({ signal }) => signal.number),
      [32],
    );
    const process = rootOf(theTarget(story().running().fold()));
    assert.equal(signalList(TABLE, process, "KILL")[0].cell?.action, "fixed");
  });
});
