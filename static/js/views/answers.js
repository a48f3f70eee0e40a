/**
 * What a step's commands and requests came to: the output of a command that was run inside a target, and how far a
 * page has come that the lab gets from the target's own server.  The boxes are bounded, and stay where they are.
 */

import { html, nothing } from "../lit.js";
import { bytes } from "../words/lesson.js";
import { plain, seconds } from "../words/text.js";
import { copyButton } from "./copy.js";

/** @import { Download, Exec } from "../wire/types.js" */
/** @import { Answer } from "../selectors/answers.js" */

const TEXT_MAX = 400; // bytes of an answer that is shown itself, beside its size

/** @param {Exec} exec */
const ranWords = ({ done, exitCode }) =>
  !done ? "running …" : exitCode === null ? "could not be run" : exitCode === 0 ? "exit 0" : `exit ${exitCode}`;

/** @param {Exec} exec @param {string} target @param {string|null} copied @param {(text: string) => void} onCopy */
const execView = (exec, target, copied, onCopy) => {
  const output = plain(exec.output).replace(/\n$/, "");
  return html`<figure class="ans">
    <figcaption><code>${exec.command.join(" ")}</code> <span>in ${target}, ${ranWords(exec)}</span></figcaption>
    <div class="ans-out"><pre tabindex="0" aria-label=${`Output of ${exec.command.join(" ")}`}>${exec.done ? output || "(it printed nothing)" : " "}</pre>${output ? copyButton(output, copied, onCopy) : nothing}</div>
  </figure>`;
};

/** @param {Download} download */
const gotWords = ({ done, received, expected, complete, tookS, error }) => {
  const much =
    expected === null || expected === received ? bytes(received) : `${bytes(received)} of ${bytes(expected)}`;
  if (!done) return received === 0 && expected === null ? "asked …" : `${much} so far`;
  if (complete) return `went on to its end: ${much} in ${seconds(tookS)}`;
  if (received === 0 && expected === null) return `no answer after ${seconds(tookS)}${error ? `: ${error}` : ""}`;
  return `was cut after ${seconds(tookS)}, at ${much}`;
};

/** @param {Download} download @param {string} target */
const downloadView = (download, target) => {
  const { url, done, status, received, expected, complete, text } = download;
  const is = !done ? "going" : complete ? "whole" : "cut";
  const shown = done && complete && received <= TEXT_MAX ? plain(text).trim() : "";
  return html`<figure class="ans" data-is=${is}>
    <figcaption><code>GET ${url.replace(/^http:\/\//, "")}</code> <span>from ${target}${status === null ? "" : `, status ${status}`}</span></figcaption>
    <progress max=${expected || 1} .value=${expected ? received : done && complete ? 1 : 0} aria-label="How much has come"></progress>
    <p>${gotWords(download)}</p>
    ${shown ? html`<pre tabindex="0" aria-label="What was answered">${shown}</pre>` : nothing}
  </figure>`;
};

/** @param {Answer[]} answers @param {string|null} copied @param {(text: string) => void} onCopy */
export const answersView = (answers, copied, onCopy) =>
  answers.map((answer) =>
    answer.kind === "exec"
      ? execView(answer.exec, answer.target, copied, onCopy)
      : downloadView(answer.download, answer.target),
  );
