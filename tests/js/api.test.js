import assert from "node:assert/strict";
import { createServer } from "node:http";
import { after, before, describe, it } from "node:test";

import { ApiError, createApi } from "../../static/js/wire/api.js";

describe("the API", () => {
  /** @type {{method?: string, url?: string, body: string, type?: string}[]} */
  const asked = [];
  /** @type {{status: number, body: string}} */
  let answer = { status: 200, body: "{}" };
  const server = createServer((request, response) => {
    let body = "";
    request.on("data", (chunk) => {
      body += chunk;
    });
    request.on("end", () => {
      asked.push({ method: request.method, url: request.url, body, type: request.headers["content-type"] });
      response.writeHead(answer.status, { "content-type": "application/json" }).end(answer.body);
    });
  });
  /** @type {ReturnType<typeof createApi>} */
  let api;

  before(async () => {
    await new Promise((listening) => server.listen(0, "127.0.0.1", () => listening(null)));
    const { port } = /** @type {import("node:net").AddressInfo} */ (server.address());
    api = createApi({ base: `http://127.0.0.1:${port}/api/v1` });
  });
  after(() => server.close());

  /** @param {() => Promise<unknown>} call @param {object} [body] */
  const call = async (call, body = {}) => {
    answer = { status: 200, body: JSON.stringify(body) };
    const got = await call();
    const { method, url, body: sent } = asked[asked.length - 1];
    return [`${method} ${url} ${sent}`.trim(), got];
  };

  it("has every call with its method, path and body", async () => {
    const calls = [
      [() => api.health(), "GET /api/v1/health"],
      [() => api.signals(), "GET /api/v1/signals"],
      [() => api.experiment("pid-1"), "GET /api/v1/experiments/pid-1"],
      [() => api.run("r1"), "GET /api/v1/runs/r1"],
      [() => api.start("pid-1"), 'POST /api/v1/runs {"experiment":"pid-1"}'],
      [() => api.remove("r1"), "DELETE /api/v1/runs/r1"],
      [() => api.writeFile("r1", "a b.conf", "x\n"), 'PUT /api/v1/runs/r1/files/a%20b.conf {"text":"x\\n"}'],
      [() => api.startTarget("r1.a"), "POST /api/v1/targets/r1.a/start {}"],
      [() => api.pause("r1.a", true), "POST /api/v1/targets/r1.a/pause {}"],
      [() => api.pause("r1.a", false), "POST /api/v1/targets/r1.a/unpause {}"],
      [() => api.doStep("r1", 2), "POST /api/v1/runs/r1/steps/2 {}"],
      [
        () => api.signal("r1.a/b", { signal: "SIGUSR1", pid: 7, from: "inside" }),
        'POST /api/v1/targets/r1.a%2Fb/signals {"signal":"SIGUSR1","pid":7,"from":"inside"}',
      ],
      [() => api.stop("r1.a", { timeout_s: 3 }), 'POST /api/v1/targets/r1.a/stop {"timeout_s":3}'],
      [() => api.stop("r1.a"), "POST /api/v1/targets/r1.a/stop {}"],
      [() => api.kill("r1.a"), "POST /api/v1/targets/r1.a/kill {}"],
      [() => api.type("r1.a", "\u0003"), 'POST /api/v1/targets/r1.a/input {"data":"\\u0003"}'],
      [() => api.resize("r1.a", 80, 24), 'POST /api/v1/targets/r1.a/resize {"cols":80,"rows":24}'],
      [() => api.link(), 'POST /api/v1/links {"role":"viewer"}'],
    ];
    for (const [act, wanted] of calls) {
      const [said] = await call(/** @type {any} */ (act));
      assert.equal(said, wanted);
    }
    assert.deepEqual(await call(() => api.runs(5), { runs: [1] }), ["GET /api/v1/runs?limit=5", [1]]);
    assert.deepEqual(await call(() => api.experiments(), { experiments: [2] }), ["GET /api/v1/experiments", [2]]);
    assert.deepEqual(await call(() => api.lab(), { faults: [] }), ["GET /api/v1/lab", { faults: [] }]);
    assert.equal((await call(() => api.lab("pid-1")))[0], "GET /api/v1/lab?about=pid-1");
    assert.equal((await call(() => api.lab("")))[0], "GET /api/v1/lab?about=");
    assert.ok(asked.filter(({ method }) => method === "POST").every(({ type }) => type === "application/json"));
  });

  it("throws the server's own words", async () => {
    answer = { status: 409, body: '{"ok":false,"code":"already_gone","error":"it has ended","hint":"Run it again."}' };
    await assert.rejects(api.stop("r1.a"), (error) => {
      assert.ok(error instanceof ApiError);
      assert.deepEqual(
        [error.status, error.code, error.message, error.hint],
        [409, "already_gone", "it has ended", "Run it again."],
      );
      return true;
    });
  });

  it("makes an error of an answer that is not ours", async () => {
    answer = { status: 502, body: "<html>Bad Gateway" };
    await assert.rejects(api.health(), { name: "ApiError", status: 502, code: "http_502", hint: null });
  });

  it("says when nobody answers", async () => {
    const closed = createServer();
    await new Promise((listening) => closed.listen(0, "127.0.0.1", () => listening(null)));
    const { port } = /** @type {import("node:net").AddressInfo} */ (closed.address());
    await new Promise((done) => closed.close(done));
    const nobody = createApi({ base: `http://127.0.0.1:${port}`, pause: async () => {} });
    await assert.rejects(nobody.health(), { name: "ApiError", status: 0, code: "unreachable" });
    assert.deepEqual(await nobody.probe(), { status: 0, journal: null });
  });

  it("probes without throwing", async () => {
    answer = { status: 200, body: '{"journal":"j1","last_event_id":7}' };
    assert.deepEqual(await api.probe(), { status: 200, journal: "j1" });
    answer = { status: 401, body: "{}" };
    assert.deepEqual(await api.probe(), { status: 401, journal: null });
  });
});
