/**
 * Folds of what lessons do and tick: steps, scratch files, commands that were run inside, pages that were got.
 */

/** @import { Download, Exec, Run, Target } from "../wire/types.js" */
/**
 * @import {
 *   ExecFinishedEvent, ExecRequestedEvent, FileWrittenEvent, HttpFinishedEvent, HttpProgressEvent,
 *   HttpRequestedEvent, PauseRequestedEvent, ScratchFile, StepDoneEvent, StepFailedEvent,
 *   StepUnseenEvent
 * } from "../wire/types_events.js"
 */
import { timeMs } from "../words/text.js";
import { marked } from "./target.js";

const ASKED_KEPT = 20;

/** @param {StepDoneEvent|StepFailedEvent|StepUnseenEvent} event */
const key = (event) => `${event.step}.${event.expect}`;

/** @template T @param {Record<string, T>} all @param {string} name @returns {Record<string, T>} */
const without = (all, name) => {
  if (!(name in all)) return all;
  const { [name]: _, ...rest } = all;
  return rest;
};

/** @param {Run} run @param {StepDoneEvent} event @returns {Run} */
export const stepDone = (run, event) => ({
  ...run,
  seen: { ...run.seen, [key(event)]: event.evidence },
  took: event.took_s === undefined ? run.took : { ...run.took, [key(event)]: event.took_s },
  failed: without(run.failed, key(event)),
});

/** @param {Run} run @param {StepFailedEvent} event @returns {Run} */
export const stepFailed = (run, event) => ({
  ...run,
  failed: { ...run.failed, [key(event)]: { id: event.id, why: event.why } },
});

/** @param {Run} run @param {StepUnseenEvent} event @returns {Run} */
export const stepUnseen = (run, event) => ({
  ...run,
  unseen: { ...run.unseen, [key(event)]: { id: event.id, why: event.why } },
});

/** @param {Run} run @param {FileWrittenEvent} event @returns {Run} */
export const fileWritten = (run, event) => {
  const { name, text, by } = event;
  return { ...run, files: { ...run.files, [name]: { name, text, by, atMs: timeMs(event.at), id: event.id } } };
};

/** The files as the run was created with. @param {ScratchFile[]} [files] @returns {Run["files"]} */
export const filesOf = (files = []) =>
  Object.fromEntries(files.map(({ name, text }) => [name, { name, text, by: null, atMs: null, id: null }]));

/** @param {Target} target @param {PauseRequestedEvent} event @returns {Target} */
export const pauseRequested = (target, event) =>
  marked(target, event, {
    lane: "person",
    what: "pause",
    text: `${event.by} ${event.paused ? "pauses it" : "lets it go on"}`,
  });

/** @param {Target} target @param {ExecRequestedEvent} event @returns {Target} */
export const execRequested = (target, event) => {
  /** @type {Exec} */
  const exec = {
    id: event.id,
    atMs: timeMs(event.at),
    command: event.command,
    by: event.by,
    done: false,
    exitCode: null,
    output: "",
  };
  return { ...target, execs: [...target.execs, exec].slice(-ASKED_KEPT) };
};

/** @param {Target} target @param {ExecFinishedEvent} event @returns {Target} */
export const execFinished = (target, event) => ({
  ...target,
  execs: target.execs.map((each) =>
    each.id === event.request ? { ...each, done: true, exitCode: event.exit_code ?? null, output: event.output } : each,
  ),
});

/** @param {Target} target @param {HttpRequestedEvent} event @returns {Target} */
export const httpRequested = (target, event) => {
  /** @type {Download} */
  const download = {
    id: event.id,
    atMs: timeMs(event.at),
    url: event.url,
    by: event.by,
    done: false,
    status: null,
    received: 0,
    expected: null,
    complete: false,
    tookS: null,
    error: null,
    text: "",
  };
  return { ...target, downloads: [...target.downloads, download].slice(-ASKED_KEPT) };
};

/** @param {Target} target @param {number} request @param {Partial<Download>} facts @returns {Target} */
const onDownload = (target, request, facts) => ({
  ...target,
  downloads: target.downloads.map((each) => (each.id === request ? { ...each, ...facts } : each)),
});

/** @param {Target} target @param {HttpProgressEvent} event @returns {Target} */
export const httpProgress = (target, event) =>
  onDownload(target, event.request, { received: event.received, expected: event.expected ?? null });

/** @param {Target} target @param {HttpFinishedEvent} event @returns {Target} */
export const httpFinished = (target, event) =>
  onDownload(target, event.request, {
    done: true,
    status: event.status ?? null,
    received: event.received,
    expected: event.expected ?? null,
    complete: event.complete,
    tookS: event.took_s,
    error: event.error ?? null,
    text: event.text ?? "",
  });
