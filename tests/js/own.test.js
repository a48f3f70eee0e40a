import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { flat, wordsOf } from "./views/flat.js";

const { remember, remembered } = await import("../../static/js/page/own.js");
const { NOTHING, fieldOf, ownCount, ownRequest } = await import("../../static/js/selectors/own.js");
const { ownView } = await import("../../static/js/views/own.js");
const none = () => undefined;
const handlers = { onOwn: none, onStartOwn: none, onCopy: none };

/** @param {object} fields @returns {import("../../static/js/selectors/own.js").Own} */
const own = (fields) => ({ ...NOTHING, ...fields });
/** @param {object} fields @param {object} [slice] */
const shown = (fields, slice = {}) =>
  ownView(
    { own: own(fields), engine: true, asked: false, line: "", problem: null, copied: null, ...slice },
    0,
    handlers,
  );

describe("a command or an image of one's own", () => {
  it("is started only when there is something to start", () => {
    assert.deepEqual(ownRequest(own({ host: "process", image: "x", command: "a b" })), {
      host: "process",
      command: ["a", "b"],
    });
    assert.equal(ownRequest(own({ host: "process" })), null);
    assert.deepEqual(ownRequest(own({ image: " nginx " })), { host: "container", command: [], image: "nginx" });
    assert.equal(ownRequest(own({})), null);
    assert.equal(ownRequest(own({ image: "x", entrypoint: "'" })), null);
  });

  it("asks with the API's names for what was set, and for nothing else", () => {
    const all = own({
      image: "nginx",
      command: "-g x",
      init: true,
      pidHost: true,
      tty: true,
      stdin: true,
      stopSignal: " QUIT ",
      stopTimeout: "−1",
      entrypoint: "tini --",
      memory: "64m",
      user: "1000:1000",
      workdir: "/srv",
      env: "A=1\n\nB = x=y \nC",
    });
    assert.deepEqual(ownRequest(all), {
      host: "container",
      command: ["-g", "x"],
      image: "nginx",
      options: {
        init: true,
        pid_mode: "host",
        tty: true,
        stdin_open: true,
        stop_signal: "QUIT",
        stop_timeout_s: -1,
        entrypoint: ["tini", "--"],
        memory: "64m",
        user: "1000:1000",
        workdir: "/srv",
        env: { A: "1", B: " x=y ", C: "" },
      },
    });
    assert.equal(ownCount(all), 11);
    assert.deepEqual(ownRequest({ ...all, host: "sandbox", workdir: "/tmp" })?.options, {
      env: { A: "1", B: " x=y ", C: "" },
      cwd: "/tmp",
    });
    assert.equal(ownRequest(own({ image: "x", stopTimeout: "soon" }))?.options?.stop_timeout_s, "soon");
    assert.equal(ownRequest(own({ image: "x", stopTimeout: "0" }))?.options?.stop_timeout_s, 0);
  });

  it("says which fence is around it", () => {
    assert.match(flat(shown({ image: "nginx" })), /No network, no capabilities/);
    assert.match(flat(shown({ image: "nginx", unfenced: true })), /usual capabilities, and a network/);
    assert.deepEqual(ownRequest(own({ image: "nginx", unfenced: true }))?.options, { fence: "docker" });
  });

  it("says what is missing", () => {
    assert.match(flat(shown({ image: "nginx" }, { engine: false })), /Needs Docker/);
    assert.match(flat(shown({ command: '"' })), /not closed/);
  });

  it("shows what the lab refuses at the option that it is about", () => {
    const problem = {
      what: "This cannot be started.",
      error: "memory: 'x' is no amount",
      hint: "Such as 256m.",
      code: "bad_request",
    };
    const drawn = shown({ image: "nginx", memory: "x", open: true }, { problem });
    assert.match(wordsOf(drawn), /This cannot be started\. memory: 'x' is no amount\. Such as 256m\. bad_request/);
    assert.match(flat(drawn), /name=memory aria-invalid=true/);
    assert.match(flat(drawn), /name=user aria-invalid=false/);
    assert.equal(fieldOf("env.A: no string"), "env");
    assert.equal(fieldOf("It was refused"), "");
  });

  it("shows the command line that it is", () => {
    assert.match(wordsOf(shown({ image: "nginx" }, { line: "docker run -d nginx" })), /docker run -d nginx/);
    assert.match(wordsOf(shown({ image: "nginx", init: true, memory: "9m" })), /Options 2 set/);
  });

  it("is kept for this tab, and what is no such thing is not believed", () => {
    /** @type {Map<string, string>} */
    const kept = new Map();
    const storage = /** @type {any} */ ({
      getItem: (/** @type {string} */ key) => kept.get(key) ?? null,
      setItem: (/** @type {string} */ key, /** @type {string} */ value) => kept.set(key, value),
    });
    const typed = own({ image: "nginx", init: true });
    assert.deepEqual(remembered(storage), NOTHING);
    remember(storage, typed);
    assert.deepEqual(remembered(storage), typed);
    kept.set([...kept.keys()][0], '{"host": "moon", "image": 7}');
    assert.deepEqual(remembered(storage), NOTHING);
    kept.set([...kept.keys()][0], "{");
    assert.deepEqual(remembered(storage), NOTHING);
    assert.deepEqual(remembered(undefined), NOTHING);
  });
});
