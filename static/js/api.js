/**
 * Every call of the API that the page makes.  An answer of 2xx says that a request was taken, never what came of it:
 * that arrives as events.  Everything else throws an `ApiError` with the server's own words.
 */

/** @import { Experiment, Health, RunFacts, SignalTable } from "./types.js" */

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

/** @param {Response} response @returns {Promise<ApiError>} */
const errorOf = async (response) => {
  const said = await response.json().catch(() => null);
  return new ApiError({
    status: response.status,
    code: said?.code ?? `http_${response.status}`,
    message: said?.error ?? `The lab answered with ${response.status}.`,
    hint: said?.hint ?? null,
  });
};

/**
 * @param {{fetch?: typeof globalThis.fetch, base?: string}} [options]
 */
export function createApi({ fetch = globalThis.fetch.bind(globalThis), base = "/api/v1" } = {}) {
  /** @param {string} method @param {string} path @param {object} [body] @returns {Promise<any>} */
  const call = async (method, path, body) => {
    const headers = body === undefined ? undefined : { "content-type": "application/json" };
    let response;
    try {
      response = await fetch(base + path, { method, headers, body: body && JSON.stringify(body), cache: "no-store" });
    } catch (cause) {
      const message = "The lab does not answer.";
      const hint = "Is it still running? The page tries again by itself.";
      throw Object.assign(new ApiError({ status: 0, code: "unreachable", message, hint }), { cause });
    }
    if (!response.ok) throw await errorOf(response);
    return response.json();
  };

  const part = encodeURIComponent;

  return {
    /** @returns {Promise<Health>} */
    health: () => call("GET", "/health"),
    /** @returns {Promise<SignalTable>} */
    signals: () => call("GET", "/signals"),
    /** @returns {Promise<Experiment[]>} */
    experiments: async () => (await call("GET", "/experiments")).experiments,
    /** Files of experiments that cannot be used: "file:line: what is wrong". @returns {Promise<string[]>} */
    faults: async () => (await call("GET", "/experiments")).faults ?? [],
    /** @param {string} id @returns {Promise<Experiment>} */
    experiment: (id) => call("GET", `/experiments/${part(id)}`),
    /** Newest first. @param {number} [limit] @returns {Promise<RunFacts[]>} */
    runs: async (limit = 50) => (await call("GET", `/runs?limit=${limit}`)).runs,
    /** @param {string} run @returns {Promise<RunFacts & {targets: {id: string, name: string, host: string}[], question: string}>} */
    run: (run) => call("GET", `/runs/${part(run)}`),
    /** @param {string} experiment @returns {Promise<{run: string, targets: {id: string, name: string}[], event_id: number}>} */
    start: (experiment) => call("POST", "/runs", { experiment }),
    /** A command or an image of one's own. @param {{host: string, command: string[], image?: string}} what @returns {Promise<{run: string}>} */
    startOwn: (what) => call("POST", "/runs", what),
    /** Ends the run and what belongs to it. @param {string} run @returns {Promise<{ok: true}>} */
    remove: (run) => call("DELETE", `/runs/${part(run)}`),
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
    resize: (target, cols, rows) => call("POST", `/targets/${part(target)}/resize`, { cols, rows }),
    /** A link that lets others watch. @returns {Promise<{url: string}>} */
    link: () => call("POST", "/links", { role: "viewer" }),
    /** Where the run's record can be fetched as JSON Lines. @param {string} run */
    exportUrl: (run) => `${base}/runs/${part(run)}/events.jsonl`,
    /**
     * Is anybody there, and whose journal is it?  Never throws: this is what the stream asks before it tries again.
     * @returns {Promise<{status: number, journal: string|null}>}
     */
    probe: async () => {
      try {
        return { status: 200, journal: (await call("GET", "/health")).journal ?? null };
      } catch (error) {
        return { status: error instanceof ApiError ? error.status : 0, journal: null };
      }
    },
  };
}
