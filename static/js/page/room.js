/**
 * How much room the window has, by the two widths that the style sheets know.  A page asks in every frame: each query is
 * made once.
 */

/** @param {string} query @returns {() => boolean} */
const asked = (query) => {
  /** @type {MediaQueryList|null} */
  let list = null;
  return () => {
    list ??= matchMedia(query);
    return list.matches;
  };
};

export const isPhone = asked("(max-width: 40rem)");
export const isWide = asked("(min-width: 100rem)");
