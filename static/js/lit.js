/**
 * The one door to lit-html.  Views import from here, never from `vendor/` or by bare name: the installed files import
 * each other relatively, so no import map is needed, and a new version or place is a change of this file only.
 * What no view uses is not named here: a directive that is, comes along in every page's bundle.
 */

export { live } from "../vendor/lit-html/directives/live.js";
export { repeat } from "../vendor/lit-html/directives/repeat.js";
export { html, nothing, render, svg } from "../vendor/lit-html/lit-html.js";
