import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { hushedOf, isOver, lessonOf } from "../../static/js/selectors/index.js";
import { afterWords, bytes, doWords } from "../../static/js/words/lesson.js";
import { ms, story } from "./story.js";

/** @import { Action } from "../../static/js/wire/types_api.js" */

/** @param {Action[]} actions @param {string[]} expect */
const step = (actions, ...expect) => ({ say: "do", do: actions, expect });
const TARGET = /** @type {const} */ ({
  host: "container",
  later: false,
  equivalent: "",
  stop_signal: "",
  stop_timeout_s: 10,
});
/** @param {ReturnType<typeof step>[]} steps @param {string[]} names */
const lesson = (steps, ...names) => ({ steps, targets: [...names, "server"].map((name) => ({ ...TARGET, name })) });
const THREE = lesson([
  step([{ signal: { signal: "SIGHUP" } }], "a"),
  step([{ stop: {} }], "b", "c"),
  step([{ stop: {} }], "d"),
]);

/** @param {ReturnType<typeof story>} told @param {any} [experiment] */
const steps = (told, experiment = THREE) => {
  const { runs, targets } = told.fold();
  return lessonOf(runs.r1, experiment, Object.values(targets));
};
/** @param {ReturnType<typeof story>} told @param {any} [experiment] */
const states = (told, experiment) => steps(told, experiment).map(({ is }) => is);
/** @param {ReturnType<typeof story>} told @param {number} step @param {number} expect @param {object} [fields] */
const done = (told, step, expect, fields = {}) =>
  told.add(10 + step, "step_done", { step, expect, evidence: 3, ...fields });
/** @param {ReturnType<typeof story>} told @param {number} step @param {number} expect */
const failed = (told, step, expect) => told.add(10 + step, "step_failed", { step, expect, why: "no output came" });

describe("the lesson", () => {
  it("goes on with the first step that has something to be seen", () => {
    const told = done(done(story().running(), 0, 0), 1, 1, { evidence: 9, took_s: 1.6 });
    assert.deepEqual(states(told), ["done", "current", "next"]);
    assert.deepEqual(steps(told)[1].see, [
      { text: "b", is: "wait", event: null, tookS: null, why: "" },
      { text: "c", is: "seen", event: 9, tookS: 1.6, why: "" },
    ]);
  });

  it("is all to come without a run, and nothing without an experiment", () => {
    assert.deepEqual(
      lessonOf(null, THREE, []).map(({ is, open }) => [is, open]),
      [
        ["current", false],
        ["next", false],
        ["next", false],
      ],
    );
    assert.deepEqual(lessonOf(null, null, []), []);
    assert.equal(isOver(null, []), false);
    assert.deepEqual([hushedOf(null), hushedOf(story().running().fold().runs.r1)], ["start", ""]);
  });

  it("lets a failed step be tried again, and the next one be done all the same", () => {
    const told = failed(story().running(), 0, 0);
    assert.deepEqual(
      steps(told).map(({ is, open, again }) => [is, open, again]),
      [
        ["current", true, true],
        ["next", true, false],
        ["next", false, false],
      ],
    );
    assert.deepEqual(
      steps(told)[0].see.map(({ is, why }) => [is, why]),
      [["failed", "no output came"]],
    );
    assert.deepEqual(states(done(told, 1, 0)), ["failed", "current", "next"]);
  });

  it("repairs what failed when it is seen after all", () => {
    const told = done(failed(story().running(), 0, 0), 0, 0);
    assert.equal(steps(told)[0].see[0].is, "seen");
    assert.deepEqual(states(told), ["done", "current", "next"]);
  });

  it("goes on without what cannot be seen here, and says why", () => {
    const told = story().running().add(5, "step_unseen", { step: 0, expect: 0, why: "no trace" });
    assert.deepEqual(states(told), ["done", "current", "next"]);
    assert.deepEqual(
      steps(told)[0].see.map(({ is, why, event }) => [is, why, event]),
      [["unseen", "no trace", null]],
    );
  });

  it("is over when all is seen, or when its run is over", () => {
    const told = done(done(done(done(story().running(), 0, 0), 1, 0), 1, 1), 2, 0);
    const { runs } = told.fold();
    assert.equal(isOver(runs.r1, steps(told)), true);
    const early = failed(story().running(), 0, 0).add(20, "run_finished", { reason: "ended" });
    assert.deepEqual(states(early), ["failed", "next", "next"]);
    assert.equal(isOver(early.fold().runs.r1, steps(early)), true);
    assert.ok(steps(early).every(({ open }) => !open));
  });

  it("says why a step cannot be done now", () => {
    const blocked = (/** @type {any} */ told, /** @type {Action} */ action) =>
      steps(told, lesson([step([action], "x")], "other"))[0].blocked;
    const signal = { signal: { target: "server", signal: "SIGHUP" } };
    assert.equal(blocked(story().running(), signal), null);
    assert.equal(blocked(story().running(), { signal: { signal: "SIGHUP" } }), "other is not running yet");
    assert.equal(blocked(story().running().exits(2, 0), signal), "server has ended");
    assert.equal(blocked(story().running(), { start: { target: "other" } }), null);
    assert.equal(blocked(story().running(), { start: { target: "server" } }), "server is running already");
    assert.equal(blocked(story().running().exits(2, 0), { write: { file: "a", text: "" } }), null);
    assert.equal(blocked(story().running().stop(1, 10), { stop: { target: "server" } }), "server is being stopped");
    assert.equal(blocked(story().running().stop(1, 10), signal), null);
  });
});

describe("answers", () => {
  const ps = { exec: { command: ["ps", "x"] } };
  const experiment = lesson([
    step([ps], "a"),
    step([{ stop: {} }], "b"),
    step([ps, { get: { port: "80/tcp", path: "/slow" } }], "c"),
  ]);
  const run = (/** @type {ReturnType<typeof story>} */ told, s = 1) =>
    told.add(s, "exec_requested", { command: ["ps", "x"], by: "driver" });

  it("belong to the step that asks for the like of it and was not over by then", () => {
    const told = run(story().running());
    const first = told.events.at(-1).id;
    told.add(2, "exec_finished", { request: first, exit_code: 0, output: "PID\n" });
    done(told, 0, 0, { evidence: first + 1 });
    run(told, 4);
    const shown = steps(told, experiment).map(({ answers }) =>
      answers.map((each) => each.kind === "exec" && each.exec.id),
    );
    assert.deepEqual(shown, [[first], [], [told.events.at(-1).id]]);
    assert.deepEqual(
      steps(told, experiment)[0].answers.map((each) => each.kind === "exec" && [each.exec.exitCode, each.exec.output]),
      [[0, "PID\n"]],
    );
  });

  it("of a step that is done again are the last ones", () => {
    const told = run(run(story().running()), 2);
    const [answer, ...more] = steps(told, experiment)[0].answers;
    assert.equal(answer.kind === "exec" && answer.exec.id, told.events.at(-1).id);
    assert.deepEqual(more, []);
  });

  it("know a page by its path, and stand in the order of the step's actions", () => {
    const told = run(done(done(story().running(), 0, 0), 1, 0), 3)
      .add(4, "http_requested", { url: "http://127.0.0.1:32768/slow", by: "driver" })
      .add(4, "http_requested", { url: "http://127.0.0.1:32768/other", by: "driver" });
    told.add(5, "http_progress", { request: told.events.at(-2).id, received: 100, expected: 400 });
    const { answers } = steps(told, experiment)[2];
    assert.deepEqual(
      answers.map((each) => (each.kind === "get" ? [each.download.received, each.download.expected] : each.kind)),
      ["exec", [100, 400]],
    );
  });

  it("belong to the last step of their kind when all of them are over", () => {
    const told = run(done(done(done(story().running(), 0, 0), 1, 0), 2, 0), 30);
    assert.equal(steps(told, experiment)[2].answers.length, 1);
    assert.ok(ms(30) > 0);
  });
});

describe("the words of a step's button", () => {
  it("say what it does", () => {
    const say = (/** @type {Action} */ action, /** @type {string[]} */ ...names) => doWords([action], names);
    assert.equal(say({ signal: { signal: "SIGUSR1" } }, "a"), "Send USR1");
    assert.equal(say({ signal: { signal: "SIGHUP", process: "counter.sh" } }, "a"), "Send HUP to counter.sh");
    assert.equal(say({ signal: { signal: "SIGHUP", process: "x", target: "b" } }, "a", "b"), "Send HUP to x in b");
    assert.equal(say({ signal: { signal: "SIGINT", group: true, pid: 7 } }, "a"), "Send INT to the group of process 7");
    assert.equal(say({ signal: { signal: "SIGKILL", from: "inside" } }, "a"), "Send KILL, from inside");
    assert.equal(say({ stop: { timeout_s: 3 } }, "a"), "Stop it, wait 3 s");
    assert.equal(say({ stop: { target: "b", signal: "SIGTERM" } }, "a", "b"), "Stop b with TERM");
    assert.equal(say({ stop: { timeout_s: -1 } }, "a"), "Stop it, no limit");
    assert.equal(say({ type: { data: "\u0003" } }, "a"), "Type Ctrl-C");
    assert.equal(say({ type: { data: "root\n" } }, "a"), "Type “root”");
    assert.equal(say({ type: { data: "\n" } }, "a"), "Type Enter");
    assert.equal(say({ type: { data: "\r" } }, "a"), "Type Enter");
    assert.equal(say({ resize: { cols: 100, rows: 30 } }, "a"), "Resize to 100 × 30");
    assert.equal(say({ start: { target: "b" } }, "a", "b"), "Start b");
    assert.equal(say({ pause: {} }, "a"), "Pause it");
    assert.equal(say({ unpause: {} }, "a", "b"), "Unpause a");
    assert.equal(say({ write: { file: "watch.conf", text: "" } }, "a"), "Write watch.conf");
    assert.equal(say({ get: { port: "80/tcp", path: "/slow" } }, "a"), "Get /slow");
    assert.equal(say({ exec: { command: ["ps", "x"] } }, "a", "b"), "Run ps x in a");
    assert.equal(doWords([]), "");
  });

  it("say of several alike that it is all, of others all of them", () => {
    const stop = (/** @type {string} */ target) => ({ stop: { target } });
    assert.equal(doWords([stop("a"), stop("b"), stop("c")], ["a", "b", "c"]), "Stop all three");
    assert.equal(doWords([stop("a"), stop("b")], ["a", "b"]), "Stop both");
    const start = (/** @type {string} */ target) => ({ start: { target } });
    assert.equal(doWords([start("a"), start("b")], ["a", "b"]), "Start both");
    const usr1 = (/** @type {string} */ target) => ({ signal: { signal: "SIGUSR1", target } });
    assert.equal(doWords([usr1("a"), usr1("b")], ["a", "b"]), "Send USR1 to both");
    const mixed = [stop("a"), { stop: { target: "b", timeout_s: 3 } }, stop("c")];
    assert.equal(doWords(mixed, ["a", "b", "c"]), "Stop a, stop b, wait 3 s and stop c");
    assert.equal(doWords([{ get: { port: "80/tcp" } }, { stop: {} }], ["a"]), "Get / and stop it");
  });

  it("count bytes and seconds as a person does", () => {
    assert.deepEqual(
      [bytes(1), bytes(812), bytes(9999), bytes(64_000), bytes(999_600), bytes(3_940_000)],
      ["1 byte", "812 bytes", "9,999 bytes", "64 kB", "1.0 MB", "3.9 MB"],
    );
    assert.deepEqual(
      [afterWords(0.004), afterWords(0.02), afterWords(1.62)],
      ["at once", "after 0.02 s", "after 1.6 s"],
    );
  });
});
