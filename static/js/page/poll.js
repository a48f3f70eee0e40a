/**
 * What is asked for again and again while somebody looks: never in a hidden tab, and not once nobody draws it any more.
 *
 * It has no timer that asks by itself.  Whoever draws calls it in every frame; when the next question is due it only
 * makes the page draw again, which a hidden page does not do.
 */

/**
 * @template T
 * @param {{ask: (about: string) => Promise<T>, everyMs: number, dirty: () => void, now?: () => number,
 *   later?: (call: () => void, inMs: number) => any, forget?: (timer: any) => void}} options
 * @returns {(about: string|null) => T|null} the last answer about it; null: nothing is asked, or nobody could tell
 */
export function createPoll({
  ask,
  everyMs,
  dirty,
  now = () => performance.now(),
  later = setTimeout,
  forget = clearTimeout,
}) {
  /** @type {string|null} */
  let asked = null;
  /** @type {T|null} */
  let answer = null;
  let dueMs = Number.NEGATIVE_INFINITY;
  let waiting = false;
  /** @type {any} */
  let timer;

  /** @param {string} about */
  const question = async (about) => {
    waiting = true;
    dueMs = now() + everyMs;
    const said = await ask(about).catch(() => null);
    if (about !== asked) return;
    waiting = false;
    answer = said;
    dirty();
  };

  return (about) => {
    if (about !== asked) {
      [asked, answer, waiting, dueMs] = [about, null, false, Number.NEGATIVE_INFINITY];
      forget(timer);
    }
    if (about === null || waiting) return answer;
    const inMs = dueMs - now();
    if (inMs <= 0) question(about);
    else {
      forget(timer);
      timer = later(dirty, inMs);
    }
    return answer;
  };
}
