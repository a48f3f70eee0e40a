/**
 * A question to the lab that is asked again where its answer was lost: when the machine's networks change a browser fails
 * what is under way, and says no more than that.  Reading twice does no harm.  A write carries a key of its own, the same
 * each time, so the lab does it once and gives the answer that was lost.
 */

const PAUSES_MS = [50, 200, 500, 1000]; // between the tries; after the last of them nobody answers

/** @param {number} ms @returns {Promise<void>} */
const forSomeTime = (ms) => new Promise((over) => setTimeout(over, ms));

/** Not `randomUUID`: where a lab is reached by plain HTTP over a network a browser has none. @returns {string} */
const newKey = () =>
  [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, "0")).join("");

/**
 * @param {{fetch: typeof globalThis.fetch, again?: boolean, pause?: (ms: number) => Promise<void>}} how - `pause`: between two tries
 * @returns {(url: string, request: RequestInit, options?: {again?: boolean}) => Promise<{response: Response, text: string}>}
 *   the answer, all of it.  `again` false: one try, whoever asks has a way of their own, or there is nobody to ask.  Throws what `fetch` has thrown last
 */
export const createAsk =
  ({ fetch, again: always = true, pause = forSomeTime }) =>
  async (url, request, { again = always } = {}) => {
    const headers = new Headers(request.headers);
    if (request.method !== "GET") headers.set("idempotency-key", newKey());
    const pauses = again ? PAUSES_MS : [];
    for (let tried = 0; ; tried += 1) {
      try {
        const response = await fetch(url, { ...request, headers });
        return { response, text: await response.text() };
      } catch (lost) {
        if (tried === pauses.length) throw lost;
        await pause(pauses[tried]);
      }
    }
  };
