import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { entriesOf, found, score } from "../../static/js/selectors/palette.js";
import { story, theTarget } from "./story.js";

const target = theTarget(story().running().fold());
const signals = /** @type {any[]} */ ([
  { name: "SIGTERM", number: 15, meaning: "Please leave" },
  { name: "SIGKILL", number: 9, meaning: "End now. Cannot be caught" },
  { name: "SIGTSTP", number: 20, meaning: "Stop, from the terminal" },
]);
const experiments = /** @type {any[]} */ ([
  { id: "pid-1", title: "PID 1 ignores what it does not handle", group: "Containers", available: true },
  { id: "stop-timeout", title: "Three timeouts side by side", group: "Containers", available: false },
  { id: "hang-up", title: "When the terminal goes away", group: "Processes", available: true },
]);
const runs = /** @type {any[]} */ ([{ run: "r7", number: 7, title: "With --init", status: "finished" }]);

/** @param {object} [known] @param {string} [query] */
const entries = (known = {}, query = "") =>
  entriesOf(
    /** @type {any} */ ({
      ...{ role: "driver", page: "stage", experiments, runs, target, targets: [], signals, canStop: true },
      ...{ stopping: false, mayStart: false, step: "", command: "docker run server", presenting: false, large: true },
      ...{ led: null, alone: false, ...known },
    }),
    query,
  );

/** The first that is found. @param {string} query @param {object} [known] */
const first = (query, known) => found(entries(known, query), query)[0]?.id;

describe("the palette", () => {
  it("finds by any letters in their order, and best what begins words", () => {
    assert.equal(first("term"), "signal-15");
    assert.equal(first("sgtrm"), "signal-15");
    assert.equal(first("15"), "signal-15");
    assert.equal(first("kill"), "signal-9");
    assert.equal(first("kill now", { stopping: true }), "kill");
    assert.equal(first("pid 1"), "experiment-pid-1");
    assert.equal(first("init"), "run-r7");
    assert.equal(first("dark"), "theme-dark");
    assert.equal(first("high"), "theme-contrast");
    assert.equal(first("copy"), "copy");
    assert.equal(first("qxz"), undefined);
    assert.ok(score("st", "stop with 3 s") > score("st", "signal test"));
    assert.equal(score("ba", "ab"), -1);
  });

  it("stops with any number of seconds", () => {
    assert.equal(first("stop 7"), "stop-7");
    assert.equal(first("7 stop"), "stop-7");
    assert.equal(first("stop 3"), "stop-3");
    assert.equal(first("stop never"), "stop--1");
    assert.equal(first("stop 9999"), undefined, "not longer than the lab waits");
    assert.equal(first("stop 7", { canStop: false }), undefined);
  });

  it("gives a viewer nothing that acts, and one's own ways", () => {
    const seen = entries({ role: "viewer", led: "follow", mayStart: true, step: "Stop it", stopping: true });
    const acts = seen.flatMap(({ act }) => (act ? [act.kind] : []));
    assert.deepEqual(new Set(acts), new Set(["present", "follow", "copy", "theme", "help"]));
    assert.ok(seen.some(({ href }) => href === "/runs/r7"));
  });

  it("turns between lanes and a whole fall where there are several targets", () => {
    const two = /** @type {any[]} */ ([target, { ...target, id: "r1.other", name: "other" }]);
    assert.equal(first("whole fall", { targets: two }), "whole");
    assert.notEqual(first("whole fall"), "whole");
    assert.notEqual(first("whole fall", { targets: two, large: false }), "whole");
  });

  it("sends to nobody where there is nobody", () => {
    const ids = entries({ target: null, page: "home", canStop: false, command: "" }).map(({ id }) => id);
    assert.ok(!ids.some((id) => /^(signal|stop|copy|present)/.test(id)));
    assert.ok(ids.includes("experiment-pid-1"));
  });

  it("leads nowhere from a report", () => {
    assert.ok(!entries({ alone: true, role: "viewer" }).some(({ href }) => href));
  });

  it("names each of them once, and says that something is not possible here", () => {
    const all = entries({ targets: [target, { ...target, id: "r1.other", name: "other" }], stopping: true });
    assert.equal(new Set(all.map(({ id }) => id)).size, all.length);
    assert.match(all.find(({ id }) => id === "experiment-stop-timeout")?.more ?? "", /not possible here/);
    assert.equal(
      first("other", { targets: [target, { ...target, id: "r1.other", name: "other" }] }),
      "target-r1.other",
    );
  });
});
