/** What `xterm.js` exports, for the type checker only; see `lit.d.ts`. */

export { FitAddon } from "@xterm/addon-fit";
export { Terminal } from "@xterm/xterm";
