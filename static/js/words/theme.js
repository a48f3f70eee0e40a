/**
 * The themes by name, in the order in which the button goes through them.
 */

export const THEME_WORDS = { system: "follow the system", dark: "dark", light: "light", contrast: "high contrast" };

/** @typedef {keyof typeof THEME_WORDS} Theme */

export const THEMES = /** @type {Theme[]} */ (Object.keys(THEME_WORDS));
