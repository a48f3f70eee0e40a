import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { story, theTarget } from "../story.js";
import { flat, wordsOf } from "./flat.js";

const { askView } = await import("../../../static/js/views/ask.js");
const { catalogueView, hostWords, lackWords, nextLesson, tick } = await import("../../../static/js/views/catalogue.js");
const { homeView } = await import("../../../static/js/views/home.js");
const { isPaused, terminalHeadView, terminalOverView } = await import("../../../static/js/views/terminal.js");

const none = () => undefined;
/** @param {object} fields */
const experiment = (fields) =>
  /** @type {any} */ ({
    id: "x",
    title: "X",
    group: "G",
    question: "Why?",
    available: true,
    needs_engine: false,
    why_not: null,
    hosts: ["process"],
    last: null,
    ...fields,
  });
const SANDBOX = experiment({ id: "s", hosts: ["sandbox"], available: false, why_not: "this machine has no tini" });
const CONTAINER = experiment({
  id: "c",
  hosts: ["container"],
  needs_engine: true,
  available: false,
  why_not: "no engine",
});

describe("the catalogue", () => {
  it("ticks a lesson that has shown all that it had to show", () => {
    const last = { run: "r1", missed: 0, took_s: 1, exit_code: 0, killed: false };
    assert.match(wordsOf(tick({ last }, "cat-tick")), /seen to its end/);
    assert.match(wordsOf(tick({ last: { ...last, missed: 2 } }, "cat-tick")), /not all of it was seen/);
    assert.equal(wordsOf(tick({ last: null }, "cat-tick")).trim(), "");
  });

  it("says on what each runs, and needs Docker only where it does", () => {
    assert.equal(hostWords(experiment({ hosts: ["container", "process"] })), "container and process");
    assert.deepEqual(
      [lackWords(experiment({})), lackWords(SANDBOX), lackWords(CONTAINER)],
      ["", "not possible here", "needs Docker"],
    );
    const rail = catalogueView({ experiments: [experiment({}), SANDBOX, CONTAINER], current: "x" })
      .map(wordsOf)
      .join();
    assert.match(rail, /X process X sandbox, not possible here X needs Docker/);
  });

  it("goes on with the next lesson of the home page's order that can be done", () => {
    const all = [
      experiment({ id: "a", lesson: true }),
      experiment({ id: "b", group: "H", lesson: true }),
      experiment({ id: "c", lesson: true, available: false }),
      experiment({ id: "d", lesson: false }),
    ];
    const after = (/** @type {string} */ id) => nextLesson(all, id)?.id;
    assert.deepEqual([after("a"), after("d"), after("b"), after("other")], ["b", "b", undefined, undefined]);
  });

  it("says on the home page why something is not possible here", () => {
    assert.match(
      wordsOf(homeView({ experiments: [SANDBOX] })),
      /Not here: this machine has no tini sandbox not possible here/,
    );
    assert.match(wordsOf(homeView({ experiments: [CONTAINER] })), /X Why\? container needs Docker/);
  });

  it("tells which files cannot be used", () => {
    assert.match(
      wordsOf(homeView({ experiments: [], faults: ["a.toml:3: step 1 speaks of x"] })),
      /cannot be used a\.toml:3: step 1/,
    );
    assert.doesNotMatch(wordsOf(homeView({ experiments: [] })), /cannot be used/);
  });

  it("keeps the order it is given", () => {
    const shown = flat(homeView({ experiments: [experiment({ group: "B" }), experiment({ group: "A" })] }));
    assert.ok(shown.indexOf(">B<") < shown.indexOf(">A<"));
  });
});

describe("the line below the command", () => {
  const ask = (/** @type {object} */ slice) =>
    askView({ question: "Why?", equivalent: "x", copied: null, ...slice }, 0, { onCopy: none });

  it("says what is special, and where the ports are", () => {
    const shown = ask({ special: "It has `--init`.", ports: { "80/tcp": 32768 } });
    assert.match(flat(shown), /Special:<\/b> It has <code>--init<\/code>/);
    assert.match(flat(shown), /href=http:\/\/127\.0\.0\.1:32768\/ target="_blank" rel="noopener noreferrer"/);
    assert.match(wordsOf(shown), /at the lab’s 127\.0\.0\.1 port 80\/tcp of it, :32768/);
  });

  it("is there when there is nothing to say, so that nothing moves", () => {
    assert.match(flat(ask({})), /<div class="ask-more"> <\/div>/);
    assert.match(flat(ask({ equivalent: "" })), /<div class="ask-more">/);
  });
});

describe("the terminal's head", () => {
  const SLICE = { size: { cols: 80, rows: 24 }, role: /** @type {const} */ ("driver"), refused: "", lost: "" };
  /** @param {any} target @param {object} [slice] */
  const head = (target, slice = {}) => terminalHeadView({ ...SLICE, target, ...slice }, 0, { onPause: none });
  const container = (extra = {}) => story().running("container", extra);
  const frozen = container().add(1, "process_changed", { pid: 100, start: 1100, frozen: true });

  it("offers the freezer of a container to the driver", () => {
    assert.match(flat(head(theTarget(container().fold()))), /aria-pressed=false[^>]*>Pause</);
    assert.doesNotMatch(flat(head(theTarget(container().fold()), { role: "viewer" })), /Pause/);
    assert.doesNotMatch(flat(head(theTarget(story().running("process").fold()))), /Pause/);
    assert.doesNotMatch(flat(head(theTarget(container().exits(2, 0).fold()))), /Pause/);
  });

  it("says that it is paused", () => {
    const target = theTarget(frozen.fold());
    assert.equal(isPaused(target), true);
    assert.match(wordsOf(head(target)), /server, paused: its processes are frozen/);
    assert.match(flat(head(target)), /aria-pressed=true/);
  });

  it("says what it takes", () => {
    assert.match(wordsOf(head(theTarget(container().fold()))), /no input: this container has no terminal/);
    assert.match(wordsOf(head(theTarget(container({ stdin: true }).fold()))), /server, input by lines, no terminal/);
    assert.match(wordsOf(head(theTarget(container({ stdin: true, tty: true }).fold()))), /server, 80 × 24/);
  });

  it("lets the driver start what the run has left for later", () => {
    const later = { ...theTarget(story().running().fold()), status: /** @type {const} */ ("new"), later: true };
    const over = (/** @type {object} */ slice) =>
      terminalOverView({ target: later, build: null, role: "driver", live: true, ...slice }, 0, {
        onStartTarget: none,
        onStart: none,
        onCancelBuild: none,
      });
    assert.match(wordsOf(over({})), /server is not started yet: a step does that\. Start server now/);
    assert.doesNotMatch(wordsOf(over({ role: "viewer" })), /Start server/);
    assert.match(wordsOf(over({ live: false })), /^not started$/);
  });
});
