import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { argvOf } from "../../static/js/words/argv.js";

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
});
