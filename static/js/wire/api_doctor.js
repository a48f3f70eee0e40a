/** What the doctor's page alone asks of the lab. */

/** @import { DoctorReport } from "./types_doctor.js" */

/** @param {{call: (method: string, path: string, body?: object) => Promise<any>}} api */
export const doctorApi = ({ call }) => ({
  /** What `docker stop` would come to for every container of the engine. @returns {Promise<DoctorReport>} */
  all: () => call("GET", "/doctor"),
  /** A copy of it is stopped, and one with what would help. @param {string} container @param {"fenced"|"docker"} fence @returns {Promise<{run: string}>} */
  rehearse: (container, fence) => call("POST", "/rehearsals", { container, fence }),
  /** To one that is not the lab's; `confirm` names signal and container. @param {string} container @param {{signal: string, confirm: string}} what */
  signal: (container, what) => call("POST", `/doctor/${encodeURIComponent(container)}/signals`, what),
  /** @param {string} container @param {{confirm: string}} what */
  stop: (container, what) => call("POST", `/doctor/${encodeURIComponent(container)}/stop`, what),
});
