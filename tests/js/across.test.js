/** From a process of one target to one of another: both ends, from events alone. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { EMPTY, reduce } from "../../static/js/reduce/index.js";
import { acrossOf, fallOf, lanesOf, withOthers } from "../../static/js/selectors/index.js";
import { ms, story } from "./story.js";

const SEEN = { engine: null, engineLostMs: null, kernel: null };
const UP = { sender_kind: "process", sender: "bash", sender_pid: 100, generated: "queued" };
const SERVER = { pid: 300, ns_pid: 300, comm: "server" };

/** Two targets; at 1 a person sends TERM to the first. @param {(down: ReturnType<typeof story>) => unknown} then - what its processes do to the second */
const two = (then) => {
  const up = story({ target: "r1.up" }).running("process");
  up.events[0].targets.push({ id: "r1.down", name: "down", host: "process", tty: false });
  up.add(1, "signal_requested", { author: "person", signal: "SIGTERM", by: "driver" }).kernel(1.01, "SIGTERM", {
    sender_kind: "lab",
    sender: "the lab",
    generated: "queued",
  });
  up.kernel(1.02, "SIGTERM", { delivered: "handler" });
  const down = story({ target: "r1.down", first: 100 })
    .add(0.2, "target_started", {
      ...{ pid: 300, start: 7, command: ["server"], equivalent: "server", stop_signal: "SIGTERM", stop_timeout_s: 10 },
    })
    .process(0.3, 300, { comm: "server", ns_pid: 300 });
  then(down);
  const state = [...up.events, ...down.events].reduce(reduce, EMPTY);
  return { state, run: state.runs.r1, all: acrossOf(state.runs.r1, state) };
};

/** @param {ReturnType<typeof two>} told @param {string} id */
const fallIn = ({ state, all }, id) => fallOf(withOthers(state.targets[id], all), ms(2), SEEN);

const heard = () =>
  two((down) =>
    down.kernel(1.1, "SIGUSR1", { ...SERVER, ...UP }).kernel(1.11, "SIGUSR1", { ...SERVER, delivered: "handler" }),
  );

describe("a signal from one target to another", () => {
  it("is a hop in both falls, and each names the other end with its target", () => {
    const told = heard();
    const [up, down] = ["r1.up", "r1.down"].map((id) => fallIn(told, id));
    assert.deepEqual(
      up.way?.hops.map(({ from, to, shape, say }) => [from, to, shape, say]),
      [[0, 1, "handle", "bash → server in down: SIGUSR1, handler"]],
    );
    assert.deepEqual(
      down.way?.hops.map(({ from, to, say }) => [from, to, say]),
      [[1, 0, "bash in up → server: SIGUSR1, handler"]],
    );
    assert.deepEqual([up.way?.places[1].name, down.way?.places[1].name], ["server in down", "bash in up"]);
    assert.equal(down.marks.find(({ headline }) => headline)?.text, "server runs its handler for SIGUSR1");
    assert.ok(!down.drops.some(({ top }) => top === "person"), "no person asked for it");
  });

  it("leaps from lane to lane, each end in its lane's own time", () => {
    const { state, run } = heard();
    const known = { witnesses: SEEN, experiment: null, signals: [], chosen: null, asked: undefined };
    const { leaps = [], lanes } = lanesOf(run, state, ms(2), known);
    assert.deepEqual(
      leaps.map(({ from, to, shape }) => [from, to, shape]),
      [[0, 1, "handle"]],
    );
    assert.ok(leaps[0].x0 > leaps[0].x1, "the first lane's time began with the person");
    assert.deepEqual(lanes[1].figure.drops, [], "nothing came from above");
    assert.match(lanes[1].label, /bash in up → server: SIGUSR1, handler/);
    assert.match(lanes[0].label, /bash → server in down: SIGUSR1, handler/);
    assert.deepEqual(lanesOf(run, state, ms(5), known).leaps, [], "it is no news any more");
  });

  it("is not what the target's own processes do, nor who had that pid long after", () => {
    const own = two((down) =>
      down.process(0.4, 301, { comm: "child" }).kernel(1.1, "SIGUSR1", { ...SERVER, ...UP, sender_pid: 301 }),
    );
    assert.deepEqual(own.all, []);
    assert.equal(withOthers(own.state.targets["r1.up"], own.all), own.state.targets["r1.up"]);
    const nobody = two((down) => down.kernel(1.1, "SIGUSR1", { ...SERVER, ...UP, sender_pid: 999 }));
    assert.deepEqual(nobody.all, []);
    assert.equal(acrossOf(own.run, own.state), acrossOf(own.run, own.state), "the same while nothing changed");
  });

  it("does not take the place of what a person has just sent", () => {
    const told = two((down) =>
      down
        .add(1.05, "signal_requested", { author: "person", signal: "SIGHUP", by: "driver" })
        .kernel(1.1, "SIGUSR1", { ...SERVER, ...UP }),
    );
    assert.match(fallIn(told, "r1.down").label, /^SIGHUP to server/);
  });
});
