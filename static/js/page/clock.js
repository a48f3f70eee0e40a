/**
 * The server's time in the browser.  The countdown runs by it, so that every screen in the room shows the same figure
 * whatever its own clock says; no tick is ever sent.
 *
 * A request and its answer bound the difference between the two clocks from both sides; the narrowest pair is kept.
 * A heartbeat bounds it from one side only: the server's time was at least that when it arrived.  Time that is shown
 * does not run backward for a small correction (it waits); a jump of more than `JUMP_MS` means that a clock was set,
 * and then the truth is better than smoothness.
 */

const JUMP_MS = 1000;
const DRIFT = 1e-4; // two quartz clocks part by less: an old measurement is worth that much less per millisecond

/**
 * @param {{monotonic?: () => number, wall?: () => number}} [clocks] - both in ms; the wall clock only until the first sync
 */
export function createClock({ monotonic = () => performance.now(), wall = () => Date.now() } = {}) {
  let offsetMs = wall() - monotonic();
  let errorMs = Number.POSITIVE_INFINITY; // of offsetMs, when it was measured
  let measuredMs = monotonic();
  let shown = Number.NEGATIVE_INFINITY;

  /** @param {number} offset @param {number} error @param {number} at */
  const take = (offset, error, at) => {
    offsetMs = offset;
    errorMs = error;
    measuredMs = at;
  };

  return {
    /** For `sentMs` and `receivedMs`. */
    monotonic,

    /** @returns {number} ms since the epoch by the server's clock, never less than a moment ago */
    now() {
      const computed = monotonic() + offsetMs;
      if (computed > shown || shown - computed > JUMP_MS) shown = computed;
      return shown;
    },

    /**
     * One question and its answer.
     * @param {string} serverNow - RFC 3339
     * @param {number} sentMs - by `monotonic`
     * @param {number} receivedMs - by `monotonic`
     */
    sync(serverNow, sentMs, receivedMs) {
      const error = (receivedMs - sentMs) / 2;
      const offset = Date.parse(serverNow) - (sentMs + receivedMs) / 2;
      const aged = errorMs + (receivedMs - measuredMs) * DRIFT;
      if (error <= aged || Math.abs(offset - offsetMs) > aged + error) take(offset, error, receivedMs);
    },

    /**
     * The server's time, some unknown moment ago.
     * @param {string} serverNow - RFC 3339
     * @param {number} [receivedMs] - by `monotonic`
     */
    heartbeat(serverNow, receivedMs = monotonic()) {
      const least = Date.parse(serverNow) - receivedMs;
      if (least > offsetMs || offsetMs - least > 5 * JUMP_MS) take(least, errorMs, measuredMs);
    },

    /** @returns {number} what is added to `monotonic` */
    get offsetMs() {
      return offsetMs;
    },
  };
}
