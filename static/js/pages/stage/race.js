/**
 * The end of a race: when all lanes have ended the chart of stop times takes the board's place, and the verdict's slot
 * begins with one sentence over all of them.  The run before of the same race is asked for once.
 */

import { createPanel } from "../../page/panel.js";
import { isPhone, isWide } from "../../page/room.js";
import { chartOf, raceOf, raceWords, rehearsalWords } from "../../selectors/index.js";
import { timesView } from "../../views/times.js";

/** @import { Session } from "../../wire/session.js" */
/** @import { Run } from "../../wire/types.js" */
/** @import { Before } from "../../selectors/race_chart.js" */
/** @import { RaceWords } from "../../selectors/race_sentence.js" */
/** @import { TimesSize } from "../../views/times.js" */

/** @returns {TimesSize} */
const timesSize = () => (isPhone() ? "none" : isWide() ? "l" : "m");

/** @param {{session: Session, dirty: () => void}} stage */
export function createRace({ session, dirty }) {
  const draw = createPanel("times");
  const place = /** @type {HTMLElement} */ (document.getElementById("times"));
  /** By run: null while it is on its way, or there is none. @type {Map<string, Before|null>} */
  const before = new Map();
  let open = true;
  let about = "";
  let told = "";
  /** @type {RaceWords|null} */
  let words = null;

  /** @param {string} run */
  const ask = async (run) => {
    if (before.has(run)) return;
    before.set(run, null);
    try {
      const { number, took_s: tookS } = await session.api.before(run);
      if (number !== null) before.set(run, { number, tookS });
    } catch {
      return; // then there is no tick: the chart is of this run
    }
    dirty();
  };

  /** The same object while it says the same. @param {RaceWords|null} next */
  const say = (next) => {
    const key = JSON.stringify(next);
    if (key !== told) [told, words] = [key, next];
    return words;
  };

  const handlers = {
    /** @param {boolean} next */
    onTimes(next) {
      open = next;
      dirty();
      requestAnimationFrame(() => /** @type {HTMLElement|null} */ (place.querySelector("button"))?.focus());
    },
  };

  /**
   * @param {Run|null} run @param {number} nowMs
   * @returns {RaceWords|null} what is said over all lanes, the same object while it is the same; null: they have not all ended,
   *   or a verdict is still to come.  Of a rehearsal it is said of one lane, too.
   */
  return (run, nowMs) => {
    if (run && run.id !== about) [about, open] = [run.id, true];
    const race = run ? raceOf(run, session.state, nowMs) : null;
    if (!run || !race?.over) {
      for (const name of ["data-open", "data-shut"]) place.toggleAttribute(name, false);
      draw([null], () => null);
      return say(run?.rehearsal ? rehearsalWords(run.rehearsal, null) : null);
    }
    ask(run.id);
    const chart = chartOf(race, before.get(run.id) ?? null);
    const size = timesSize();
    place.toggleAttribute("data-open", open);
    place.toggleAttribute("data-shut", !open);
    draw([JSON.stringify(chart), size, open], () => timesView({ chart, size, open }, nowMs, handlers));
    // The verdicts come one by one, a little later than the ends: one sentence over all is said once, and does not grow.
    if (run.status !== "finished" && !race.racers.every(({ verdict }) => verdict)) return words;
    return say(run.rehearsal ? rehearsalWords(run.rehearsal, race) : raceWords(race));
  };
}
