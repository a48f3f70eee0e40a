import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { flat, wordsOf } from "./flat.js";

const { answersView } = await import("../../../static/js/views/answers.js");
const { filesView } = await import("../../../static/js/views/files.js");
const { lessonView } = await import("../../../static/js/views/lesson.js");

/** @import { LessonStep } from "../../../static/js/selectors/lesson.js" */

const none = () => undefined;
const SEEN = /** @type {const} */ ({ text: "exit `137`", is: "seen", event: 41, tookS: 1.62, why: "" });
/** @type {LessonStep} */
const STEP = {
  index: 0,
  say: "Stop it.",
  actions: [{ stop: {} }],
  is: "current",
  open: true,
  again: false,
  blocked: null,
  see: [SEEN],
  answers: [],
};
const ABOUT = { section: "PID 1", special: null, differs: null, learnt: ["The kernel drops it, signal(7)."] };
/** @param {Partial<Parameters<typeof lessonView>[0]>} slice @param {Partial<LessonStep>} [step] */
const lesson = (slice, step = {}) =>
  lessonView(
    {
      steps: [{ ...STEP, ...step }],
      role: "driver",
      asked: null,
      names: ["server"],
      over: false,
      about: ABOUT,
      copied: null,
      ...slice,
    },
    0,
    { onStep: none, onCopy: none },
  );

describe("the lesson's view", () => {
  it("links a tick to the event that proves it, with its time", () => {
    assert.match(flat(lesson({})), /href=#e41/);
    assert.match(wordsOf(lesson({})), /seen: exit 137 , after 1\.6 s 41/);
  });

  it("says when what must be seen is shown, and at the end where to go on", () => {
    const hushed = lesson({ hushed: "start" });
    assert.match(flat(hushed), /<section class="lesson" [^>]*data-hushed=start>/);
    assert.match(wordsOf(hushed), /Stop it\. Shown once it runs\./);
    const next = { href: "/experiments/tini?stage", title: "With tini" };
    assert.match(flat(lesson({ next, over: true })), /href=\/experiments\/tini\?stage[^>]*><span>Next: With tini/);
    assert.doesNotMatch(flat(lesson({ next })), /less-next/);
  });

  it("gives its button to the driver only, and only where it can be pressed", () => {
    assert.match(flat(lesson({})), /\?disabled=false [^>]*> Stop it</);
    assert.doesNotMatch(flat(lesson({ role: "viewer" })), /less-do/);
    assert.doesNotMatch(flat(lesson({}, { open: false })), /less-do/);
    assert.doesNotMatch(flat(lesson({}, { actions: [] })), /less-do/);
    const blocked = flat(lesson({}, { blocked: "server has ended" }));
    assert.match(blocked, /\?disabled=true/);
    assert.match(blocked, /<small>server has ended<\/small>/);
    assert.match(wordsOf(lesson({ asked: 0 })), /Asked …/);
  });

  it("strikes out what failed, says what came instead and offers to try again", () => {
    const see = [
      { ...SEEN, is: /** @type {const} */ ("failed"), event: null, tookS: null, why: "nothing was printed" },
    ];
    const shown = lesson({}, { see, again: true });
    assert.match(flat(shown), /<s>.*exit <code>137<\/code><\/s><small>nothing was printed/);
    assert.match(wordsOf(shown), /Again: Stop it/);
  });

  it("says why something cannot be seen here", () => {
    const see = [{ ...SEEN, is: /** @type {const} */ ("unseen"), event: null, tookS: null, why: "no trace" }];
    assert.match(wordsOf(lesson({}, { see })), /cannot be seen here: exit 137 no trace/);
  });

  it("does not tell what a later step is to show", () => {
    assert.doesNotMatch(wordsOf(lesson({}, { is: "next", open: false })), /exit/);
  });

  it("opens what was to be learnt at the end only, with its section", () => {
    assert.match(flat(lesson({})), /\?open=false> <summary>What is to be learnt/);
    const over = lesson({ over: true });
    assert.match(flat(over), /\?open=true> <summary>What was to be learnt/);
    assert.match(wordsOf(over), /In the tutorial: “ ?PID 1 ?”/);
    assert.match(
      wordsOf(lesson({ about: { ...ABOUT, section: null, differs: "It takes 10 s." } })),
      /Measured otherwise. It takes 10 s. Beyond the tutorial/,
    );
    assert.doesNotMatch(flat(lesson({ about: { ...ABOUT, learnt: [] } })), /less-learnt/);
  });
});

describe("an answer", () => {
  const EXEC = {
    id: 7,
    atMs: 0,
    command: ["ps", "x"],
    by: "driver",
    done: true,
    exitCode: 0,
    output: "PID\u001b[0m\n  1\n",
  };
  /** @param {object} exec */
  const ran = (exec) =>
    answersView([{ kind: "exec", target: "server", exec: /** @type {any} */ ({ ...EXEC, ...exec }) }], null, none)[0];
  const GET = {
    id: 8,
    atMs: 0,
    url: "http://127.0.0.1:32768/slow",
    by: "driver",
    done: false,
    status: null,
    received: 1_000_000,
    expected: 4_000_000,
    complete: false,
    tookS: null,
    error: null,
    text: "",
  };
  /** @param {object} download */
  const got = (download) =>
    answersView([{ kind: "get", target: "server", download: { ...GET, ...download } }], null, none)[0];

  it("is the command's output, plain, with its exit code", () => {
    assert.match(flat(ran({})), /<pre[^>]*>PID\n? ?1<\/pre>/);
    assert.match(wordsOf(ran({})), /ps x in server, exit 0/);
    assert.match(wordsOf(ran({ done: false, output: "" })), /running …/);
    assert.match(wordsOf(ran({ output: "" })), /it printed nothing/);
    assert.match(wordsOf(ran({ exitCode: null, output: "no ps here" })), /could not be run no ps here/);
  });

  it("shows how far a page has come, and how it ended", () => {
    assert.match(wordsOf(got({})), /1\.0 MB of 4\.0 MB so far/);
    assert.match(flat(got({})), /max=4000000 \.value=1000000/);
    assert.match(
      wordsOf(got({ done: true, complete: true, status: 200, received: 4_000_000, tookS: 6.1 })),
      /status 200 went on to its end: 4\.0 MB in 6\.1 s/,
    );
    assert.match(wordsOf(got({ done: true, status: 200, tookS: 2 })), /was cut after 2\.0 s, at 1\.0 MB of 4\.0 MB/);
    assert.match(flat(got({ done: true, status: 200, tookS: 2 })), /data-is=cut/);
    assert.match(
      wordsOf(got({ done: true, received: 0, expected: null, tookS: 5, error: "refused" })),
      /no answer after 5\.0 s: refused/,
    );
  });

  it("shows a short page itself, a long one only in numbers", () => {
    const whole = { done: true, complete: true, status: 200, tookS: 0.01, text: "It works.\n" };
    assert.match(flat(got({ ...whole, received: 10, expected: 10 })), /<pre[^>]*>It works\.<\/pre>/);
    assert.doesNotMatch(flat(got({ ...whole, received: 4_000_000 })), /<pre/);
  });
});

describe("a scratch file", () => {
  const FILE = { name: "watch.conf", text: "Hello\n", by: /** @type {string|null} */ (null), atMs: null, id: null };
  /** @param {object} slice @param {boolean} [mayEdit] */
  const file = (slice, mayEdit = true) =>
    filesView({ files: [{ file: FILE, draft: null, stale: false, asked: false, ...slice }], mayEdit }, 0, {
      onDraft: none,
      onSave: none,
      onDiscard: none,
    })[0];

  it("can be saved once it is another, by the driver", () => {
    assert.match(flat(file({})), /type="submit"[^>]*\?disabled=true>Save/);
    assert.match(flat(file({ draft: "x" })), /type="submit"[^>]*\?disabled=false>Save/);
    assert.match(wordsOf(file({ draft: "x" })), /not saved/);
    assert.match(flat(file({ draft: "x", asked: true })), /\?disabled=true>Asked …/);
    const watched = flat(file({}, false));
    assert.match(watched, /\?readonly=true/);
    assert.doesNotMatch(watched, /<button/);
  });

  it("says whose text it is, and when somebody else has written it under the draft", () => {
    const written = { ...FILE, by: "driver", atMs: 0, id: 9 };
    assert.match(wordsOf(file({})), /as the experiment made it/);
    assert.match(wordsOf(file({ file: written })), /written by the driver, \d\d:/);
    assert.match(wordsOf(file({ file: written, draft: "x", stale: true })), /the driver has written it meanwhile/);
  });

  it("has its name as its label", () => {
    assert.match(flat(file({})), /<label for=file-watch\.conf>watch\.conf<\/label>/);
    assert.match(flat(file({})), /<textarea id=file-watch\.conf/);
  });
});
