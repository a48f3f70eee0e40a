/**
 * The list of all signals, searched by name, number or meaning.  What was typed exactly comes first: "15" is SIGTERM
 * before it is anything with a 15 in its description.
 */

/** @import { Origin, Process, Signal, SignalChoice, SignalTable } from "../wire/types.js" */
import { fateByDefault, forecastOf, rankOf } from "../words/fates.js";
import { cellsOf } from "./board.js";

/** 0: the very signal; 1: its name begins so; 2: in its name; 3: in its words; −1: not at all. @param {Signal} signal @param {string} query */
export const rank = ({ name, short, number, meaning, used_by }, query) => {
  const names = [name.toLowerCase(), short.toLowerCase()];
  if (query === "") return 3;
  if (names.includes(query) || String(number) === query) return 0;
  if (names.some((each) => each.startsWith(query))) return 1;
  if (names.some((each) => each.includes(query))) return 2;
  return `${meaning} ${used_by}`.toLowerCase().includes(query) ? 3 : -1;
};

/**
 * @param {SignalTable} table
 * @param {Process|null} process - whose dispositions to show
 * @param {string} query - "" gives all
 * @param {{from?: Origin, sort?: "number"|"fate"}} [how]
 * @returns {SignalChoice[]} what was typed best first, then as sorted, then by number
 */
export const signalList = (table, process, query, { from = "outside", sort = "number" } = {}) => {
  const wanted = query.trim().toLowerCase();
  const all = [
    ...table.signals.map((signal) => ({ signal, reserved: false })),
    ...table.reserved.map((signal) => ({ signal, reserved: true })),
  ];
  return all
    .map(({ signal, reserved }) => {
      const group = forecastOf(process?.forecast, signal.number, from);
      const fate = rankOf(reserved ? null : (group?.fate ?? fateByDefault(signal)));
      return { signal, reserved, group, fate: sort === "fate" ? fate : 0, at: rank(signal, wanted) };
    })
    .filter(({ at }) => at >= 0)
    .sort((a, b) => a.at - b.at || a.fate - b.fate || a.signal.number - b.signal.number)
    .map(({ signal, reserved, group }) => ({
      signal,
      reserved,
      group,
      cell: process ? cellsOf(process, [signal])[0] : null,
    }));
};
