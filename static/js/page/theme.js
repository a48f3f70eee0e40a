/**
 * The theme: the system's, or one of three that stay in this browser.  `theme-early.js` applies it before the first
 * paint; this module only changes it.
 */

export const THEMES = ["system", "dark", "light", "contrast"];
export const THEME_WORDS = { system: "follow the system", dark: "dark", light: "light", contrast: "high contrast" };

/** @typedef {keyof typeof THEME_WORDS} Theme */

/** @returns {Theme} */
export const currentTheme = () => {
  const theme = document.documentElement.dataset.theme ?? "system";
  return /** @type {Theme} */ (THEMES.includes(theme) ? theme : "system");
};

/** @returns {Theme} the one after it, now in force */
export const nextTheme = () =>
  setTheme(/** @type {Theme} */ (THEMES[(THEMES.indexOf(currentTheme()) + 1) % THEMES.length]));

/** @param {Theme} theme @returns {Theme} now in force */
export const setTheme = (theme) => {
  if (theme === "system") delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = theme;
  try {
    if (theme === "system") localStorage.removeItem("theme");
    else localStorage.setItem("theme", theme);
  } catch {
    // Not kept: storage is forbidden in this browser.  It holds until the page is left.
  }
  return theme;
};
