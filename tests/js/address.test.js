import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { describe, it } from "node:test";
import { linkTo, pathAt } from "../../static/js/words/address.js";

describe("addresses below a prefix", () => {
  it("begin with it", () => {
    assert.equal(linkTo("/runs/r1", "/lab"), "/lab/runs/r1");
    assert.equal(linkTo("/", "/lab"), "/lab/");
    assert.equal(linkTo("/runs"), "/runs");
  });

  it("stand for a path of the lab, with and without it", () => {
    assert.equal(pathAt("/lab/runs/r1", "/lab"), "/runs/r1");
    assert.equal(pathAt("/lab", "/lab"), "/");
    assert.equal(pathAt("/runs/r1", "/lab"), "/runs/r1");
    assert.equal(pathAt("/labels", "/lab"), "/labels");
    assert.equal(pathAt("/runs/r1"), "/runs/r1");
  });

  it("are written by it alone: no module has a link of its own", () => {
    const js = new URL("../../static/js/", import.meta.url);
    const own = /(?:href=|href: |assign\(|pushState\([^)]*, )["`]\/|href=\$\{[`"]\/|: `\/(?:runs|experiments|signals)/;
    for (const name of readdirSync(js, { recursive: true }).map(String))
      if (name.endsWith(".js")) assert.doesNotMatch(readFileSync(new URL(name, js), "utf8"), own, name);
  });
});
