/**
 * Every call of the API that the page makes.  An answer of 2xx says that a request was taken, never what came of it:
 * that arrives as events.  Everything else throws an `ApiError` with the server's own words.
 */

import { linkTo } from "../words/address.js";
import { createAsk } from "./again.js";
import { createGate, fetchThrough } from "./gate.js";

/** @import { Experiment, Health, KeptRun, LabEvent, MachineLoad, ProcessLoad, RunFacts, SignalTable, SignalUses } from "./types.js" */

export class ApiError extends Error {
  /**
   * @param {{status: number, code: string, message: string, hint: string|null}} facts - status 0: no answer at all;
   *   `code` is stable ("already_gone"), the words are not
   */
  constructor({ status, code, message, hint }) {
    super(message);
    this.name = "ApiError";
    this.status = status;
    this.code = code;
    this.hint = hint;
  }
}

/** @param {string} text @returns {any} null for what is no JSON */
const parsed = (text) => {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
};

/** @param {Response} response @param {string} text */
const errorOf = (response, text) => {
  const said = parsed(text);
  return new ApiError({
    status: response.status,
    code: said?.code ?? `http_${response.status}`,
    message: said?.error ?? `The lab answered with ${response.status}.`,
    hint: said?.hint ?? null,
  });
};

/**
 * @param {{fetch?: typeof globalThis.fetch, base?: string, again?: boolean, pause?: (ms: number) => Promise<void>}} [options] -
 *   `again`, `pause`: see `again.js`
 */
export function createApi({ fetch = fetchThrough(createGate()), base = linkTo("/api/v1"), again, pause } = {}) {
  const question = createAsk({ fetch, again, pause });

  /** @param {string} method @param {string} path @param {object|Blob} [body] - a file as it is, else JSON @param {{again?: boolean}} [options] @returns {Promise<string>} */
  const ask = async (method, path, body, options) => {
    const file = body instanceof Blob ? body : null;
    const type = file ? "application/octet-stream" : "application/json";
    const headers = body === undefined ? undefined : { "content-type": type };
    const request = /** @type {RequestInit} */ ({
      method,
      headers,
      body: file ?? (body && JSON.stringify(body)),
      cache: "no-store",
    });
    const { response, text } = await question(base + path, request, options).catch((cause) => {
      const message = "The lab does not answer.";
      const hint = "Is it still running? The page tries again by itself.";
      throw Object.assign(new ApiError({ status: 0, code: "unreachable", message, hint }), { cause });
    });
    if (!response.ok) throw errorOf(response, text);
    return text;
  };

  /** @param {string} method @param {string} path @param {object} [body] @param {{again?: boolean}} [options] @returns {Promise<any>} */
  const call = async (method, path, body, options) => JSON.parse(await ask(method, path, body, options));

  /** Each size after the one before: the last one that was asked for is the one that stays. */
  let resizing = Promise.resolve();

  const part = encodeURIComponent;

  return {
    /** One try: by when it was asked the clock is set, and who asks asks again. @returns {Promise<Health>} */
    health: () => call("GET", "/health", undefined, { again: false }),
    /** @returns {Promise<SignalTable>} */
    signals: () => call("GET", "/signals"),
    /** For what one page alone asks. */
    call,
    /** Who sends each, and what programs do with it. @returns {Promise<SignalUses>} */
    signalUses: () => call("GET", "/signals/uses"),
    /** All that a page begins with; of experiments that it is not `about` only what a list needs. @param {string|null} [about] @returns {Promise<{health: Health, experiments: Experiment[], faults: string[], signals: SignalTable}>} */
    lab: (about = null) => call("GET", about === null ? "/lab" : `/lab?about=${part(about)}`),
    /** @returns {Promise<Experiment[]>} */
    experiments: async () => (await call("GET", "/experiments")).experiments,
    /** @param {string} id @returns {Promise<Experiment>} */
    experiment: (id) => call("GET", `/experiments/${part(id)}`),
    /** Newest first. @param {number} [limit] @returns {Promise<RunFacts[]>} */
    runs: async (limit = 50) => (await call("GET", `/runs?limit=${limit}`)).runs,
    /**
     * A page of the history, newest first.
     * @param {{q?: string, outcome?: string, experiment?: string, before?: string|null, limit?: number}} wish - `before`:
     *   `next` of the page before
     * @returns {Promise<{runs: KeptRun[], total: number, next: string|null}>}
     */
    history: (wish) => {
      const query = new URLSearchParams();
      for (const [name, value] of Object.entries(wish)) if (value) query.set(name, String(value));
      return call("GET", `/runs?${query}`);
    },
    /** `again`: of one's own, and it can be started once more. @param {string} run @returns {Promise<RunFacts & {again: boolean, targets: {id: string, name: string, host: string}[], question: string}>} */
    run: (run) => call("GET", `/runs/${part(run)}`),
    /** `guess`: the room guesses from its first moment. @param {string} experiment @param {{timeout_s?: number}} [guess] @returns {Promise<{run: string, targets: {id: string, name: string}[], event_id: number}>} */
    start: (experiment, guess) => call("POST", "/runs", { experiment, guess }),
    /** A command or an image of one's own, a race of several, or a run of these once more. @param {import("../selectors/own.js").OwnRequest|{race: object[]}|{again: string}} what @returns {Promise<{run: string}>} */
    startOwn: (what) => call("POST", "/runs", what),
    /** The command line that this is; nothing is started. @param {import("../selectors/own.js").OwnRequest} what @returns {Promise<string>} */
    equivalent: async (what) => (await call("POST", "/equivalent", what)).equivalent[0],
    /** What the processes of a run cost now. @param {string} run @returns {Promise<ProcessLoad[]>} */
    load: async (run) => (await call("GET", `/runs/${part(run)}/load`)).processes,
    /** How loaded the lab's machine is. @returns {Promise<MachineLoad>} */
    machine: async () => (await call("GET", "/engine")).machine,
    /** The run before of the same race, by the names of its targets. @param {string} run @returns {Promise<{number: number|null, took_s: Record<string, number>}>} */
    before: (run) => call("GET", `/runs/${part(run)}/before`),
    /** Asks everybody to guess first, before a stop with that timeout; takes no more guesses. @param {string} run @param {boolean} open @param {number} [timeoutS] @returns {Promise<{event_id: number}>} */
    bets: (run, open, timeoutS) =>
      open
        ? call("POST", `/runs/${part(run)}/bets`, { timeout_s: timeoutS })
        : call("DELETE", `/runs/${part(run)}/bets`),
    /** Under which name this browser's guesses are recorded. @param {string} run @returns {Promise<{who: string}>} */
    myBets: (run) => call("GET", `/runs/${part(run)}/bets/mine`),
    /** @param {string} target @param {import("./types.js").Guess} guess @returns {Promise<{event_id: number|null}>} */
    guess(target, guess) {
      const [ends, before] = `${guess}`.split(" ");
      return call("POST", `/targets/${part(target)}/guess`, { ends, ...(before ? { before_s: Number(before) } : {}) });
    },
    /** Ends the run and what belongs to it. @param {string} run @returns {Promise<{ok: true}>} */
    remove: (run) => call("DELETE", `/runs/${part(run)}`),
    /** Keeps the recording of a run from somewhere else: an export, or a report. @param {Blob} file @returns {Promise<{run: string, events: number}>} */
    importRun: (file) => call("POST", "/imports", file),
    /** Removes what is kept of a run that has ended. @param {string} run @returns {Promise<{ok: true}>} */
    forget: (run) => call("DELETE", `/runs/${part(run)}?forget=true`),
    /** Does what a step of the lesson says. @param {string} run @param {number} step @returns {Promise<{event_id: number|null}>} */
    doStep: (run, step) => call("POST", `/runs/${part(run)}/steps/${step}`, {}),
    /** A new text for a scratch file of the run. @param {string} run @param {string} name @param {string} text @returns {Promise<{event_id: number}>} */
    writeFile: (run, name, text) => call("PUT", `/runs/${part(run)}/files/${part(name)}`, { text }),
    /** Starts a target that its run has left for later. @param {string} target @returns {Promise<{event_id: number|null}>} */
    startTarget: (target) => call("POST", `/targets/${part(target)}/start`, {}),
    /** Freezes all of it, or lets it go on. @param {string} target @param {boolean} paused @returns {Promise<{event_id: number}>} */
    pause: (target, paused) => call("POST", `/targets/${part(target)}/${paused ? "pause" : "unpause"}`, {}),
    /**
     * @param {string} target
     * @param {{signal: string|number, pid?: number, group?: boolean, from?: "outside"|"inside"}} what
     * @returns {Promise<{event_id: number}>}
     */
    signal: (target, what) => call("POST", `/targets/${part(target)}/signals`, what),
    /** @param {string} target @param {{timeout_s?: number, signal?: string}} [how] @returns {Promise<{event_id: number}>} */
    stop: (target, how = {}) => call("POST", `/targets/${part(target)}/stop`, how),
    /** All targets of a run at once. @param {string} run @param {{timeout_s?: number, signal?: string}} [how] @returns {Promise<{event_ids: number[]}>} */
    stopRun: (run, how = {}) => call("POST", `/runs/${part(run)}/stop`, how),
    /**
     * What a stop would come to as it is asked for here, and the signal to each process.
     * @param {string} target @param {{signal: string, timeout_s: number}} how
     * @returns {Promise<{stop: object|null}>}
     */
    forecast: (target, { signal, timeout_s }) =>
      call("GET", `/targets/${part(target)}/forecast?signal=${part(signal)}&timeout_s=${timeout_s}`),
    /** "Kill now" during a stop. @param {string} target @returns {Promise<{event_id: number}>} */
    kill: (target) => call("POST", `/targets/${part(target)}/kill`, {}),
    /** Keys for the terminal. @param {string} target @param {string} data @returns {Promise<object>} */
    type: (target, data) => call("POST", `/targets/${part(target)}/input`, { data }),
    /** @param {string} target @param {number} cols @param {number} rows @returns {Promise<object>} */
    resize: (target, cols, rows) => {
      const resized = resizing.then(() => call("POST", `/targets/${part(target)}/resize`, { cols, rows }));
      resizing = resized.catch(() => {});
      return resized;
    },
    /** A link that lets others watch. @returns {Promise<{url: string, qr: {size: number, path: string}, out_of_reach: string}>} */
    link: () => call("POST", "/links", { role: "viewer" }),
    /** All viewers' links stop working, and those who came by them are signed out. @returns {Promise<{watching: number}>} */
    revoke: () => call("DELETE", "/links"),
    /** What the presenter looks at: viewers who follow look at the same. @param {Omit<import("./types_api.js").Focus, "at">} what @returns {Promise<object>} */
    lookAt: (what) => call("POST", "/focus", what),
    /** Ends a build; all who wait for it are told. @param {string} image @returns {Promise<object>} */
    cancelBuild: (image) => call("DELETE", `/builds/${part(image)}`),
    /** Where the run's record can be fetched as JSON Lines. @param {string} run */
    exportUrl: (run) => `${base}/runs/${part(run)}/events.jsonl?lab=true`,
    /** Where its report can be fetched: one HTML file that needs no lab. @param {string} run */
    reportUrl: (run) => `${base}/runs/${part(run)}/report`,
    /** All of it that is kept, as JSON Lines. @param {string} run @returns {Promise<string>} */
    recording: (run) => ask("GET", `/runs/${part(run)}/events.jsonl?lab=true`),
    /**
     * Is anybody there, and whose journal is it?  Never throws: this is what the stream asks before it tries again.
     * @returns {Promise<{status: number, journal: string|null}>}
     */
    probe: async () => {
      try {
        const { journal = null } = await call("GET", "/health", undefined, { again: false });
        return { status: 200, journal };
      } catch (error) {
        return { status: error instanceof ApiError ? error.status : 0, journal: null };
      }
    },
    /**
     * A page of what happened after an event.
     * @param {{run: string|null, kinds: string[], after: number}} wish
     * @returns {Promise<{events: LabEvent[], place: number}>} `place`: all up to there was looked through
     */
    past: ({ run, kinds, after }) => {
      const query = new URLSearchParams(kinds.map((kind) => ["kind", kind]));
      if (run !== null) query.set("run", run);
      query.set("after", String(after));
      return call("GET", `/events/past?${query}`);
    },
  };
}
