/**
 * What processes and the machine cost, as words of a fixed and small width.
 */

/** @import { MachineLoad, Process, ProcessLoad, RowLoad } from "../wire/types.js" */

const UNITS = ["KiB", "MiB", "GiB", "TiB"];

/** Of one processor; several threads make more than 100. @param {number|null} percent - null: not known yet */
const cpuWords = (percent) => {
  if (percent === null) return "–";
  return percent > 0 && percent < 0.5 ? "<1 %" : `${Math.round(percent)} %`;
};

/** @param {number} bytes */
const memoryWords = (bytes) => {
  let [value, unit] = [bytes / 1024, 0];
  for (; value >= 1000 && unit < UNITS.length - 1; unit += 1) value /= 1024;
  return `${value < 10 && unit > 0 ? value.toFixed(1) : Math.round(value)} ${UNITS[unit]}`;
};

/**
 * @param {readonly ProcessLoad[]} loads @param {Process|undefined} process
 * @returns {RowLoad|null} null: it has gone, or is not on the lab's machine
 */
export const rowLoad = (loads, process) => {
  const load = loads.find(({ pid, start }) => pid === process?.pid && start === process.start);
  if (!load || process?.goneMs !== null) return null;
  return { cpu: cpuWords(load.cpu_percent), memory: memoryWords(load.rss_bytes) };
};

/** @param {MachineLoad} machine @returns {{text: string, busy: boolean}} */
export const machineWords = ({ load, cpus }) => {
  const busy = load > cpus;
  const of = `Load ${load.toFixed(2)} on ${cpus} ${cpus === 1 ? "CPU" : "CPUs"}`;
  return { text: busy ? `${of}: times are longer than on an idle machine` : of, busy };
};
