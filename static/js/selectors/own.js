/**
 * What is typed into the form for a command or an image of one's own, and what the API is asked for.  A command line is a
 * list of words and never a shell.
 */

import { argvOf } from "../words/argv.js";

/**
 * @typedef {object} Own
 * @property {"container"|"sandbox"|"process"} host
 * @property {string} image
 * @property {string} command
 * @property {boolean} init
 * @property {boolean} pidHost
 * @property {boolean} tty
 * @property {boolean} stdin
 * @property {boolean} unfenced - with the engine's usual capabilities and a network
 * @property {string} stopSignal
 * @property {string} stopTimeout
 * @property {string} entrypoint
 * @property {string} memory
 * @property {string} user
 * @property {string} workdir - of a process or sandbox: the folder it is started in
 * @property {string} env - one NAME=value on each line
 * @property {boolean} open - the options are shown
 *
 * @typedef {{host: string, command: string[], image?: string, options?: Record<string, unknown>}} OwnRequest
 */

/** @type {Readonly<Own>} */
export const NOTHING = Object.freeze({
  host: "container",
  image: "",
  command: "",
  init: false,
  pidHost: false,
  tty: false,
  stdin: false,
  unfenced: false,
  stopSignal: "",
  stopTimeout: "",
  entrypoint: "",
  memory: "",
  user: "",
  workdir: "",
  env: "",
  open: false,
});

/** Lines NAME=value. @param {string} text @returns {Record<string, string>} */
const envOf = (text) =>
  Object.fromEntries(
    text
      .split("\n")
      .filter((line) => line.trim())
      .map((line) => {
        const at = line.indexOf("=");
        return at < 0 ? [line.trim(), ""] : [line.slice(0, at).trim(), line.slice(at + 1)];
      }),
  );

/** @param {Record<string, unknown>} all @returns {Record<string, unknown>} without what was left as it is */
const given = (all) =>
  Object.fromEntries(
    Object.entries(all).filter(
      ([, value]) =>
        value !== "" && value !== false && !(typeof value === "object" && value && Object.keys(value).length === 0),
    ),
  );

/** @param {Own} own @returns {Record<string, unknown>} named as in the API */
export const ownOptions = (own) => {
  const env = envOf(own.env);
  if (own.host !== "container") return given({ env, cwd: own.workdir.trim() });
  const timeout = own.stopTimeout.trim().replace("−", "-");
  return given({
    init: own.init,
    pid_mode: own.pidHost ? "host" : "",
    tty: own.tty,
    stdin_open: own.stdin,
    fence: own.unfenced ? "docker" : "",
    stop_signal: own.stopSignal.trim(),
    stop_timeout_s: /^-?\d{1,6}$/.test(timeout) ? Number(timeout) : timeout,
    entrypoint: argvOf(own.entrypoint) ?? [],
    memory: own.memory.trim(),
    user: own.user.trim(),
    workdir: own.workdir.trim(),
    env,
  });
};

/** How many options are not as they are by themselves. @param {Own} own */
export const ownCount = (own) => Object.keys(ownOptions(own)).length;

/**
 * What the API is asked for.
 * @param {Own} own @returns {OwnRequest|null} null: it cannot be started like this
 */
export const ownRequest = (own) => {
  const command = argvOf(own.command);
  if (command === null || argvOf(own.entrypoint) === null) return null;
  const options = ownOptions(own);
  const more = Object.keys(options).length ? { options } : {};
  if (own.host !== "container") return command.length ? { host: own.host, command, ...more } : null;
  const image = own.image.trim();
  if (!image && !command.length) return null;
  return { host: own.host, command, ...(image ? { image } : {}), ...more };
};

/** The option that an error of the API is about: "memory: …". @param {string} error */
export const fieldOf = (error) => /^([a-z_]+)[.\w]*: /.exec(error)?.[1] ?? "";
