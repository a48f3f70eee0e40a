/**
 * A command line as a person types it, as the list of words that the lab takes.  Quotes and backslashes work as in a
 * shell; nothing else does: no variables, no pipes, no shell at all.
 */

/**
 * @param {string} text
 * @returns {string[]|null} null: a quote is not closed
 */
export const argvOf = (text) => {
  /** @type {string[]} */
  const words = [];
  let word = "";
  let begun = false;
  let quote = "";
  let escaped = false;
  const chars = [...text];
  for (const [at, char] of chars.entries()) {
    if (escaped) {
      word += char;
      escaped = false;
    } else if (quote) {
      const next = chars[at + 1] ?? "";
      if (char === quote) quote = "";
      else if (char === "\\" && quote === '"' && '"\\'.includes(next) && next) escaped = true;
      else word += char;
    } else if (char === "'" || char === '"') {
      quote = char;
      begun = true;
    } else if (/\s/.test(char)) {
      if (begun) words.push(word);
      word = "";
      begun = false;
    } else {
      escaped = char === "\\";
      if (!escaped) word += char;
      begun = true;
    }
  }
  if (quote) return null;
  if (begun) words.push(word);
  return words;
};
