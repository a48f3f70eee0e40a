/**
 * The theme: the system's, or one of three that stay in this browser.  `early.js` applies it before the first
 * paint; this module only changes it.
 */

/** @import { Theme } from "../words/theme.js" */
import { THEMES } from "../words/theme.js";

/** @returns {Theme} */
export const currentTheme = () => {
  const theme = document.documentElement.dataset.theme ?? "system";
  return THEMES.find((each) => each === theme) ?? "system";
};

/** @returns {Theme} the one after it, now in force */
export const nextTheme = () => setTheme(THEMES[(THEMES.indexOf(currentTheme()) + 1) % THEMES.length]);

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
