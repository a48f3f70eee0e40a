/**
 * What `lit.js` exports, for the type checker only: it reads the types of the installed package here and so never looks
 * into `static/vendor/`, which may be missing and has no types.  `tests/js/doors.test.js` holds both lists together.
 */

export type { SVGTemplateResult, TemplateResult } from "lit-html";
export { html, nothing, render, svg } from "lit-html";
export { live } from "lit-html/directives/live.js";
export { repeat } from "lit-html/directives/repeat.js";
