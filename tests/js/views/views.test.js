import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { flat, wordsOf } from "./flat.js";

const { askView } = await import("../../../static/js/views/ask.js");
const { dispositionOf } = await import("../../../static/js/views/board.js");
const { clockView } = await import("../../../static/js/views/clock.js");
const { findView } = await import("../../../static/js/views/find.js");
const { recordView } = await import("../../../static/js/views/record.js");
const { inOrder } = await import("../../../static/js/views/runs.js");

const none = () => undefined;

describe("views", () => {
  it("draw words between backquotes as code", () => {
    const shown = askView({ question: "Why `a b`?", equivalent: "", copied: null }, 0, { onCopy: none });
    assert.match(flat(shown), /Why <code>a b<\/code>\?/);
  });

  it("show what waits before what is held back before the action", () => {
    const nobody = { waited: false, signalfd: false };
    const cell = { signal: "SIGHUP", action: /** @type {const} */ ("caught"), blocked: true, pending: true, ...nobody };
    assert.equal(dispositionOf(cell), "pending");
    assert.equal(dispositionOf({ ...cell, pending: false }), "blocked");
    assert.equal(dispositionOf({ ...cell, pending: false, blocked: false }), "caught");
    assert.equal(dispositionOf({ ...cell, pending: false, waited: true }), "waited");
    assert.equal(dispositionOf({ ...cell, pending: false, signalfd: true }), "signalfd");
    assert.equal(dispositionOf({ ...cell, pending: false, blocked: false, signalfd: true }), "caught");
  });

  it("offer to kill only while a stop waits, and only to the driver", () => {
    const clock = {
      state: /** @type {const} */ ("stopping"),
      seconds: 1.8,
      of: 3,
      say: "SIGKILL in",
      sub: "seconds, of 3",
    };
    const slice = { clock, figures: ["1", "dot", "8"], again: false, asked: null };
    const handlers = { onKill: none, onStart: none };
    assert.match(
      wordsOf(clockView({ ...slice, role: "driver" }, 0, handlers)),
      /Kill now SIGKILL in 1\.8 seconds, of 3$/,
    );
    assert.doesNotMatch(wordsOf(clockView({ ...slice, role: "viewer" }, 0, handlers)), /Kill now/);
    const due = { ...slice, clock: { ...clock, state: /** @type {const} */ ("overdue") } };
    assert.doesNotMatch(wordsOf(clockView({ ...due, role: "driver" }, 0, handlers)), /Kill now/);
  });

  it("number the record and say how much came meanwhile", () => {
    const lines = [
      {
        id: 43,
        to: 43,
        atMs: 0,
        when: "+0.010",
        author: /** @type {const} */ ("engine"),
        target: null,
        text: "SIGTERM to server",
      },
    ];
    const shown = recordView({ lines, behind: 3, evidence: 43, links: null }, 0, { onScroll: none, onEnd: none });
    assert.equal(wordsOf(shown), "Record +0.010 Engine SIGTERM to server 43 3 new");
    assert.match(flat(shown), /id=e43 data-is=evidence/);
  });

  it("say that a search has found nothing", () => {
    const handlers = {
      onQuery: none,
      onSort: none,
      onAt: none,
      onMove: none,
      onEnter: none,
      onPick: none,
      onClose: none,
    };
    assert.match(
      wordsOf(findView({ choices: [], at: 0, query: "x", sort: "number", role: "driver", to: "1 bash" }, 0, handlers)),
      /Nothing by that name/,
    );
  });

  it("put live runs first and keep the order else", () => {
    const runs = /** @type {any[]} */ ([
      { run: "r3", status: "finished" },
      { run: "r2", status: "running" },
      { run: "r1", status: "finished" },
    ]);
    assert.deepEqual(
      inOrder(runs).map(({ run }) => run),
      ["r2", "r3", "r1"],
    );
  });
});
