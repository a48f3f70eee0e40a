/**
 * When the page draws: once per animation frame if something changed, in every frame while something moves, and not at
 * all in a hidden tab (there the work is only done, once a second, so that nothing piles up).  With reduced motion
 * what moves is drawn once a second.
 */

const SLOW_MS = 1000;

/**
 * @param {(shown: boolean) => void} work - folds what has come, and draws where `shown`
 * @returns {{dirty: () => void, flush: () => void, moves: (moving: boolean) => void, at: (inMs: number) => void, dispose: () => void}}
 *   `flush`: now, before anything else can happen; `at`: draw again in so many ms, for what ends by itself
 */
export function createFrame(work) {
  const calm = matchMedia("(prefers-reduced-motion: reduce)");
  let handle = 0;
  let timer = 0;
  let later = 0;
  let laterMs = Number.POSITIVE_INFINITY;
  let moving = false;
  let disposed = false;

  const run = () => {
    cancelAnimationFrame(handle);
    clearTimeout(timer);
    handle = timer = 0;
    if (disposed) return;
    clearTimeout(later);
    laterMs = Number.POSITIVE_INFINITY;
    work(!document.hidden);
    if (moving) schedule(true);
  };

  /** @param {boolean} forMotion */
  const schedule = (forMotion) => {
    if (disposed || handle) return;
    if (document.hidden || (forMotion && calm.matches)) timer ||= window.setTimeout(run, SLOW_MS);
    else handle = requestAnimationFrame(run);
  };

  const dirty = () => schedule(false);
  document.addEventListener("visibilitychange", dirty);

  return {
    dirty,
    flush: run,
    moves(next) {
      if (next === moving) return;
      moving = next;
      if (moving) schedule(true);
    },
    at(inMs) {
      const dueMs = performance.now() + Math.max(0, inMs) + 1;
      if (dueMs >= laterMs) return; // the earliest of those asked for since the last drawing
      laterMs = dueMs;
      clearTimeout(later);
      later = window.setTimeout(dirty, dueMs - performance.now());
    },
    dispose() {
      disposed = true;
      cancelAnimationFrame(handle);
      clearTimeout(timer);
      clearTimeout(later);
      document.removeEventListener("visibilitychange", dirty);
    },
  };
}
