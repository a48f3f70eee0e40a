/**
 * The shapes of a process: its masks, and what is foretold of it.  Types only: this module has no code.
 *
 * @typedef {object} Masks     Hexadecimal, 16 digits; bit n-1 is signal n.
 * @property {string} blocked
 * @property {string} ignored
 * @property {string} caught
 * @property {string} pending
 * @property {string} [waited]    what some thread waits for in sigwait and its like
 * @property {string} [signalfd]  what a signalfd of the process reads
 *
 * @typedef {object} ThreadMasks One thread of a process whose threads differ, or of which some wait for signals.
 * @property {number} tid
 * @property {number} ns_tid
 * @property {string} comm
 * @property {string} state
 * @property {string} blocked
 * @property {string} pending
 * @property {string} waited
 *
 * @typedef {"handler"|"sigwait"|"signalfd"|"terminates"|"core"|"stops"|"continues"|"ignored"|"ignored_default"
 *   |"dropped"|"queued_dropped"|"pending"|"none"|"unknown"} Fate
 *
 * @typedef {object} ForecastGroup  Signals that would share one fate, for one reason.
 * @property {Fate} fate
 * @property {string} rule
 * @property {string} why          one sentence
 * @property {boolean} sure        false: likely, and `why` says what would tell
 * @property {string} signals      a mask
 *
 * @typedef {object} Forecast      What each signal would do to a process if it were sent now.
 * @property {ForecastGroup[]} outside
 * @property {ForecastGroup[]|null} inside  sent from inside its PID namespace; null: that makes no difference
 *
 * @typedef {"outside"|"inside"} Origin
 *
 * @typedef {object} StopForecast  What a stop would come to, by an event or by an answer of the API.
 * @property {string} signal
 * @property {number} timeoutS     -1: for ever
 * @property {"at_once"|"handler_decides"|"sigkill"|"unknown"} outcome
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
 * @property {"exited"|"killed"|"dumped_core"|null} ended   null: not yet, or nobody saw
 * @property {number} respawns  how often a process like it came back
 * @property {number} appearedMs
 * @property {number} changedMs
 * @property {number|null} goneMs
 * @property {boolean} past   it went a while ago, and is kept because it sent or got a signal
 */

export {};
