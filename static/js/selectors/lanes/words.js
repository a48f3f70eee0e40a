/**
 * What a lane says of its target beside the name: the host, and of the command line what is this target's own.
 */

import { shortened } from "../../words/text.js";

/** @typedef {{host: string, equivalent: string}} CommandLine */

const LONGEST = 80;
const QUOTED = `'"'"'`; // a quotation mark between quotation marks: nobody reads that
const ALONE = /^(-[dti]+|--init|--rm|--privileged)$/; // options without a value

/** Words of a line of a shell; quoted ones stay as they are. @param {string} line */
const wordsOf = (line) => line.match(/(?:'[^']*'|"[^"]*"|\S)+/g) ?? [];

/** @param {string} tag - "signal-lab/base:4fdf71" */
const imageName = (tag) => tag.replace(/^signal-lab\//, "").replace(/:[0-9a-f]{12}$/, "");

/** `docker run …` in its parts. @param {string} line */
const dockerRun = (line) => {
  const words = wordsOf(line).slice(2);
  /** @type {string[]} */
  const options = [];
  let at = 0;
  while (at < words.length && words[at].startsWith("-")) {
    const alone = ALONE.test(words[at]) || words[at].includes("=");
    options.push(alone ? words[at] : words.slice(at, at + 2).join(" "));
    at += alone ? 1 : 2;
  }
  const [image = "", ...command] = words.slice(at);
  return { options: options.filter((each) => each !== "-d" && !each.startsWith("--name ")), image, command };
};

/** @param {CommandLine} line @param {readonly CommandLine[]} all */
const containerWords = ({ equivalent }, all) => {
  const { options, image, command } = dockerRun(equivalent);
  const others = all.filter(({ host }) => host === "container").map((each) => dockerRun(each.equivalent));
  const ownOptions = options.filter((option) => !others.every((other) => other.options.includes(option)));
  const ownImage = command.length === 0 || others.some((other) => other.image !== image);
  return [...ownOptions, ...(ownImage && image ? [imageName(image)] : []), ...command].join(" ");
};

/**
 * "container: --stop-timeout 5 python3 -m http.server".  What all lanes share is left out, a host, options, an image: lanes
 * tell what differs.
 * @param {CommandLine} line @param {readonly CommandLine[]} all - lines of all lanes
 */
export const commandWords = (line, all) => {
  const { host, equivalent } = line;
  const words = host === "container" ? containerWords(line, all) : equivalent.replace(/^unshare( --\S+)* /, "");
  const plain = words.replaceAll(QUOTED, "'");
  const same = all.every((each) => each.host === host);
  return shortened(plain && same ? plain : [host, plain].filter(Boolean).join(": "), LONGEST);
};
