import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { fallOf } from "../../../static/js/selectors/index.js";
import { ms, story, theTarget } from "../story.js";
import { flat } from "./flat.js";

const { fallView, numbered } = await import("../../../static/js/views/fall.js");

const SEEN = { engine: null, engineLostMs: null, kernel: null };

/** A stop that python3 passes on to its child. */
const passedOn = () =>
  story()
    .running()
    .process(0.4, 201, { comm: "a", ppid: 100 })
    .stop(1, 3)
    .engineKill(1.01, "SIGTERM")
    .kernel(1.01, "SIGTERM", { sender_kind: "engine", sender: "the engine", sender_pid: 77, generated: "queued" })
    .kernel(1.2, "SIGTERM", {
      ...{ pid: 201, ns_pid: 7, comm: "a" },
      ...{ sender_kind: "process", sender: "python3", sender_pid: 100, generated: "queued" },
    });

describe("the numbers below the lines", () => {
  const tenths = Array.from({ length: 11 }, (_, index) => ({ x: index * 10, label: String(index / 10) }));
  const seconds = tenths.map(({ x }, index) => ({ x, label: String(index) }));
  /** @param {{label: string}[]} ticks */
  const labels = (ticks) => ticks.map(({ label }) => label);

  it("do not run into each other on a phone", () => {
    assert.deepEqual(labels(numbered(tenths, "s")), ["0", "0.5", "1"]);
    assert.deepEqual(numbered(seconds, "s"), seconds);
  });

  it("are all there where there is room", () => {
    assert.deepEqual(numbered(tenths, "m"), tenths);
  });
});

describe("the processes of the program's lane", () => {
  const fall = fallOf(theTarget(passedOn().fold()), ms(2), SEEN);

  it("have a life and a name each, and a line from sender to receiver", () => {
    const wide = flat(fallView({ fall, size: "m" }));
    assert.match(wide, /class="fall-name"[^>]*>a</);
    assert.match(wide, /class="fall-hop"/);
    assert.match(wide, />SIGTERM from python3: waits</);
    assert.match(wide, /class="fall-root">python3</);
  });

  it("are one sentence on a phone", () => {
    const phone = flat(fallView({ fall, size: "s" }));
    assert.doesNotMatch(phone, /fall-hop|fall-name|fall-root/);
    assert.match(phone, />python3 → a: SIGTERM, waits</);
  });
});

describe("the marks of the fall", () => {
  const fall = fallOf(theTarget(passedOn().fold()), ms(2), SEEN);
  const point = { lane: /** @type {const} */ ("kernel"), place: 0, author: /** @type {const} */ ("kernel"), row: 7 };
  const points = [
    { ...point, id: 7, atMs: ms(1.01), x: 10, when: "+0.010", text: "SIGTERM to python3 (1): queued" },
    { ...point, id: 8, atMs: ms(1.2), x: 120, when: "+0.200", text: "SIGTERM to a (7): queued" },
  ];
  const none = () => undefined;
  const handlers = { onPoint: none, onKey: none, onWheel: none, onLook: none };
  const drawn = (over = {}) => {
    const cursor = { points, at: null, stop: 7, open: true, zoomed: false, ...over };
    return flat(fallView({ fall, size: "m", cursor }, 0, handlers));
  };

  it("are links to their lines, one of them a tab stop, named in full, beside the image and not in it", () => {
    const text = drawn();
    assert.match(
      text,
      /href="?#e7"? data-point="?7"? tabindex="?0"? aria-label="?\+0.010 s, Kernel: SIGTERM to python3 \(1\): queued, event 7/,
    );
    assert.match(text, /data-point="?8"? tabindex="?-1"?/);
    const [image, rest] = text.split('<svg class="fall-hits"');
    assert.match(image, /role="img"/);
    assert.doesNotMatch(image, /tabindex/);
    assert.match(rest, /role="group"/);
  });

  it("say what is pointed at in one place", () => {
    assert.doesNotMatch(drawn(), /fall-plate/);
    assert.match(drawn({ at: 8 }), /fall-plate".*\+0.200 s.*Kernel.*SIGTERM to a \(7\): queued.*event 8/);
  });

  it("have tools only where there is something to look at, and moving only where a part is looked at", () => {
    const said = (over = {}) => {
      const cursor = { points, at: null, stop: 7, open: true, zoomed: false, ...over };
      return flat(fallView({ fall, size: "m", cursor }, 0, handlers)).match(/\?data-open=(true|false)/g);
    };
    assert.deepEqual(said(), ["?data-open=true", "?data-open=false"]);
    assert.deepEqual(said({ zoomed: true }), ["?data-open=true", "?data-open=true"]);
    assert.deepEqual(said({ open: false }), ["?data-open=false", "?data-open=false"]);
  });

  it("are nothing in a figure that nobody can handle", () => {
    assert.doesNotMatch(flat(fallView({ fall, size: "m" })), /fall-hits|fall-tools/);
  });
});
