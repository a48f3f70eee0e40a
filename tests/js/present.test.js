import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { EMPTY } from "../../static/js/reduce/index.js";
import { boardRows, clockOf, endVerdict, resultOf, rootOf } from "../../static/js/selectors/index.js";
import { mayBegin, numberOf, parted, saidOf, stepNow, stepToDo, treeOf } from "../../static/js/selectors/present.js";
import { ms, story, theTarget } from "./story.js";

const TERM = /** @type {any} */ ({ name: "SIGTERM", short: "TERM", number: 15, default: "terminate", catchable: true });
const run = /** @type {any} */ ({ id: "r1", status: "running", targets: ["r1.server"] });

/** @param {object} shown */
const said = (shown) =>
  saidOf(
    /** @type {any} */ ({
      ...{ run, target: null, fall: null, result: null, verdict: null, last: null, forecast: null },
      ...{ forecastSay: "", question: "Why does `python3` stay?", refused: null, ...shown },
    }),
  );

describe("the sentence of presenter mode", () => {
  it("parts what happened from why, at the joint that the sentence has", () => {
    assert.deepEqual(parted("Killed after 3.05 s: python3 is PID 1 and has no handler for SIGTERM."), {
      say: "Killed after 3.05 s.",
      why: "python3 is PID 1 and has no handler for SIGTERM.",
    });
    assert.deepEqual(parted("its handler runs"), { say: "Its handler runs.", why: "" });
    const quoted = "it printed “ready: process 5”";
    assert.deepEqual(parted(quoted), { say: `It printed “ready: process 5”.`, why: "" });
  });

  it("asks the question before there is a run, and says the forecast before anything is sent", () => {
    assert.equal(said({ run: null }).say, "Why does python3 stay?");
    assert.equal(said({ run: null, mayStart: true }).why, "Press r to start it.");
    const target = theTarget(story().running().fold());
    const ahead = said({
      target,
      forecast: { why: "PID 1 has no handler." },
      forecastSay: "A stop would end in SIGKILL.",
    });
    assert.deepEqual(ahead, { say: "A stop would end in SIGKILL.", why: "PID 1 has no handler.", ahead: true });
  });

  it("gives the kernel's answer to a stop, in its own words", () => {
    const target = theTarget(story().running().stop(5, 3).fold());
    const headline = {
      headline: true,
      text: "dropped: python3 is PID 1 and has no handler for SIGTERM",
      lane: "kernel",
    };
    assert.deepEqual(said({ target, fall: { marks: [headline] } }), {
      say: "The kernel dropped SIGTERM.",
      why: "python3 is PID 1 and has no handler for SIGTERM.",
      ahead: false,
    });
    const hollow = { ...headline, hollow: true };
    assert.match(
      said({ target, fall: { marks: [hollow] } }).say,
      /is asked to stop with SIGTERM/,
      "no forecast is an answer",
    );
  });

  it("says what was refused before anything else", () => {
    const refused = { say: "SIGTERM was not sent.", why: "It has ended." };
    assert.equal(said({ target: theTarget(story().running().fold()), refused }).say, "SIGTERM was not sent.");
  });
});

describe("the number of presenter mode", () => {
  it("is what a stop would wait, thin, until one is asked for", () => {
    const state = story().running().fold();
    const clock = clockOf(theTarget(state), state, ms(6));
    assert.deepEqual(numberOf(clock, 3), { say: "A stop would wait", seconds: 3, sub: "seconds", thin: true });
    assert.ok(Number.isNaN(numberOf(clock, -1).seconds), "for ever has no figures");
    assert.ok(Number.isNaN(numberOf(clockOf(null, EMPTY, ms(0)), null).seconds), "nothing is not zero");
  });

  it("counts as the clock does from then on", () => {
    const state = story().running().stop(5, 3).fold();
    const clock = clockOf(theTarget(state), state, ms(6));
    const { say, seconds, thin } = numberOf(clock, 3);
    assert.deepEqual([say, seconds, thin], [clock.say, clock.seconds, false]);
  });
});

describe("who handles the signal", () => {
  it("shows the chosen one among as many as there is room for", () => {
    const many = story().running();
    for (let at = 1; at <= 6; at += 1) many.process(1, 110 + at, { ppid: 100, ns_pid: 10 + at, comm: `child${at}` });
    const target = theTarget(many.fold());
    const rows = boardRows(target, [], ms(9));
    assert.equal(rows.length, 7);
    const first = treeOf(target, rows, TERM, rootOf(target)?.row ?? null);
    assert.deepEqual([first.rows.length, first.more, first.rows[0].selected], [3, 4, true]);
    const last = treeOf(target, rows, TERM, rows[6].row);
    assert.equal(last.rows.at(-1)?.selected, true);
    assert.equal(last.rows[0].cell.signal, "SIGTERM");
  });
});

describe("the step of the lesson", () => {
  const step = (/** @type {object} */ fields) =>
    /** @type {any} */ ({ actions: [{ stop: {} }], open: false, blocked: null, is: "next", see: [], ...fields });

  it("is the current one, else the last that was reached, else the first", () => {
    const [done, current, next] = [step({ is: "done" }), step({ is: "current" }), step({})];
    assert.equal(stepNow([done, current, next]), current);
    assert.equal(stepNow([done, next]), done);
    assert.equal(stepNow([next]), next);
    assert.equal(stepNow([]), null);
  });

  it("is done by a key only where its button could be pressed", () => {
    const open = step({ open: true });
    assert.equal(stepToDo([step({}), open]), open);
    assert.equal(stepToDo([step({ open: true, blocked: "it has ended" })]), null);
    assert.equal(stepToDo([step({ open: true, actions: [] })]), null);
  });

  it("begins again only when all of it is over", () => {
    const experiment = /** @type {any} */ ({ available: true });
    const clock = (/** @type {string} */ state) => /** @type {any} */ ({ state });
    const begins = (/** @type {object} */ shown) =>
      mayBegin(/** @type {any} */ ({ run, experiment, clock: clock("killed"), cut: null, ...shown }));
    assert.equal(begins({ run: null, clock: clock("none") }), true);
    assert.equal(begins({}), true);
    assert.equal(begins({ clock: clock("stopping") }), false);
    assert.equal(begins({ cut: { lanes: [{ over: true }, { over: false }] } }), false);
    assert.equal(begins({ experiment: null }), false);
  });
});

describe("an end", () => {
  it("is the verdict where there is one, else the plain result", () => {
    const target = theTarget(
      story().running().stop(5, 3).exits(8.1, 137).finished(8.1, { took_s: 3.1, exit_code: 137, killed: true }).fold(),
    );
    const result = resultOf(target);
    const verdict = endVerdict(target);
    assert.equal(verdict, null);
    assert.equal(said({ target, result, verdict }).say, result?.say);
    const told = { text: "Killed after 3.1 s: python3 has no handler.", said: [], request: 1 };
    assert.equal(said({ target, result, verdict: told }).say, "Killed after 3.1 s.");
  });
});
