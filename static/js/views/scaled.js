/**
 * Lengths in pixels for presenter mode, where everything is as large as the window has room for.
 */

/**
 * All of them, as much larger.
 * @template T
 * @param {T} lengths - numbers, in lists and objects
 * @param {number} scale
 * @returns {T}
 */
export const scaled = (lengths, scale) => {
  /** @param {any} px @returns {any} */
  const each = (px) => {
    if (typeof px === "number") return px * scale;
    if (Array.isArray(px)) return px.map(each);
    return Object.fromEntries(Object.entries(px).map(([name, inside]) => [name, each(inside)]));
  };
  return each(lengths);
};
