/**
 * How many questions are under way at once, over all tabs and the worker that they share.  HTTP/1.1 gives a browser six
 * connections: one is the stream's, and those that a page which is being opened needs must be free, because a browser
 * drops whatever *waits* for a connection when the machine's networks change.
 *
 * A place is a lock of the browser's: it is all tabs', and free again when its tab is gone, however it ended.  Where
 * there are no locks (plain HTTP from another machine) each tab has as many places of its own.
 */

export const PLACES = 3;
const NAME = "signal-lab-question-";

/** @typedef {<T>(work: () => Promise<T>) => Promise<T>} Gate */

/** @param {LockManager|undefined} [locks] @returns {Gate} */
export function createGate(locks = globalThis.navigator?.locks) {
  return locks ? shared(locks) : alone();
}

/** @param {LockManager} locks @returns {Gate} */
function shared(locks) {
  let turn = 0;
  return async (work) => {
    turn += 1;
    const places = Array.from({ length: PLACES }, (_, index) => `${NAME}${(turn + index) % PLACES}`);
    for (const place of places) {
      const done = await locks.request(place, { ifAvailable: true }, async (lock) => lock && { answer: await work() });
      if (done) return done.answer;
    }
    return locks.request(places[0], work); // in the queue of one of them, by turns
  };
}

/** @returns {Gate} */
function alone() {
  let under = 0;
  /** @type {(() => void)[]} */
  const waiting = [];
  return async (work) => {
    if (under === PLACES) await new Promise((free) => waiting.push(() => free(null)));
    else under += 1;
    try {
      return await work();
    } finally {
      const next = waiting.shift();
      if (next) next();
      else under -= 1;
    }
  };
}

/** The browser's own fetch, each until all of the answer is there. @param {Gate} gate @returns {typeof globalThis.fetch} */
export const fetchThrough = (gate) => (address, options) =>
  gate(async () => {
    const response = await globalThis.fetch(address, options);
    const { status, statusText, headers } = response;
    return new Response(await response.arrayBuffer(), { status, statusText, headers });
  });
