import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { machineWords, rowLoad } from "../../static/js/selectors/load.js";

const process = /** @type {any} */ ({ pid: 7, start: 70, goneMs: null });
/** @param {number|null} cpu_percent @param {number} rss_bytes */
const loads = (cpu_percent, rss_bytes) => [{ pid: 7, start: 70, cpu_percent, rss_bytes }];

describe("what a process costs", () => {
  it("is said in few characters", () => {
    const said = (/** @type {number|null} */ cpu, /** @type {number} */ rss) => rowLoad(loads(cpu, rss), process);
    assert.deepEqual(said(0, 0), { cpu: "0 %", memory: "0 KiB" });
    assert.deepEqual(said(0.2, 900 * 1024), { cpu: "<1 %", memory: "900 KiB" });
    assert.deepEqual(said(99.7, 1023 * 1024), { cpu: "100 %", memory: "1.0 MiB" });
    assert.deepEqual(said(412.5, 9.84 * 2 ** 20), { cpu: "413 %", memory: "9.8 MiB" });
    assert.deepEqual(said(5, 1.5 * 2 ** 30), { cpu: "5 %", memory: "1.5 GiB" });
  });

  it("has no share of CPU before the second look", () => {
    assert.equal(rowLoad(loads(null, 1024), process)?.cpu, "–");
  });

  it("is unknown of who has gone, is another one by that number, or is not measured", () => {
    assert.equal(rowLoad(loads(1, 1), { ...process, goneMs: 5 }), null);
    assert.equal(rowLoad(loads(1, 1), { ...process, start: 71 }), null);
    assert.equal(rowLoad([], process), null);
    assert.equal(rowLoad(loads(1, 1), undefined), null);
  });
});

describe("how loaded the machine is", () => {
  it("is said to matter where more wants to run than can", () => {
    assert.deepEqual(machineWords({ load: 0.42, cpus: 2 }), { text: "Load 0.42 on 2 CPUs", busy: false });
    const { text, busy } = machineWords({ load: 2.5, cpus: 1 });
    assert.equal(busy, true);
    assert.match(text, /^Load 2.50 on 1 CPU: times are longer/);
  });
});
