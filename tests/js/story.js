/**
 * Events as the server sends them, for tests: `story()` numbers them, `fold` folds them.  Times are given in seconds
 * from `T0`, so that a test reads like the record.
 */

import { EMPTY, reduce } from "../../static/js/reduce/index.js";

export const T0 = Date.parse("2025-11-23T13:04:50Z");

/** @param {number} s - seconds from T0 */
export const at = (s) => new Date(T0 + s * 1000).toISOString();

/** @param {number} s */
export const ms = (s) => T0 + s * 1000;

const BOTTOM = {
  blocked: "0000000000000000",
  ignored: "0000000000001000",
  caught: "0000000000000002",
  pending: "0000000000000000",
};

export const masks = (over = {}) => ({ ...BOTTOM, ...over });

/** @param {number[]} numbers */
export const mask = (...numbers) =>
  numbers
    .reduce((bits, number) => bits | (1n << BigInt(number - 1)), 0n)
    .toString(16)
    .padStart(16, "0");

/** Groups of a forecast in which each signal is once. @param {Record<number, string>} fates */
export const groups = (fates) => {
  const named = Object.keys(fates).map(Number);
  const rest = Array.from({ length: 64 }, (_, index) => index + 1).filter((number) => !named.includes(number));
  const group = (/** @type {string} */ fate, /** @type {number[]} */ numbers) => ({
    fate,
    rule: fate,
    why: `It is ${fate}.`,
    sure: fate !== "pending",
    signals: mask(...numbers),
  });
  return [...named.map((number) => group(fates[number], [number])), group("terminates", rest)];
};

/** A list of events that numbers what is added to it. @param {{run?: string, target?: string, first?: number}} [where] */
export const story = ({ run = "r1", target = "r1.server", first = 1 } = {}) => {
  /** @type {any[]} */
  const events = [];
  /** @param {number} s @param {string} kind @param {object} [fields] */
  const add = (s, kind, fields = {}) => {
    const common = { at: at(s), seen_at: at(s), clock: "server", author: "lab", run, target };
    events.push({ id: first + events.length, kind, ...common, ...fields });
    return told;
  };
  const told = {
    events,
    add,
    /** @param {"container"|"process"} [host] */
    running: (host = "container", extra = {}) =>
      add(0, "run_created", {
        target: undefined,
        author: "person",
        number: 1,
        experiment: "pid-1",
        title: "PID 1",
        question: "Why?",
        targets: [{ id: target, name: target.split(".")[1], host, tty: host === "process" }],
      })
        .add(0.1, "target_starting", { equivalent: "docker run server" })
        .add(0.2, "target_started", {
          pid: 100,
          start: 7,
          command: ["python3", "-m", "http.server"],
          equivalent: "docker run server",
          tty: false,
          stdin: false,
          stop_signal: "SIGTERM",
          stop_timeout_s: 10,
          ...extra,
        })
        .process(0.3, 100, { argv: ["python3", "-m", "http.server"], comm: "python3", ns_pid: 1 }),
    /** @param {number} s @param {number} pid @param {object} [fields] */
    process: (s, pid, fields = {}) =>
      add(s, "process_appeared", {
        author: "kernel",
        pid,
        start: pid + 1000,
        ns_pid: pid,
        ppid: 1,
        comm: `p${pid}`,
        argv: [`p${pid}`],
        state: "S",
        threads: 1,
        dispositions: masks(),
        ...fields,
      }),
    /** @param {number} s @param {number} timeoutS @param {object} [fields] */
    stop: (s, timeoutS, fields = {}) =>
      add(s, "stop_requested", {
        author: "person",
        signal: "SIGTERM",
        timeout_s: timeoutS,
        ...(timeoutS < 0 ? {} : { deadline: at(s + timeoutS) }),
        by: "driver",
        ...fields,
      }),
    /** @param {number} s @param {string} signal */
    engineKill: (s, signal) => add(s, "engine_event", { author: "engine", clock: "engine", action: "kill", signal }),
    /** What became of a signal when it was sent; or, with `delivered`, when it was taken. @param {number} s @param {string} signal @param {object} fields */
    kernel: (s, signal, fields) =>
      add(s, "kernel_signal", {
        author: "kernel",
        clock: "kernel",
        signal,
        pid: 100,
        ns_pid: 1,
        comm: "python3",
        teardown: false,
        .../** @type {any} */ (fields),
      }),
    /** Of the root process, all signals of `fates` by number, the rest end it. @param {number} s @param {Record<number, string>} fates @param {object} [fields] */
    forecast: (s, fates, fields = {}) =>
      add(s, "forecast", { pid: 100, start: 1100, outside: groups(fates), ...fields }),
    /** @param {number} s @param {object} [fields] */
    stopForecast: (s, fields = {}) =>
      add(s, "stop_forecast", {
        signal: "SIGTERM",
        timeout_s: 10,
        outcome: "sigkill",
        sure: true,
        say: "SIGKILL after 10 s",
        why: "PID 1 drops SIGTERM.",
        because: ["python3 has no handler for SIGTERM."],
        fix: "Run it with --init.",
        ...fields,
      }),
    /** @param {number} s @param {string} text */
    prints: (s, text) => add(s, "output", { author: "program", text, stream: "stdout" }),
    /** @param {number} s @param {number|undefined} code @param {object} [fields] */
    exits: (s, code, fields = {}) =>
      add(s, "target_exited", { author: "program", exit_code: code, cause: "exited", meaning: "", ...fields }),
    /** @param {number} s @param {object} fields */
    finished: (s, fields) => {
      const stop = events.findLast(({ kind }) => kind === "stop_requested").id;
      return add(s, "stop_finished", { stop, meaning: "", ...fields });
    },
    fold: (from = EMPTY) => events.reduce(reduce, from),
  };
  return told;
};

/** The target of a state that has one. @param {import("../../static/js/wire/types.js").State} state @param {string} [id] */
export const theTarget = (state, id = "r1.server") => {
  const target = state.targets[id];
  if (!target) throw new Error(`no target ${id}`);
  return target;
};
