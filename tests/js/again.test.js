import assert from "node:assert/strict";
import { createServer } from "node:http";
import { after, before, beforeEach, describe, it } from "node:test";

import { ApiError, createApi } from "../../static/js/wire/api.js";

describe("a question whose answer was lost", () => {
  /** @type {{method?: string, url?: string, key?: string|string[], body: string}[]} */
  let asked = [];
  /** What becomes of the next ones: the line is cut before anything is said, or in the middle of it. @type {("cut"|"half"|"refuse")[]} */
  let next = [];
  /** @type {number[]} */
  let pauses = [];
  const server = createServer((request, response) => {
    let body = "";
    request.on("data", (chunk) => {
      body += chunk;
    });
    request.on("end", () => {
      asked.push({ method: request.method, url: request.url, key: request.headers["idempotency-key"], body });
      const what = next.shift();
      if (what === "cut") return response.destroy();
      const said = what === "refuse" ? '{"code":"already_gone","error":"gone","hint":""}' : '{"event_id":7}';
      response.writeHead(what === "refuse" ? 409 : 200, { "content-length": said.length });
      if (what === "half") response.write(said.slice(0, 5), () => response.destroy());
      else response.end(said);
    });
  });
  /** @type {ReturnType<typeof createApi>} */
  let api;

  before(async () => {
    await new Promise((listening) => server.listen(0, "127.0.0.1", () => listening(null)));
    const { port } = /** @type {import("node:net").AddressInfo} */ (server.address());
    const pause = async (/** @type {number} */ ms) => {
      pauses.push(ms);
    };
    api = createApi({ base: `http://127.0.0.1:${port}`, pause });
  });
  beforeEach(() => {
    [asked, next, pauses] = [[], [], []];
  });
  after(() => server.close());

  it("is asked again, a write with the same key and the same body", async () => {
    next = ["cut", "half"];
    assert.deepEqual(await api.signal("r1.a", { signal: "USR1" }), { event_id: 7 });
    assert.equal(asked.length, 3);
    assert.equal(new Set(asked.map((each) => JSON.stringify(each))).size, 1);
    assert.match(String(asked[0].key), /^[0-9a-f]{32}$/);
    assert.equal(asked[0].body, '{"signal":"USR1"}');
  });

  it("reads again without a key, however much of the answer had come", async () => {
    next = ["half", "cut"];
    assert.deepEqual(await api.signals(), { event_id: 7 });
    assert.deepEqual(
      asked.map(({ key }) => key),
      [undefined, undefined, undefined],
    );
  });

  it("has another key for each write", async () => {
    for (const act of [
      () => api.kill("r1.a"),
      () => api.kill("r1.a"),
      () => api.remove("r1"),
      () => api.bets("r1", false),
    ])
      await act();
    assert.equal(new Set(asked.map(({ key }) => key)).size, 4);
    assert.ok(asked.every(({ key }) => key));
  });

  it("is not asked again once it was answered, also with a refusal", async () => {
    next = ["cut", "refuse"];
    await assert.rejects(api.stop("r1.a"), { status: 409, code: "already_gone" });
    assert.equal(asked.length, 2);
  });

  it("is given up after some tries, each a longer time after the one before", async () => {
    next = Array(9).fill("cut");
    await assert.rejects(api.kill("r1.a"), (error) => error instanceof ApiError && error.code === "unreachable");
    assert.equal(asked.length, 5);
    assert.deepEqual(
      pauses,
      [...pauses].sort((a, b) => a - b),
    );
    assert.ok(pauses.reduce((sum, each) => sum + each, 0) < 2000, "nobody waits for long to be told");
  });

  it("is asked once where whoever asks has a way of their own", async () => {
    next = ["cut", "cut"];
    assert.deepEqual(await api.probe(), { status: 0, journal: null });
    await assert.rejects(api.health(), { code: "unreachable" });
    assert.equal(asked.length, 2);
  });

  it("leaves the last size of a terminal, whatever became of the one before", async () => {
    next = ["cut", "refuse"];
    const first = api.resize("r1.a", 80, 24);
    const second = api.resize("r1.a", 90, 30);
    await assert.rejects(first, { status: 409 });
    await second;
    assert.deepEqual(
      asked.map(({ body }) => JSON.parse(body).cols),
      [80, 80, 90],
    );
  });
});
