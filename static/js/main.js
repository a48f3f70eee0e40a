/**
 * Starts the page that the server says this is, with the modules of that page only, and says whether all of them came
 * (`page/load-again.js` listens).
 */

const PAGES = /** @type {Record<string, () => Promise<() => unknown>>} */ ({
  home: async () => (await import("./pages/home/home.js")).startHome,
  race: async () => (await import("./pages/race.js")).startRace,
  runs: async () => (await import("./pages/runs.js")).startRuns,
  signals: async () => (await import("./pages/signals/signals.js")).startSignals,
  stage: async () => (await import("./pages/stage/stage.js")).startStage,
});

/** @param {"whole"|"part"} what @param {unknown} [detail] */
const say = (what, detail) => document.dispatchEvent(new CustomEvent(`signal-lab-${what}`, { detail }));

const page = PAGES[document.body.dataset.page ?? ""];
page?.().then(
  (start) => {
    say("whole");
    return start();
  },
  (error) => say("part", error),
);
