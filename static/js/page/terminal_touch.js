/**
 * A finger on the terminal scrolls back to what was printed before, as a wheel and Shift+PageUp do.  xterm.js 6.0 knows
 * no touch (its issue 5489): without this a telephone shows the last lines and nothing else.
 *
 * Where there is nothing further that way, the page has the finger: nobody is caught in the box.
 */

const COASTS = 0.3; // px/ms: a finger that is lifted faster than this throws
const HELD_MS = 50; // one that rested as long before it was lifted does not
const SLOWS = 0.996; // what is left of the speed after a millisecond

/**
 * @typedef {object} Scrolled  of a Terminal, what is needed here
 * @property {number} rows
 * @property {{active: {viewportY: number, baseY: number}}} buffer
 * @property {(lines: number) => void} scrollLines
 */

/**
 * @param {HTMLElement} box
 * @param {Scrolled} term
 * @param {() => number} height - of its rows together, in pixels
 * @returns {() => void} ends it
 */
export const scrollByTouch = (box, term, height) => {
  const ended = new AbortController();
  /** Whose the finger is; null: not known yet. @type {"terminal"|"page"|null} */
  let owner = null;
  let [y, atMs, speed, left, frame] = [0, 0, 0, 0, 0];

  const by = (/** @type {number} */ px) => {
    left += (px * term.rows) / height();
    const lines = Math.trunc(left);
    left -= lines;
    if (lines) term.scrollLines(lines);
  };

  const reaches = (/** @type {number} */ px) => {
    const { viewportY, baseY } = term.buffer.active;
    return px > 0 ? viewportY < baseY : viewportY > 0;
  };

  const coast = (/** @type {number} */ nowMs) => {
    const passed = nowMs - atMs;
    atMs = nowMs;
    by(speed * passed);
    speed *= SLOWS ** passed;
    if (Math.abs(speed) > 0.02 && reaches(speed)) frame = requestAnimationFrame(coast);
  };

  /** @param {TouchEvent} event */
  const down = ({ touches, timeStamp }) => {
    cancelAnimationFrame(frame);
    owner = touches.length === 1 ? null : "page"; // two zoom
    [y, atMs, speed, left] = [touches[0].clientY, timeStamp, 0, 0];
  };

  /** @param {TouchEvent} event */
  const move = (event) => {
    const px = y - event.touches[0].clientY;
    if (owner === "page" || !px) return;
    owner ??= reaches(px) && event.cancelable ? "terminal" : "page";
    if (owner === "page") return;
    event.preventDefault();
    speed = px / Math.max(1, event.timeStamp - atMs);
    [y, atMs] = [event.touches[0].clientY, event.timeStamp];
    by(px);
  };

  /** @param {TouchEvent} event */
  const up = ({ timeStamp }) => {
    const thrown = owner === "terminal" && Math.abs(speed) > COASTS && timeStamp - atMs < HELD_MS;
    if (!thrown || matchMedia("(prefers-reduced-motion: reduce)").matches) return;
    frame = requestAnimationFrame(coast);
  };

  const { signal } = ended;
  box.addEventListener("touchstart", down, { signal, passive: true });
  box.addEventListener("touchmove", move, { signal, passive: false });
  box.addEventListener("touchend", up, { signal, passive: true });
  return () => {
    ended.abort();
    cancelAnimationFrame(frame);
  };
};
