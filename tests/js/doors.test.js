import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { it } from "node:test";

/** Names that a module exports, and the module each is from, without the vendor's folder or extension. @param {string} name */
const exportsOf = (name) => {
  const text = readFileSync(new URL(`../../static/js/${name}`, import.meta.url), "utf8");
  const found = [...text.matchAll(/^export \{([^}]*)\} from "([^"]*)";$/gm)];
  return found.map(([, names, from]) => `${names.trim()} from ${from.replace("../vendor/", "")}`).sort();
};

for (const door of ["lit", "xterm"]) {
  it(`${door}.d.ts says what ${door}.js exports`, () => {
    const names = (/** @type {string} */ file) =>
      exportsOf(file)
        .map((line) => line.split(" from ")[0])
        .sort();
    assert.ok(names(`${door}.js`).length > 1);
    assert.deepEqual(names(`${door}.d.ts`), names(`${door}.js`));
  });
}
