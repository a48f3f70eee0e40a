/**
 * A view's template as text, without a DOM: views are pure functions, so what they would draw can be read.  lit-html
 * asks the document for a tree walker when it is loaded, and for nothing else until it renders; hence the stand-in,
 * which has to be there before the first view is imported: import this module first.
 */

Object.assign(globalThis, { document: { createTreeWalker: () => ({}) } });

/** @param {any} value @returns {string} */
const text = (value) => {
  if (value === null || value === undefined || typeof value === "function" || typeof value === "symbol") return "";
  if (Array.isArray(value)) return value.map(text).join("");
  if (value.strings) return flat(value);
  if (value._$litDirective$) return directive(value.values);
  return String(value);
};

/** What a directive was given: `repeat(items, key, template)` has its template last. @param {any[]} values @returns {string} */
const directive = ([first, ...rest]) => {
  const template = rest.at(-1);
  return Array.isArray(first) && typeof template === "function" ? text(first.map(template)) : text(first);
};

/**
 * @param {any} template - of lit-html
 * @returns {string} markup with the values in their places, white space made even
 */
export const flat = (template) =>
  template.strings
    .map((/** @type {string} */ string, /** @type {number} */ index) => string + text(template.values[index]))
    .join("")
    .replace(/\s+/g, " ");

/** The words of it only. @param {any} template */
export const wordsOf = (template) =>
  flat(template)
    .replace(/<svg[\s\S]*?<\/svg>/g, " ")
    .replace(/<[^>]*>/g, " ")
    .replace(/\s+/g, " ")
    .trim();
