import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { axisOver } from "../../static/js/selectors/fall/axis.js";
import { along, pointsOf } from "../../static/js/selectors/fall/points.js";
import { fitted, panned, showing, zoomedAxis, zoomedBy } from "../../static/js/selectors/fall/zoom.js";
import { fallOf, recordOf } from "../../static/js/selectors/index.js";
import { ms, story, theTarget } from "./story.js";

const SEEN = { engine: null, engineLostMs: null, kernel: null };
const ENGINE = { sender_kind: "engine", sender: "the engine", sender_pid: 77, generated: "queued" };

/** @param {number} value @param {number} wanted */
const near = (value, wanted) => assert.ok(Math.abs(value - wanted) < 0.001, `${value} is not ${wanted}`);

const whole = axisOver(ms(1), 10, ms(1));
const time = { zeroMs: ms(1), whole: whole.whole, window: whole.window };
/** @param {import("../../static/js/selectors/fall/zoom.js").Zoom|null} zoom */
const at = (zoom) => ({ ...time, window: zoom ?? time.whole });

describe("looking closely", () => {
  it("maps a part of the time on the whole width, with ticks of its own", () => {
    const axis = zoomedAxis(whole, { zeroMs: ms(1), fromS: -0.01, toS: 0.07 });
    near(axis.x(ms(1)), 12.5);
    near(axis.x(ms(1.07)), 100);
    assert.deepEqual(
      axis.ticks.map(({ label }) => label),
      ["−0.01", "0", "0.01", "0.02", "0.03", "0.04", "0.05", "0.06", "0.07"],
    );
    assert.equal(zoomedAxis(whole, { zeroMs: ms(2), fromS: 0, toS: 1 }), whole, "that was about another zero");
    assert.equal(zoomedAxis(whole, null), whole);
  });

  it("goes in steps of two, keeps one moment in its place and never leaves the whole", () => {
    const closer = zoomedBy(time, 1, 5);
    assert.ok(closer);
    near(closer.toS - closer.fromS, 6.2);
    near((5 - closer.fromS) / 6.2, (5 + 1.2) / 12.4);
    assert.equal(zoomedBy(at(closer), -1, 5), null, "all of it");
    const edge = zoomedBy(time, 1, -1.2);
    near(edge?.fromS ?? 0, -1.2);
    let deep = zoomedBy(time, 1, 0);
    for (let step = 0; step < 40; step += 1) deep = zoomedBy(at(deep), 1, 0);
    near((deep?.toS ?? 0) - (deep?.fromS ?? 0), 0.002);
  });

  it("moves by a share of what is seen, up to the edges", () => {
    const part = zoomedBy(time, 1, 5);
    const later = panned(at(part), 0.25);
    near((later?.fromS ?? 0) - (part?.fromS ?? 0), 6.2 / 4);
    near(panned(at(part), 9)?.toS ?? 0, 11.2);
  });

  it("fits what happened, and follows who walks out of it", () => {
    const fit = fitted(time, [ms(1), ms(1.02), ms(1.07)]);
    assert.ok(fit && fit.fromS < 0 && fit.toS > 0.07 && fit.toS < 0.1);
    assert.equal(fitted(time, []), null);
    assert.equal(showing(at(fit), fit, ms(1.05)), fit);
    const there = showing(at(fit), fit, ms(4));
    assert.ok(there && there.fromS < 3 && there.toS > 3);
  });
});

describe("what can be pointed at", () => {
  const told = story()
    .running()
    .process(0.4, 201, { comm: "a", ppid: 100 })
    .stop(1, 10)
    .engineKill(1.03, "SIGTERM")
    .kernel(1.01, "SIGTERM", ENGINE)
    .kernel(1.02, "SIGTERM", { delivered: "handler" })
    .kernel(1.04, "SIGTERM", {
      ...{ pid: 201, ns_pid: 7, comm: "a", sender_kind: "process", sender: "python3", sender_pid: 100 },
      generated: "queued",
    });
  const state = told.fold();
  const points = (/** @type {import("../../static/js/selectors/fall/zoom.js").Zoom|null} */ zoom = null) => {
    const fall = fallOf(theTarget(state), ms(2), SEEN);
    assert.ok(fall.time);
    return pointsOf(fall, { ...fall.time, window: zoom ?? fall.time.whole }, recordOf(state, null));
  };

  it("is each recorded mark once, in order of time, with its sentence, and no forecast", () => {
    assert.deepEqual(
      points().map(({ when, author, lane, place, text }) => [when, author, lane, place, text]),
      [
        ["+0.000", "person", "person", 0, "the driver asks for a stop, timeout 10 s"],
        ["+0.010", "kernel", "kernel", 0, "SIGTERM to python3 (1): queued, from the engine"],
        ["+0.020", "kernel", "program", 0, "python3 (1) runs its handler for SIGTERM"],
        ["+0.030", "engine", "engine", 0, "SIGTERM to server"],
        ["+0.040", "kernel", "program", 1, "python3 → a: SIGTERM, waits"],
      ],
    );
  });

  it("has its place in what is looked at, and is still there outside of it", () => {
    const seen = points({ zeroMs: ms(1), fromS: 0.01, toS: 0.03 });
    assert.equal(seen.length, 5);
    near(seen[2].x, 50);
    assert.ok(seen[0].x < 0 && seen[4].x > 100);
  });

  it("is walked along, and not beyond its ends", () => {
    const all = points();
    const [first, second, last] = [all[0], all[1], all[4]];
    assert.equal(along(all, first.id, 1), second);
    assert.equal(along(all, first.id, -1), first);
    assert.equal(along(all, last.id, 1), last);
    assert.equal(along(all, null, -1), last);
  });

  it("is nothing before anything was asked", () => {
    assert.equal(fallOf(theTarget(story().running().fold()), ms(5), SEEN).time, null);
  });

  it("shows the words of what is in sight only", () => {
    const fall = fallOf(theTarget(state), ms(2), SEEN, undefined, [], { zeroMs: ms(1), fromS: 0.035, toS: 0.05 });
    assert.ok(fall.marks.every(({ x }) => x >= -1 && x <= 101));
    assert.equal(fall.way?.hops.length, 1);
  });
});
