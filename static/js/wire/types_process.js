/**
 * The shapes of a process: its masks, and its forecast.  Types only: this module has no code.
 *
 * As the events have them (`types_events.js`):
 *
 * @typedef {import("./types_events.js").Dispositions} Masks
 * @typedef {import("./types_events.js").ThreadMasks} ThreadMasks
 * @typedef {import("./types_events.js").Fate} Fate
 * @typedef {import("./types_events.js").ForecastGroup} ForecastGroup
 *
 * @typedef {object} Forecast      What each signal would do to a process if it were sent now.
 * @property {ForecastGroup[]} outside
 * @property {ForecastGroup[]|null} inside  sent from inside its PID namespace; null: that makes no difference
 *
 * @typedef {import("./types_events.js").Origin} Origin
 *
 * @typedef {object} StopForecast  What a stop would come to, by an event or by an answer of the API.
 * @property {string} signal
 * @property {number} timeoutS     -1: for ever
 * @property {import("./types_events.js").StopOutcome} outcome
 * @property {boolean} sure
 * @property {string} say
 * @property {string} why
 * @property {string[]} because
 * @property {string|null} fix
 *
 * @typedef {object} Process
 * @property {string} key       `${pid}:${start}` of the process that is there now
 * @property {string} row       identity of the row on the board: the key it first appeared with; survives respawns
 * @property {number} pid       on the engine's machine
 * @property {number} start
 * @property {number} nsPid     inside the target
 * @property {number} ppid
 * @property {string} comm
 * @property {string[]} argv
 * @property {string} state     one letter, proc(5)
 * @property {number} threads
 * @property {Masks|null} dispositions   null: unknown
 * @property {boolean} isInit   PID 1 of a namespace of its own: the kernel protects it
 * @property {boolean} traced
 * @property {boolean} frozen   by the freezer of its control group
 * @property {ThreadMasks[]} threadMasks  only where threads differ, or wait for signals
 * @property {Forecast|null} forecast     null: nobody made one
 * @property {import("./types_events.js").Ended|null} ended   null: not yet, or nobody saw
 * @property {number} respawns  how often a process like it came back
 * @property {number} appearedMs
 * @property {number} changedMs
 * @property {number|null} goneMs
 * @property {boolean} past   it went a while ago, and is kept because it sent or got a signal
 */

export {};
