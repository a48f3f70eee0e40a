import assert from "node:assert/strict";
import { describe, it } from "node:test";

import { createClock } from "../../static/js/page/clock.js";
import {
  clockTime,
  duration,
  firstLine,
  plain,
  relative,
  seconds,
  shortened,
  timeMs,
} from "../../static/js/words/text.js";

describe("the server's time", () => {
  const T = Date.parse("2025-11-23T13:00:00Z");
  const iso = (/** @type {number} */ ms) => new Date(T + ms).toISOString();
  const clock = () => {
    const here = { ms: 1000 };
    return { here, clock: createClock({ monotonic: () => here.ms, wall: () => T + 99_000 }) };
  };

  it("is the browser's own until the server has said something", () => {
    assert.equal(clock().clock.now(), T + 99_000);
  });

  it("is taken from the quickest answer", () => {
    const { here, clock: it } = clock();
    here.ms = 1400;
    it.sync(iso(50_000), 1000, 1400);
    assert.equal(it.now(), T + 50_200);
    here.ms = 2010;
    it.sync(iso(50_700), 2000, 2010);
    assert.equal(it.now(), T + 50_705);
    here.ms = 2600;
    it.sync(iso(51_200), 2100, 2600);
    assert.equal(it.now(), T + 51_295, "a slower answer that agrees changes nothing");
  });

  it("is put forward by a heartbeat that shows it to be behind", () => {
    const { here, clock: it } = clock();
    it.sync(iso(50_000), 1000, 1000);
    here.ms = 3000;
    it.heartbeat(iso(51_900));
    assert.equal(it.now(), T + 52_000, "it was on its way for 100 ms: nothing new");
    it.heartbeat(iso(52_080));
    assert.equal(it.now(), T + 52_080);
  });

  it("waits instead of going back a little, and goes back when a clock was set", () => {
    const { here, clock: it } = clock();
    it.sync(iso(50_400), 1000, 1400);
    here.ms = 1400;
    const before = it.now();
    it.sync(iso(50_000), 1395, 1400);
    assert.equal(it.now(), before);
    here.ms = 2200;
    assert.equal(it.now(), T + 50_802.5);
    it.sync(iso(20_000), 2200, 2200);
    assert.equal(it.now(), T + 20_000);
  });
});

describe("times in words", () => {
  it("keep microseconds", () => {
    const ms = timeMs("2025-11-23T13:00:00.123456Z") - Date.parse("2025-11-23T13:00:00Z");
    assert.equal(ms.toFixed(3), "123.456");
    assert.equal(timeMs("2025-11-23T13:00:00Z"), Date.parse("2025-11-23T13:00:00Z"));
    assert.equal(timeMs("2025-11-23T14:00:00.5+01:00"), Date.parse("2025-11-23T13:00:00.500Z"));
  });

  it("are told from a zero with a sign of their own", () => {
    assert.deepEqual(
      [relative(1010, 1000), relative(0, 2084), relative(5, 5), relative(4.9, 5)],
      ["+0.010", "−2.084", "+0.000", "+0.000"],
    );
  });

  it("are as long as needed", () => {
    const shown = [0, 59_999, 134_000, 3_600_000, 3_900_000, 187_200_000].map(duration);
    assert.deepEqual(shown, ["0 s", "59 s", "2 min 14 s", "1 h", "1 h 5 min", "2 d 4 h"]);
    assert.deepEqual([0.149, 3.12, 9.96, 10, 131.4, null].map(seconds), [
      "0.15 s",
      "3.1 s",
      "10.0 s",
      "10.0 s",
      "131 s",
      "unknown time",
    ]);
    assert.match(clockTime(Date.now()), /^\d\d:\d\d:\d\d$/);
  });
});

describe("a program's own words", () => {
  it("lose what a terminal would act on", () => {
    assert.equal(plain("\x1b[1;31mred\x1b[0m\x07 \x1b]0;title\x07ok\x1b(B\x9b31m"), "red ok31m");
    assert.equal(plain("a\r\nb\rc\td"), "a\nb\nc\td");
  });

  it("are cut by characters, not in the middle of one", () => {
    assert.equal(shortened("👍".repeat(5), 3), "👍👍…");
    assert.equal(firstLine("\n  \n  first  \nsecond"), "first");
    assert.equal(firstLine(" \r\n"), "");
    assert.equal(firstLine("x".repeat(100)).length, 60);
  });
});
