/**
 * What is typed into the form for a command or an image of one's own outlives a reload of the page, in this tab.
 */

/** @import { Own } from "../selectors/own.js" */
import { NOTHING } from "../selectors/own.js";

const KEY = "signal-lab-own";

/** @param {Storage|undefined} storage @returns {Own} what was typed in this tab before */
export const remembered = (storage) => {
  try {
    const kept = JSON.parse(storage?.getItem(KEY) ?? "{}");
    const known = Object.entries(NOTHING).map(([name, nothing]) => [
      name,
      typeof kept[name] === typeof nothing ? kept[name] : nothing,
    ]);
    const own = Object.fromEntries(known);
    return ["container", "sandbox", "process"].includes(own.host) ? own : { ...NOTHING };
  } catch {
    return { ...NOTHING };
  }
};

/** @param {Storage|undefined} storage @param {Own} own */
export const remember = (storage, own) => {
  try {
    storage?.setItem(KEY, JSON.stringify(own));
  } catch {
    // A browser may refuse that; then a reload loses it.
  }
};
