/**
 * Where a link to an event leads: to its line, to the line of the process that has one, or to a sentence that says why
 * there is none.  And the record as plain text.
 */

/** @import { RecordLine, State } from "../wire/types.js" */
import { RECORD_KEPT } from "../reduce/record.js";
import { lineOf } from "./record.js";

/** The target whose record has the line of an event, where that is not the one that is shown. @param {State} state @param {number} event @returns {string|null} */
export const targetOf = (state, event) => {
  const entry =
    state.record.find(({ id }) => id === event) ?? state.record.find(({ id, to = id }) => id < event && event <= to);
  return entry?.target ?? null;
};

/**
 * Why a link has no line; "" where it has one.
 * @param {State} state @param {readonly RecordLine[]} lines @param {number|null} event @returns {string}
 */
export const missingWords = (state, lines, event) => {
  if (event === null || !lines.length || lineOf(lines, event)) return "";
  if (event > state.lastId) return ""; // it may still come
  const oldest = state.record[0]?.id ?? 0;
  if (event < oldest && state.record.length >= RECORD_KEPT) {
    return `Event ${event} is older than the ${RECORD_KEPT.toLocaleString("en")} lines that are kept here; the export has it.`;
  }
  if (event < oldest) return `Event ${event} is none of this run.`;
  return `Event ${event} has no line of its own: it is about a process, and stands on the board and in the export.`;
};

/** As it is pasted into a report. @param {readonly RecordLine[]} lines @param {string} about - "run 3 of “PID 1”" */
export const plainRecord = (lines, about) => {
  const told = /^[+−]/.test(lines[0]?.when ?? "") ? "seconds from the stop" : "time of day";
  const rows = lines.map(({ id, when, author, text }) =>
    [when, author, text.replace(/\s+/g, " "), `#${id}`].join("\t"),
  );
  return `${[`Signal Lab, ${about}: ${told}, witness, what it said, event`, ...rows].join("\n")}\n`;
};
