// First of all, and a classic script as theme-early.js: a browser drops what it is loading when the machine's networks
// change, as they do when a container starts.  A page of which a part is missing, a script, a style sheet or a module, is
// loaded again; what had come is kept by the browser, so each try has less to load.  When that does not help it says
// what is wrong instead of staying empty.
(() => {
  const TRIES = 6;
  const KEY = "signal-lab-tries"; // how often in a row this page did not come whole
  let over = false;

  /** @param {string} text */
  const say = (text) => {
    const write = () => {
      const says = document.getElementById("says");
      if (!says) return;
      says.className = "plain-note";
      says.textContent = text;
    };
    if (document.readyState === "loading") addEventListener("DOMContentLoaded", write);
    else write();
  };

  const forget = () => {
    try {
      sessionStorage.removeItem(KEY);
    } catch {
      // There is no storage to forget anything in.
    }
  };

  /** @param {unknown} error */
  const giveUp = (error) => {
    forget();
    if (error) reportError(error);
    say("This page could not be loaded whole. Reload it; if that does not help, the lab may have ended.");
  };

  /** @param {unknown} [error] */
  const again = (error) => {
    if (over) return;
    over = true;
    let tries = TRIES;
    try {
      tries = Number(sessionStorage[KEY] ?? 0) + 1;
      sessionStorage[KEY] = String(tries);
    } catch {
      // Without storage nobody counts, and it would go on for ever: once is all.
    }
    if (tries >= TRIES) return giveUp(error);
    if (tries > 1) say(`A part of this page did not come. It is loaded again, ${tries} of ${TRIES - 1}.`); // once is no news
    setTimeout(() => location.reload(), 100 * 2 ** tries);
  };

  // A module that another one asks for: main.js says so, because no element has failed.
  document.addEventListener("signal-lab-part", (event) => again(/** @type {CustomEvent} */ (event).detail));
  document.addEventListener("signal-lab-whole", () => over || forget());
  addEventListener("load", () => over || document.querySelector('script[type="module"]') || forget());
  addEventListener(
    "error",
    ({ target }) => {
      if (target instanceof HTMLLinkElement || target instanceof HTMLScriptElement) again();
    },
    true,
  );
})();
