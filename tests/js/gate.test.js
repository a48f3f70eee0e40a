import assert from "node:assert/strict";
import { describe, it } from "node:test";

import { createGate, PLACES } from "../../static/js/wire/gate.js";

/** The browser's locks, as far as they are used. */
const createLocks = () => {
  /** @type {Map<string, Promise<unknown>>} */
  const held = new Map();
  return {
    /** @param {string} name @param {any} options @param {any} [work] */
    async request(name, options, work = options) {
      const before = held.get(name);
      if (before && options.ifAvailable) return work(null);
      const mine = (async () => {
        await before;
        return work({ name });
      })();
      /** @type {Promise<unknown>} */
      const over = mine.catch(() => {}).then(() => held.get(name) === over && held.delete(name));
      held.set(name, over);
      return mine;
    },
  };
};

for (const [what, locks] of /** @type {[string, any][]} */ ([
  ["locks of the browser's", createLocks()],
  ["places of its own", undefined],
])) {
  describe(`a gate with ${what}`, () => {
    it("lets so many through at once, and all of them in the end", async () => {
      const gates = locks ? [createGate(locks), createGate(locks)] : [createGate(undefined)]; // two tabs
      let under = 0;
      let most = 0;
      const work = async (/** @type {number} */ number) => {
        under += 1;
        most = Math.max(most, under);
        await new Promise(setImmediate);
        under -= 1;
        return number;
      };
      const numbers = Array.from({ length: 20 }, (_, number) => number);
      const answers = await Promise.all(numbers.map((number) => gates[number % gates.length](() => work(number))));
      assert.deepEqual(answers, numbers);
      assert.equal(most, PLACES);
    });

    it("gives the place back when the work fails", async () => {
      const gate = createGate(locks);
      const fail = async () => {
        throw new TypeError("lost");
      };
      for (let each = 0; each < 2 * PLACES; each += 1) await assert.rejects(gate(fail), TypeError);
      assert.equal(await gate(async () => 7), 7);
    });
  });
}
