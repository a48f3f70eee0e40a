/** What is special in an experiment's command line; of a file of somebody's own first what it asks of the machine. */

/** @param {{special?: string|null, asks_for?: string[]}|null|undefined} experiment @returns {string|null} */
export const specialOf = (experiment) => {
  const asks = experiment?.asks_for ?? [];
  const special = experiment?.special ?? "";
  if (asks.length === 0) return special || null;
  return `This file is one of your own and asks for ${asks.join(", ")}. ${special}`.trim();
};
