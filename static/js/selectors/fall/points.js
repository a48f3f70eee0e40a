/**
 * What can be pointed at in the fall: each recorded mark and hop once, in order of time, with the sentence that the record
 * has for it.  Forecasts and words about what is missing are no events and have no row.
 */

/** @import { Author, Fall, FallMark, RecordLine } from "../../wire/types.js" */
/** @import { FallTime } from "./zoom.js" */
import { relative } from "../../words/text.js";
import { lineOf } from "../record.js";
import { placeIn } from "./hops.js";

/**
 * @typedef {object} Point
 * @property {number} id                 of the event
 * @property {number} atMs
 * @property {FallMark["lane"]} lane
 * @property {number} place              of the program's lane; 0: the root's
 * @property {number} x                  per cent of the window that is looked at
 * @property {string} when               "+0.015"
 * @property {Author} author             whose word it is
 * @property {string} text
 * @property {number|null} row           id of its line of the record; null: it has none here
 */

/** A stage asks sixty times a second. @type {WeakMap<readonly RecordLine[], Map<number, RecordLine>>} */
const known = new WeakMap();

/** @param {readonly RecordLine[]} lines @param {number} event */
const lineFor = (lines, event) => {
  const byId = known.get(lines) ?? new Map(lines.map((line) => [line.id, line]));
  known.set(lines, byId);
  return byId.get(event) ?? lineOf(lines, event);
};

/**
 * @param {Fall} fall - all of it, without a zoom
 * @param {FallTime} time - what is looked at
 * @param {readonly RecordLine[]} lines
 * @returns {Point[]}
 */
export const pointsOf = (fall, { zeroMs, window: { fromS, toS } }, lines) => {
  /** @type {Map<number, Pick<Point, "id"|"atMs"|"lane"|"place"> & {text: string}>} */
  const found = new Map();
  for (const { id, atMs, lane, pid, text, hollow } of fall.marks) {
    if (id === undefined || atMs === undefined || hollow) continue;
    const place = lane === "program" ? placeIn(fall.way, pid) : 0;
    found.set(id, { id, atMs, lane, place, text: text || found.get(id)?.text || "" });
  }
  for (const { id, atMs, to, say } of fall.way?.hops ?? [])
    found.set(id, { id, atMs, lane: "program", place: to, text: say });
  return [...found.values()]
    .toSorted((a, b) => a.atMs - b.atMs || a.id - b.id)
    .map((point) => {
      const line = lineFor(lines, point.id);
      const x = (((point.atMs - zeroMs) / 1000 - fromS) / (toS - fromS)) * 100;
      return {
        ...point,
        x: Math.round(x * 1e3) / 1e3,
        when: relative(point.atMs, zeroMs),
        author: line?.author ?? point.lane,
        text: point.text.includes("→") ? point.text : line?.text || point.text,
        row: line?.id ?? null,
      };
    });
};

/** The next one in time, or the first or last. @param {readonly Point[]} points @param {number|null} id @param {number} by */
export const along = (points, id, by) => {
  const at = points.findIndex((point) => point.id === id);
  if (at < 0) return points[by < 0 ? points.length - 1 : 0];
  return points[Math.max(0, Math.min(points.length - 1, at + by))];
};
