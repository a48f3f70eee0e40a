import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { flat, wordsOf } from "./flat.js";

const { doctorView } = await import("../../../static/js/views/doctor.js");

const ADVICE = {
  kind: "init",
  text: "Run it with --init, or handle SIGTERM.",
  note: "It takes a new container.",
  at: [{ place: "docker run", lines: ["docker run --init shop:7"] }],
};

/** @param {object} [over] @returns {any} */
const container = (over = {}) => ({
  ...{ id: "c0ffee", name: "web", image: "shop:7", status: "running", target: "", ours: false, protected: false },
  ...{ is_lab: false, holds: false, unheard: "app (pid 7) has a handler for SIGTERM and is never told." },
  stop: {
    ...{ signal: "SIGTERM", timeout_s: 10, outcome: "sigkill", sure: true, say: "SIGKILL after 10 s" },
    ...{ why: "PID 1 has no handler.", because: [], fix: ADVICE.text, advice: ADVICE },
  },
  seen: { by: "proc", missing: "", allow: "" },
  facts: [{ name: "init", value: "no", source: "PID 1 is python3", means: "" }],
  graces: [
    { path: "docker stop", seconds: 10, source: "the engine's default", applies: true, lines: [] },
    { path: "Swarm update", seconds: null, source: "not a task of a service", applies: false, lines: [] },
    { path: "docker compose down", seconds: null, source: "Compose 1.29.2 reads its file", applies: true, lines: [] },
  ],
  findings: [{ check: "killed", text: "It is killed.", advice: ADVICE }],
  processes: [
    { pid: 70, ns_pid: 7, ppid: 1, name: "app", argv: ["app"], state: "S", fate: "handler", catches: true, why: "" },
  ],
  more_processes: 0,
  rehearsed: null,
  ...over,
});

const ACTS = {
  onCopy: () => undefined,
  onRehearse: () => undefined,
  onMean: () => undefined,
  onMeant: () => undefined,
};
const SLICE = { title: "Why?", looks: true, copied: null, drives: false, foreign: false, meant: null, done: [] };

/** @param {any[]} containers @param {Record<string, any>} more */
const drawnFor = (containers, more) => doctorView({ ...SLICE, ...more, report: { holds: null, containers } }, 0, ACTS);

/** @param {any[]} containers */
const drawn = (...containers) => drawnFor(containers, {});

describe("the doctor's page", () => {
  it("tells why, who is never told, what helps once, and each grace with its source", () => {
    const words = wordsOf(drawn(container()));
    assert.match(words, /1 would be killed, 0 stop in time/);
    assert.match(words, /app \(pid 7\) has a handler for SIGTERM and is never told/);
    assert.equal(words.split(ADVICE.text).length - 1, 1);
    assert.match(words, /docker stop 10 s the engine's default/);
    assert.match(words, /docker compose down unknown Compose 1\.29\.2/);
    assert.doesNotMatch(words, /Swarm/);
    assert.match(words, /7 app runs its handler/);
  });

  it("has nothing to press but Copy", () => {
    const all = [container(), container({ protected: true }), container({ is_lab: true }), container({ ours: true })];
    for (const each of all) {
      const buttons = flat(drawn(each)).match(/<button[^>]*class="([^"]*)/g) ?? [];
      assert.ok(buttons.length > 0);
      for (const button of buttons) assert.match(button, /btn-copy/);
    }
  });

  it("lets a driver rehearse on a copy, but never of what is nobody's to copy, and says what one showed", () => {
    const buttons = (/** @type {any} */ over, drives = true) =>
      (wordsOf(drawnFor([container(over)], { drives })).match(/Rehearse (on a copy|again)/g) ?? []).join();
    assert.equal(buttons({}), "Rehearse on a copy");
    assert.equal(buttons({}, false) + buttons({ is_lab: true }) + buttons({ protected: true }), "");
    const rehearsed = { run: "r7", at: "2026-12-01T00:00:00Z", text: "As it is: SIGKILL. That holds." };
    assert.equal(buttons({ rehearsed }), "Rehearse again");
    const seen = drawn(container({ rehearsed }));
    assert.match(wordsOf(seen), /On a copy: As it is: SIGKILL\. That holds\. Open run 7/);
    assert.match(flat(seen), /href=\/runs\/r7/);
    assert.match(wordsOf(drawn(container({ rehearsed: { ...rehearsed, run: null } }))), /That holds\. What would help/);
  });

  it("offers it beside the row, with one click, where the forecast is open", () => {
    const offered = (/** @type {any} */ over, drives = true) =>
      /doc-try/.test(flat(drawnFor([container({ holds: null, ...over })], { drives })));
    assert.ok(offered({}));
    const rehearsed = { run: "r7", at: "2026-12-01T00:00:00Z", text: "That holds." };
    for (const over of [{ holds: false }, { holds: true }, { is_lab: true }, { protected: true }, { rehearsed }])
      assert.ok(!offered(over), JSON.stringify(over));
    assert.ok(!offered({}, false));
  });

  it("acts on others' containers only where that is allowed, and asks once more by name", () => {
    const buttons = (/** @type {any} */ over, /** @type {any} */ more) =>
      (wordsOf(drawnFor([container(over)], more)).match(/(Stop|Send) (…|\S+)|Cancel/g) ?? []).join();
    const open = { drives: true, foreign: true };
    assert.equal(buttons({}, open), "Stop …,Send …");
    for (const over of [{ is_lab: true }, { protected: true }, { ours: true }]) assert.equal(buttons(over, open), "");
    assert.equal(buttons({}, { drives: true }) + buttons({}, { foreign: true }), "");
    const { id, name } = container();
    const meant = { container: id, name, what: "signal", signal: "SIGHUP" };
    assert.match(wordsOf(drawnFor([container()], { ...open, meant })), new RegExp(`Send SIGHUP to ${name} Cancel`));
    const stop = wordsOf(drawnFor([container()], { ...open, meant: { ...meant, what: "stop" } }));
    assert.match(stop, new RegExp(`Stop ${name} with SIGHUP Cancel`));
    const done = [{ id: 1, at: "2026-12-01T00:00:00Z", text: `${name} left after 0.2 s.` }];
    assert.match(wordsOf(drawnFor([], { done })), /left after 0\.2 s/);
  });

  it("leads to the run of what is the lab's own, and says of others whose they are", () => {
    assert.match(flat(drawn(container({ ours: true, target: "r12.server" }))), /href=\/runs\/r12/);
    assert.match(wordsOf(drawn(container())), /Not of this lab/);
    assert.match(wordsOf(drawn(container({ protected: true }))), /Protected by its label/);
    assert.match(wordsOf(drawn(container({ is_lab: true }))), /The lab itself runs in it/);
  });

  it("says that nothing runs, and what it waits for", () => {
    assert.match(wordsOf(drawn()), /No container runs on this engine/);
    const waits = doctorView({ ...SLICE, report: null }, 0, ACTS);
    assert.match(wordsOf(waits), /Looking at the containers/);
  });
});
