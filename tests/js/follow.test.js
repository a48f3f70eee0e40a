import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { createFollow, createLead, pathOf } from "../../static/js/page/follow.js";

const FOCUS = { experiment: "pid-1", run: "r1", target: "r1.server", row: "100:7", present: false, at: "1" };

/** A viewer's tab. @param {{path?: string, kept?: string|null, role?: "driver"|"viewer"}} [at] */
const tab = ({ path = "/", kept = null, role = "viewer" } = {}) => {
  /** @type {string[]} */
  const went = [];
  const store = { value: /** @type {string|null} */ (kept) };
  const follow = createFollow({
    role,
    storage: { getItem: () => store.value, setItem: (_, value) => (store.value = value) },
    path: () => path,
    go: (to) => went.push(to),
  });
  return { follow, went, store };
};

describe("a viewer", () => {
  it("who comes by the link goes where the presenter is, once", () => {
    const { follow, went } = tab();
    assert.equal(follow.state(null), null, "nobody presents: nothing is said");
    assert.equal(follow.with(FOCUS), null);
    follow.with(FOCUS);
    assert.deepEqual(went, ["/runs/r1"]);
    follow.with({ ...FOCUS, run: "r2", present: true, at: "2" });
    assert.deepEqual(went, ["/runs/r1", "/runs/r2?stage"]);
  });

  it("looks at the same where it is there already, or can go there in its page", () => {
    assert.equal(tab({ path: "/runs/r1" }).follow.with(FOCUS), FOCUS);
    const { follow, went } = tab({ path: "/runs/r0", kept: "follow" });
    assert.equal(
      follow.with(FOCUS, (to) => to === "/runs/r1"),
      FOCUS,
    );
    assert.deepEqual(went, []);
  });

  it("who opened a link to something else is left there", () => {
    const { follow, went } = tab({ path: "/runs/r9" });
    assert.equal(follow.with(FOCUS), null);
    assert.deepEqual([follow.state(FOCUS), went], ["roam", []]);
  });

  it("roams by hand until it follows again, also on the next page", () => {
    const { follow, store } = tab({ path: "/runs/r1" });
    assert.equal(follow.state(FOCUS), "follow");
    follow.roam();
    assert.equal(follow.with(FOCUS), null);
    assert.equal(store.value, "roam");
    assert.equal(tab({ path: "/runs/r1", kept: "roam" }).follow.state(FOCUS), "roam");
    follow.toggle();
    assert.equal(follow.with(FOCUS), FOCUS);
  });

  it("who comes to a page where nobody can be led has chosen it, and may follow from there", () => {
    const { follow, went } = tab({ path: "/signals", kept: "follow" });
    assert.equal(follow.elsewhere(null), null, "nobody presents: nothing is said");
    assert.deepEqual([follow.elsewhere(FOCUS), went], ["roam", []]);
    follow.toggle();
    assert.deepEqual([follow.elsewhere(FOCUS), went], ["follow", ["/runs/r1"]]);
    assert.equal(tab({ path: "/runs", role: "driver" }).follow.elsewhere(FOCUS), null);
  });

  it("goes where the experiment is before it is started", () => {
    assert.equal(pathOf({ ...FOCUS, run: null }), "/experiments/pid-1");
    assert.equal(pathOf({ ...FOCUS, run: null, experiment: null }), null);
    assert.equal(pathOf({ ...FOCUS, run: "../x" }), "/runs/..%2Fx", "it leads nowhere else");
  });

  it("is nobody who drives", () => {
    const { follow, went } = tab({ role: "driver" });
    assert.equal(follow.with(FOCUS), null);
    assert.deepEqual([follow.state(FOCUS), went], [null, []]);
  });
});

describe("the presenter's page", () => {
  it("tells what is another, and of several changes only the last", async () => {
    /** @type {any[]} */
    const asked = [];
    /** @type {(() => void)[]} */
    const answers = [];
    const lead = createLead({
      ask: (what) => {
        asked.push(what);
        return new Promise((resolve) => answers.push(() => resolve({})));
      },
    });
    const { at: _, ...what } = FOCUS;
    lead.tell(what);
    lead.tell({ ...what });
    lead.tell({ ...what, row: "101:8" });
    lead.tell({ ...what, row: "102:9" });
    assert.equal(asked.length, 1, "one at a time");
    answers[0]();
    await new Promise(setImmediate);
    assert.deepEqual(
      asked.map(({ row }) => row),
      ["100:7", "102:9"],
    );
    answers[1]();
    await new Promise(setImmediate);
    lead.again();
    lead.tell({ ...what, row: "102:9" });
    assert.equal(asked.length, 3, "another may have led meanwhile");
  });
});
