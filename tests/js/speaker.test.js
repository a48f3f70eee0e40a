import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { elapsed } from "../../static/js/selectors/speaker.js";

describe("the time of a talk", () => {
  it("is said as a clock says it", () => {
    assert.equal(elapsed(0), "0:00");
    assert.equal(elapsed(7_900), "0:07");
    assert.equal(elapsed(425_000), "7:05");
    assert.equal(elapsed(3_723_000), "1:02:03");
    assert.equal(elapsed(-5), "0:00");
  });
});
