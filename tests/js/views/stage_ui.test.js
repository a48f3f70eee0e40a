import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { createUi, forgetAnswered, lightsOf, selectedRow } from "../../../static/js/pages/shared/ui.js";
import { EMPTY } from "../../../static/js/reduce/index.js";
import { ms, story } from "../story.js";

/** @param {string} row @param {number} nsPid @param {"new"|"gone"|null} [is] */
const row = (row, nsPid, is = null) => /** @type {any} */ ({ row, nsPid, is });
const ROWS = [row("100:7", 1), row("101:8", 8)];
const sent = () =>
  story().running().add(5, "signal_requested", { signal: "SIGUSR1", pid: 8, from: "outside", by: "driver" });
const target = sent().fold().targets["r1.server"];

describe("the keys' lights", () => {
  it("are lit by the event, for two seconds, with the beam to its row", () => {
    const { states, beam, untilMs } = lightsOf(createUi(), target, ROWS, "100:7", ms(6));
    assert.deepEqual(states, { SIGUSR1: "sent" });
    assert.deepEqual(beam, { signal: "SIGUSR1", row: "101:8", dropped: false });
    assert.equal(untilMs, ms(7));
    assert.deepEqual(lightsOf(createUi(), target, ROWS, "100:7", ms(7.5)).states, {});
  });

  it("say asked only while a request has no event, whichever of answer and event comes first", () => {
    const ui = createUi();
    ui.asked.set("signal:SIGHUP", null);
    forgetAnswered(ui, { ...EMPTY, lastId: 99 });
    assert.equal(lightsOf(ui, null, [], null, ms(1)).states.SIGHUP, "asked");
    ui.asked.set("signal:SIGHUP", 42);
    forgetAnswered(ui, { ...EMPTY, lastId: 41 });
    assert.ok(ui.asked.has("signal:SIGHUP"));
    forgetAnswered(ui, { ...EMPTY, lastId: 42 });
    assert.ok(!ui.asked.has("signal:SIGHUP"));
  });

  it("say that a signal was taken and then could not be sent", () => {
    const told = sent();
    const failed = { request: told.events.length, signal: "SIGUSR1", code: "already_gone", error: "it is gone" };
    const after = told.add(5.1, "signal_failed", failed).fold().targets["r1.server"];
    assert.deepEqual(lightsOf(createUi(), after, ROWS, "100:7", ms(6)).states, { SIGUSR1: "failed" });
  });
});

describe("the row that signals go to", () => {
  it("is the chosen one while it is shown, else the root, else none", () => {
    const ui = createUi();
    ui.selected["r1.server"] = "101:8";
    assert.equal(selectedRow(ui, target, ROWS, "100:7"), "101:8");
    assert.equal(selectedRow(ui, target, [ROWS[0]], "100:7"), "100:7");
    assert.equal(selectedRow(ui, target, [row("100:7", 1, "gone")], "100:7"), null);
  });
});
