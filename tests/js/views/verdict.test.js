import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { VERDICTS_KEPT } from "../../../static/js/reduce/verdicts.js";
import { clockOf, endVerdict, signalVerdict } from "../../../static/js/selectors/index.js";
import { ms, story } from "../story.js";
import { flat, wordsOf } from "./flat.js";

const { briefVerdict, verdictView } = await import("../../../static/js/views/verdict.js");

/** @import { Target } from "../../../static/js/wire/types.js" */

const none = () => undefined;
/** @param {{fold: () => any}} told @returns {Target} */
const of = (told) => told.fold().targets["r1.server"];

/** @param {object} [over] */
const said = (over = {}) => ({
  request: 5,
  signal: "SIGTERM",
  outcome: "sigkill_at_timeout",
  held: "held",
  text: "Killed after 3.1 s: PID 1 (python3) has no handler for SIGTERM.",
  said: [{ text: "The kernel dropped it.", evidence: [6, 7] }],
  evidence: [6, 7],
  ...over,
});
const stopped = () =>
  story()
    .running()
    .stop(1, 3)
    .add(4, "target_exited", { exit_code: 137, cause: "killed", meaning: "" })
    .add(4, "stop_finished", { stop: 5, took_s: 3.1, exit_code: 137, killed: true, meaning: "" });

describe("verdicts", () => {
  it("are one for each request, and the last one counts", () => {
    const target = of(
      story()
        .running()
        .add(1, "verdict", said({ request: 3, text: "It is pending." }))
        .add(2, "verdict", said({ request: 3, text: "It ran its handler." })),
    );
    assert.deepEqual(
      target.verdicts.map(({ text }) => text),
      ["It ran its handler."],
    );
  });

  it("are kept up to a number", () => {
    const told = story().running();
    for (let request = 10; request < 10 + VERDICTS_KEPT + 20; request += 1) told.add(1, "verdict", said({ request }));
    assert.equal(of(told).verdicts.length, VERDICTS_KEPT);
    assert.equal(of(told).verdicts.at(-1)?.request, 10 + VERDICTS_KEPT + 19);
  });

  it("of a stop stand for its end, once it has ended", () => {
    assert.equal(endVerdict(of(story().running().add(1, "verdict", said()))), null, "it is running");
    assert.equal(endVerdict(of(stopped())), null, "it is not judged yet");
    assert.equal(endVerdict(of(stopped().add(5, "verdict", said())))?.outcome, "sigkill_at_timeout");
  });

  it("of an end that nobody asked for, or else of the last signal", () => {
    const gone = () => story().running().add(2, "target_exited", { exit_code: 3, cause: "exited", meaning: "" });
    const own = said({ request: undefined, outcome: "by_itself", text: "It ended by itself." });
    assert.equal(endVerdict(of(gone().add(3, "verdict", own)))?.outcome, "by_itself");
    const signal = said({ request: 4, outcome: "default_action" });
    assert.equal(endVerdict(of(gone().add(3, "verdict", signal)))?.outcome, "default_action");
  });

  it("of signals: the newest request's, not the newest verdict", () => {
    const target = of(
      story()
        .running()
        .add(1, "verdict", said({ request: 8, text: "The second." }))
        .add(2, "verdict", said({ request: 6, text: "The first, later." })),
    );
    assert.equal(signalVerdict(target)?.text, "The second.");
  });

  it("show each sentence with links to its events, and lines to copy", () => {
    const advice = {
      kind: "init",
      text: "Run it with --init.",
      note: "It takes a new container.",
      at: [{ place: "docker run", lines: ["docker run --init app"] }],
    };
    const [verdict] = of(stopped().add(5, "verdict", said({ advice }))).verdicts;
    const view = verdictView(verdict, null, none);
    const shown = flat(view);
    for (const text of ["Killed after 3.1 s", "The kernel dropped it.", "docker run --init app", "The forecast held."])
      assert.ok(wordsOf(view).includes(text), text);
    assert.ok(shown.includes("#e6") && shown.includes("#e7"));
    assert.ok(wordsOf(briefVerdict(verdict)).includes("Last signal:"));
  });

  it("say in the clock's slot that an end was not clean", () => {
    const told = story()
      .running()
      .stop(1, 9)
      .add(2, "target_exited", { exit_code: 0, cause: "exited", meaning: "" })
      .add(2, "stop_finished", { stop: 5, took_s: 1, exit_code: 0, killed: false, meaning: "" });
    const sub = () => clockOf(of(told), told.fold(), ms(3)).sub;
    assert.equal(sub(), "seconds, exit 0");
    told.add(3, "verdict", said({ outcome: "not_clean" }));
    assert.equal(sub(), "seconds, exit 0, not clean");
  });
});
