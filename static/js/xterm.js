/**
 * The one door to xterm.js, for the same reasons as `lit.js`.
 */

export { FitAddon } from "../vendor/@xterm/addon-fit/lib/addon-fit.mjs";
export { Terminal } from "../vendor/@xterm/xterm/lib/xterm.mjs";
