// First of all, and before the first paint: a classic script in the head, because the page's policy allows no inline
// script and a module would run too late.  It sets the theme, and watches whether the rest of the page arrives.
(() => {
  const root = document.documentElement;
  root.dataset.early = ""; // `page/begin.js` asks whether this came
  // `theme.js` writes the same key.
  try {
    const theme = localStorage.getItem("theme");
    if (theme) root.dataset.theme = theme;
  } catch {
    // Storage is forbidden in this browser: the system's theme it is.
  }
  // Presenter mode as well, so that nothing jumps; `pages/stage/present.js` asks the same.
  if (
    document.currentScript?.dataset.page === "stage" &&
    new URLSearchParams(location.search).has("stage") &&
    matchMedia("(min-width: 48rem) and (min-aspect-ratio: 1/1)").matches
  )
    root.dataset.present = "";

  // A browser drops what it is loading when the machine's networks change, as they do when a container starts.  A page of
  // which a part is missing is loaded again; what had come is kept by the browser, so each try has less to load.  When
  // that does not help it says what is wrong instead of staying empty.
  const TRIES = 6;
  const KEY = "signal-lab-tries"; // how often in a row this page did not come whole
  let over = false;

  /** The server's own note (`base.html`), said at once. @param {string} text */
  const say = (text) => {
    const write = () => {
      const note = document.getElementById("part");
      if (!note?.firstElementChild) return;
      note.firstElementChild.textContent = text;
      note.dataset.said = "";
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

  const whole = () => {
    if (over) return;
    forget();
    document.getElementById("part")?.remove();
  };

  const again = () => {
    if (over) return;
    over = true;
    let tries = TRIES;
    try {
      tries = Number(sessionStorage[KEY] ?? 0) + 1;
      sessionStorage[KEY] = String(tries);
    } catch {
      // Without storage nobody counts, and it would go on for ever: once is all.
    }
    if (tries >= TRIES) {
      forget();
      say("This page could not be loaded whole. If loading it again does not help, the lab may have ended.");
      return;
    }
    if (tries > 1) say(`A part of this page did not come. It is loaded again, ${tries} of ${TRIES - 1}.`); // once is no news
    setTimeout(() => location.reload(), 100 * 2 ** tries);
  };

  document.addEventListener("signal-lab-part", again);
  document.addEventListener("signal-lab-whole", whole);
  addEventListener("load", () => document.querySelector('script[type="module"]') || whole());
  addEventListener(
    "error",
    ({ target }) => {
      const element = target instanceof HTMLLinkElement || target instanceof HTMLScriptElement;
      // A favicon is no part of the page, and who asks for one later (`page/parts.js`) looks after it.
      if (element && target.dataset.part === undefined && !/icon/.test(target.getAttribute("rel") ?? "")) again();
    },
    true,
  );
})();
