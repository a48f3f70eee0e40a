import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { fallMark } from "../../static/js/selectors/fall/marks.js";
import { narrowed, placed } from "../../static/js/selectors/fall/words.js";
import { fallOf } from "../../static/js/selectors/index.js";
import { ms, story, theTarget } from "./story.js";

/** @import { FallMark } from "../../static/js/wire/types.js" */

const CHARACTER = { wide: 1.05, s: 2.35, p: 2.2 };

/** @param {FallMark[]} marks */
const said = (marks) => marks.filter(({ text }) => text).map(({ text, below }) => [text, below ?? false]);

/** Marks on one row whose words lie on each other. @param {FallMark[]} marks @param {keyof typeof CHARACTER} width */
const crossed = (marks, width) => {
  const boxes = marks
    .filter(({ text }) => text)
    .map(({ x, text, lane, below, anchor }) => {
      const long = text.length * CHARACTER[width];
      return {
        text,
        row: `${lane} ${below ?? false}`,
        from: anchor === "end" ? x - long : x,
        to: anchor === "end" ? x : x + long,
      };
    });
  return boxes.flatMap((a, at) =>
    boxes
      .slice(at + 1)
      .filter((b) => a.row === b.row && a.from < b.to && b.from < a.to)
      .map((b) => `${a.text} on ${b.text}`),
  );
};

/** A program with a handler for everything, which is signalled in the middle of its stop. */
const interrupted = () => {
  const handled = { generated: "queued", delivered: "handler" };
  const told = story()
    .running("process")
    .stop(1, 10)
    .kernel(1.01, "SIGTERM", { sender_kind: "lab", sender: "signal-lab", ...handled })
    .prints(1.02, "TERM\n");
  for (const [s, signal] of /** @type {[number, string][]} */ ([
    [2, "SIGWINCH"],
    [2.6, "SIGWINCH"],
    [3.4, "SIGWINCH"],
  ]))
    told.kernel(s, signal, { sender_kind: "terminal", sender: "the terminal", ...handled }).prints(s + 0.01, "WINCH\n");
  return fallOf(theTarget(told.fold()), ms(5), { engine: null, engineLostMs: null, kernel: null });
};

describe("words of the fall", () => {
  it("lie on no others when signals come in the middle of a stop, at any width", () => {
    const { marks } = interrupted();
    assert.deepEqual(crossed(marks, "wide"), []);
    assert.deepEqual(crossed(narrowed(marks, "s", []), "s"), []);
    assert.deepEqual(crossed(narrowed(marks, "p", []), "p"), []);
  });

  it("of a phone are fewer, and what had no room on a wide screen is not said there in short", () => {
    const full = Array.from({ length: 4 }, (_, n) =>
      fallMark({ x: 10 + n, lane: "kernel", text: `SIGWINCH from ${n}`, brief: `SIGWINCH from ${n}` }),
    );
    const wide = placed(full);
    assert.deepEqual(said(wide), [
      ["SIGWINCH from 0", false],
      ["SIGWINCH from 1", true],
    ]);
    assert.deepEqual(said(narrowed(wide, "s", ["kernel/below"])), [["SIGWINCH from 0", false]]);
  });

  it("begin beside their mark: those of a bar farther from it, those before a mark end short of it", () => {
    const lid = fallMark({ x: 10, lane: "kernel", shape: "lid", text: "0123456789" }); // from 16.5 to 27
    const after = (/** @type {number} */ x) => said(placed([lid, fallMark({ x, lane: "kernel", text: "after" })]))[1];
    assert.deepEqual(after(24), ["after", true]);
    assert.deepEqual(after(27), ["after", false]);
  });

  it("give way to the one large sentence", () => {
    const headline = fallMark({ x: 40, lane: "program", text: "ended by SIGKILL", headline: true, shape: "cross" });
    const early = fallMark({ x: 38, lane: "program", text: "prints “TERM”" });
    assert.deepEqual(said(narrowed([early, headline], "s", ["program/below"])), [["ended by SIGKILL", false]]);
  });

  it("are as long as there is room to the edge, in presenter mode one for a lane", () => {
    const long = fallMark({ x: 50, lane: "program", text: "prints “a long line of a program that has much to say”" });
    const [short] = narrowed([long], "s", []);
    assert.match(short.text, /…$/);
    assert.ok(short.text.length * CHARACTER.s <= 50);
    const two = [
      fallMark({ x: 5, lane: "kernel", text: "one" }),
      fallMark({ x: 60, lane: "kernel", text: "two", headline: true }),
    ];
    assert.deepEqual(said(narrowed(two, "p", [])), [["two", false]]);
  });
});
