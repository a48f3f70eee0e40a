import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { recordOf } from "../../static/js/selectors/index.js";
import { missingWords, plainRecord, targetOf } from "../../static/js/selectors/record_links.js";
import { story } from "./story.js";

const asked = { author: "person", signal: "SIGUSR1", from: "outside", group: false, by: "driver" };

describe("a link to an event", () => {
  it("leads to its line, or to the one that it was folded into", () => {
    const told = story().running().prints(1, "a\n").prints(1.1, "b\n");
    const state = told.fold();
    const lines = recordOf(state, null);
    const last = told.events.at(-1).id;
    assert.equal(missingWords(state, lines, last), "");
    assert.equal(targetOf(state, last), "r1.server");
    assert.equal(missingWords(state, lines, null), "");
  });

  it("without a line says why: it is about a process, it is too old, it is another run's", () => {
    const told = story({ first: 10 }).running();
    let state = told.fold();
    const process = told.events.find(({ kind }) => kind === "process_appeared").id;
    assert.match(missingWords(state, recordOf(state, null), process), /has no line of its own.*the board/);
    assert.match(missingWords(state, recordOf(state, null), 3), /none of this run/);
    assert.equal(missingWords(state, recordOf(state, null), 9999), "", "it may still come");
    for (let n = 0; n < 1001; n += 1) told.add(1 + n * 5, "signal_requested", asked);
    state = told.fold();
    assert.match(missingWords(state, recordOf(state, null), 10), /older than the 1,000 lines .* the export has it/);
  });
});

describe("the record as text", () => {
  it("is a line each: time, witness, sentence, number", () => {
    const state = story().running().stop(1, 3).prints(1.5, "TERM\n").fold();
    const lines = plainRecord(recordOf(state, null), "run 3 of “PID 1”").split("\n");
    assert.equal(lines[0], "Signal Lab, run 3 of “PID 1”: seconds from the stop, witness, what it said, event");
    assert.ok(lines.includes("+0.000\tperson\tthe driver asks for a stop, timeout 3 s\t#5"));
    assert.ok(lines.includes("+0.500\tprogram\tprints “TERM”\t#6"));
    assert.equal(lines.at(-1), "");
  });
});
