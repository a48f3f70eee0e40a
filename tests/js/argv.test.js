import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { argvOf } from "../../static/js/argv.js";
import { flat } from "./views/flat.js";

const { ownRequest, ownView } = await import("../../static/js/views/own.js");
const none = () => undefined;

describe("a command line that is typed", () => {
  it("becomes words as in a shell", () => {
    assert.deepEqual(argvOf("python3 -m  http.server"), ["python3", "-m", "http.server"]);
    assert.deepEqual(argvOf(`bash -c 'trap "echo hi" USR1' ""`), ["bash", "-c", 'trap "echo hi" USR1', ""]);
    assert.deepEqual(argvOf(String.raw`a\ b "c\"d" 'e\f'`), ["a b", 'c"d', String.raw`e\f`]);
    assert.deepEqual(argvOf("  "), []);
  });

  it("is refused while a quote is open", () => {
    assert.equal(argvOf("bash -c 'x"), null);
  });

  it("is started only when there is something to start", () => {
    assert.deepEqual(ownRequest({ host: "process", image: "x", command: "a b" }), {
      host: "process",
      command: ["a", "b"],
    });
    assert.equal(ownRequest({ host: "process", image: "", command: "" }), null);
    assert.deepEqual(ownRequest({ host: "container", image: " nginx ", command: "" }), {
      host: "container",
      command: [],
      image: "nginx",
    });
    assert.equal(ownRequest({ host: "container", image: "", command: "" }), null);
  });

  it("says what is missing", () => {
    const own = { host: /** @type {const} */ ("container"), image: "nginx", command: "" };
    const handlers = { onOwn: none, onStartOwn: none };
    assert.match(flat(ownView({ own, engine: false, asked: false }, 0, handlers)), /Needs Docker/);
    assert.match(
      flat(ownView({ own: { ...own, command: '"' }, engine: true, asked: false }, 0, handlers)),
      /not closed/,
    );
  });
});
