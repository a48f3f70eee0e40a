import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { noteOf } from "../../../static/js/page/notes.js";
import { EMPTY } from "../../../static/js/reduce/index.js";
import { ms, story } from "../story.js";

const NOW = ms(20);
const ready = { state: "ready", name: "Docker", version: "20.10.24", reason: "", hint: "" };
/** @param {object} engine */
const health = (engine) => /** @type {any} */ ({ engine: { ...ready, ...engine }, kernel_trace: { state: "absent" } });
const needy = /** @type {any} */ ({ id: "pid-1", needs_engine: true, available: false });

/** @param {object} facts */
const note = (facts) =>
  noteOf(
    /** @type {any} */ ({
      stream: { state: "open", sinceMs: ms(0), nextTryMs: null, tries: 0 },
      caughtUpMs: null,
      problem: null,
      health: health({}),
      state: EMPTY,
      run: null,
      target: null,
      experiment: null,
      newer: null,
      ...facts,
    }),
    NOW,
  );

/** @param {{fold: () => any}} told */
const shown = (told) => {
  const state = told.fold();
  return { state, run: state.runs.r1, target: state.targets["r1.server"] };
};

describe("the note", () => {
  it("says that the journal cannot be written, before all but the connection and a refusal", () => {
    const unwritten = {
      state: "lost",
      reason: "the disk is full",
      since: "2026-07-01T12:00:10Z",
      waiting: 3,
      dropped: 0,
    };
    const lost = note({ unwritten, caughtUpMs: NOW });
    assert.equal(lost?.code, "journal_lost");
    assert.match(lost?.text ?? "", /the disk is full, since .*3 events wait .*stop and signals work/);
    assert.match(note({ unwritten: { ...unwritten, dropped: 1 } })?.text ?? "", /1 event had to be left out/);
    const problem = { error: "no", hint: null, code: "conflict", what: "Not started." };
    assert.equal(note({ unwritten, problem })?.code, "conflict");
  });

  it("is not there while all is well", () => {
    assert.equal(note({}), null);
    assert.equal(note({ experiment: { ...needy, available: true } }), null);
  });

  it("tells first that there is no connection, since when, and when the next try is", () => {
    const stream = { state: "lost", sinceMs: ms(12), nextTryMs: ms(23), tries: 3 };
    const told = note({ stream, problem: { what: "x", error: "y", hint: null, code: "z" } });
    assert.match(told?.text ?? "", /next try in 3 s/);
    assert.equal(told?.action, "retry");
  });

  it("says for a moment that everything was caught up", () => {
    assert.equal(note({ caughtUpMs: NOW - 1000 })?.is, "good");
    assert.equal(note({ caughtUpMs: NOW - 60_000 }), null);
  });

  it("says what an experiment needs, with the engine's reason and hint", () => {
    const absent = health({ state: "absent", reason: "no socket.", hint: "Start it." });
    assert.match(note({ health: absent, experiment: needy })?.text ?? "", /^no socket\. Start it\. /);
    assert.equal(note({ health: absent, experiment: { ...needy, needs_engine: false } }), null);
  });

  it("tells an engine that goes in mid-run, for containers only", () => {
    const lost = { source: "engine", reason: "connection reset", run: undefined, target: undefined };
    assert.equal(note(shown(story().running().add(2, "source_lost", lost)))?.code, "engine_lost");
    assert.equal(note(shown(story().running("process").add(2, "source_lost", lost))), null);
  });

  it("tells why a run could not be started", () => {
    const over = { reason: "failed", error: "no such file: bash", target: undefined };
    const told = note(shown(story().running().add(1, "run_finished", over)));
    assert.deepEqual([told?.text, told?.code], ["no such file: bash", "start_failed"]);
  });
});
