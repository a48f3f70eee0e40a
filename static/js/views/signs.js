/**
 * The signs of the page, all from one sprite (`templates/_icons.svg`), and words with code in them.
 * A sign never stands alone: the caller puts its word beside it.
 */

import { html } from "../lit.js";

/** @import { Author } from "../wire/types.js" */

/** @param {string} name - id in the sprite: "w-kernel", "f-drop", "i-copy" */
export const icon = (name) =>
  html`<svg class="i" viewBox="0 0 20 20" aria-hidden="true"><use href=${`#${name}`}></use></svg>`;

/** A disposition's shape. @param {string} name - "default", "caught", "ignored", "blocked", "waited", "pending", "fixed" */
export const shape = (name) =>
  html`<svg class="dis" viewBox="0 0 16 16" aria-hidden="true"><use href=${`#d-${name === "signalfd" ? "waited" : name}`}></use></svg>`;

/** @type {Record<Author, string>} */
export const AUTHOR_WORDS = { person: "Person", engine: "Engine", kernel: "Kernel", program: "Program", lab: "Lab" };

/** Sign and word of a witness. @param {Author} author */
export const witness = (author) =>
  html`<em class=${`is-${author}`}>${icon(`w-${author}`)}<span>${AUTHOR_WORDS[author]}</span></em>`;

/** The drawn numerals. @param {string[]} figures - as from `numerals()` */
export const numerals = (figures) =>
  html`<div class="num" data-figures=${figures.length} ?data-whole=${!figures.includes("dot")} aria-hidden="true">${figures.map(
    (figure) =>
      figure === "dot"
        ? html`<svg class="num-dot" viewBox="0 0 26 100"><use href="#n-dot"></use></svg>`
        : html`<svg viewBox="0 0 64 100"><use href=${`#n-${figure}`}></use></svg>`,
  )}</div>`;

/** Words between backquotes are code. @param {string} text */
export const words = (text) => text.split("`").map((part, index) => (index % 2 ? html`<code>${part}</code>` : part));
