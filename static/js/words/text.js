/**
 * Times and small words, the same everywhere on the page.  Numbers that nobody measured are said to be unknown.
 */

const MINUS = "−"; // a real minus sign: as wide as the plus in tabular figures

/**
 * RFC 3339 with microseconds to milliseconds, keeping the microseconds as a fraction: Date alone would cut them off.
 *
 * @param {string} at
 */
export const timeMs = (at) => {
  const fraction = /\.(\d+)/.exec(at);
  if (!fraction) return Date.parse(at);
  return Date.parse(at.replace(fraction[0], "")) + Number(`0.${fraction[1]}`) * 1000;
};

/** @param {number} number @param {number} [width] */
const padded = (number, width = 2) => String(number).padStart(width, "0");

/** Time of day where the reader is: "13:04:51". @param {number} atMs */
export const clockTime = (atMs) => {
  const at = new Date(atMs);
  return `${padded(at.getHours())}:${padded(at.getMinutes())}:${padded(at.getSeconds())}`;
};

/** "+0.010", "−2.084": seconds from a zero. @param {number} atMs @param {number} zeroMs */
export const relative = (atMs, zeroMs) => {
  const ms = Math.round(atMs - zeroMs);
  return `${ms < 0 ? MINUS : "+"}${(Math.abs(ms) / 1000).toFixed(3)}`;
};

/** A measured time: "3.1 s", "0.15 s", "10.0 s", "131 s". @param {number|null} s */
export const seconds = (s) => {
  if (s === null || Number.isNaN(s)) return "unknown time";
  return `${s.toFixed(s < 0.995 ? 2 : s < 99.95 ? 1 : 0)} s`;
};

/** "2 min 14 s", "45 s", "3 h 5 min", "2 d 4 h": two units at most, whole. @param {number} ms */
export const duration = (ms) => {
  const s = Math.max(0, Math.floor(ms / 1000));
  const units = [
    [86400, "d"],
    [3600, "h"],
    [60, "min"],
    [1, "s"],
  ].map(([size, name], at, all) => {
    const upper = at === 0 ? Number.POSITIVE_INFINITY : Number(all[at - 1][0]);
    return { count: Math.floor((s % upper) / Number(size)), name };
  });
  const first = units.findIndex((unit) => unit.count > 0);
  if (first < 0) return "0 s";
  return units
    .slice(first, first + 2)
    .filter((unit) => unit.count > 0)
    .map((unit) => `${unit.count} ${unit.name}`)
    .join(" ");
};

/** "1 process", "3 processes". @param {number} count @param {string} one @param {string} [many] */
export const counted = (count, one, many = `${one}s`) => `${count} ${count === 1 ? one : many}`;

/** @param {string} text @param {number} limit - characters, the ellipsis included */
export const shortened = (text, limit) => {
  const characters = [...text];
  return characters.length <= limit
    ? text
    : `${characters
        .slice(0, limit - 1)
        .join("")
        .trimEnd()}…`;
};

const ESC = String.fromCharCode(27);
const BEL = String.fromCharCode(7);
// CSI … final; OSC … BEL or ST; two-character escapes; then what is left of the controls, but for tab and line feed
const ESCAPES = new RegExp(
  String.raw`${ESC}\[[0-?]*[ -/]*[@-~]|${ESC}\][^${BEL}${ESC}]*(?:${BEL}|${ESC}\\)?|${ESC}[ -/]*[0-~]|(?![\t\n])\p{Cc}`,
  "gu",
);

/** Terminal output as plain words: no escapes, no controls but tab and line feed. @param {string} text */
export const plain = (text) => text.replace(/\r\n?/g, "\n").replace(ESCAPES, "");

// What would move the eye or the text: controls, and what turns the direction of writing.
const UNSEEN = /[\p{Cc}\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]/gu;

/** A name as it is written, on one line: "a\\nb" for what holds a line feed. @param {string} text */
export const visible = (text) =>
  text.replace(UNSEEN, (found) => {
    if (found === "\n") return "\\n";
    if (found === "\t") return "\\t";
    const code = /** @type {number} */ (found.codePointAt(0));
    return code < 256 ? `\\x${code.toString(16).padStart(2, "0")}` : `\\u${code.toString(16).padStart(4, "0")}`;
  });

/** The first line with something on it, plain and short; "" where there is none. @param {string} text @param {number} [limit] */
export const firstLine = (text, limit = 60) => {
  const line = plain(text)
    .split("\n")
    .find((each) => each.trim());
  return line ? shortened(line.trim(), limit) : "";
};

/** "no limit" for a stop that waits for ever, else "timeout 3 s". @param {number} timeoutS */
export const timeoutWords = (timeoutS) => (timeoutS < 0 ? "no timeout" : `timeout ${timeoutS} s`);

/** "exited with 137"; without a code that is said. @param {number|null} code */
export const exitedWith = (code) => (code === null ? "ended, exit code unknown" : `exited with ${code}`);

/** Who did it: "driver" and "lab" are roles, anything else is the name of a program's token. @param {string} by */
export const whoDid = (by) => (by === "driver" || by === "viewer" || by === "lab" ? `the ${by}` : by);
