/**
 * The shapes of what the API tells beside the journal.  Types only: this module has no code.
 *
 * @typedef {object} Health              GET /api/v1/health
 * @property {string} version
 * @property {string} now
 * @property {"driver"|"viewer"} role
 * @property {number} viewers
 * @property {Focus|null} [focus]
 * @property {Writer} [writer]
 * @property {{state: "ready"|"absent"|"lost", name: string, version: string, reason: string, hint: string}} engine
 * @property {{state: "ready"|"absent", reason: string, hint?: string, where?: string}} kernel_trace
 * @property {string} [journal]          id of the journal: another one means other events under the same numbers
 * @property {number} [last_event_id]
 * @property {boolean} [allow_foreign]   drivers may signal and stop containers that are not the lab's
 *
 * @typedef {object} Focus               What the presenter looks at; with each heartbeat, and in the health
 * @property {string|null} experiment
 * @property {string|null} run
 * @property {string|null} target
 * @property {string|null} row           of the chosen process
 * @property {boolean} present           presenter mode
 * @property {boolean} [whole]           of several targets: the chosen one's whole fall
 * @property {string} at                 since when: a later one goes before
 *
 * @typedef {object} Writer              of the journal; with each heartbeat while it is lost, and in the health
 * @property {"ready"|"lost"|"ended"} state
 * @property {string} reason
 * @property {string|null} since
 * @property {number} waiting            events that are not stored yet
 * @property {number} dropped            that never will be
 *
 * @typedef {{now: string, viewers: number, last: number, journal: string, focus?: Focus|null, writer?: Writer|null}} Heartbeat  `last`: the newest event
 *
 * @typedef {object} ProcessLoad         one of GET /api/v1/runs/RUN/load
 * @property {number} pid                on the engine's machine, which is the lab's own
 * @property {number} start
 * @property {number|null} cpu_percent   of one processor; null: not known yet
 * @property {number} rss_bytes
 *
 * @typedef {object} MachineLoad         `machine` of GET /api/v1/engine
 * @property {number} load               average over the last minute
 * @property {number} cpus
 *
 * @typedef {object} Signal              one of GET /api/v1/signals
 * @property {string} name
 * @property {string} short
 * @property {number} number
 * @property {"terminate"|"core"|"stop"|"continue"|"ignore"} default
 * @property {boolean} catchable
 * @property {string} meaning
 * @property {string} group
 * @property {string} used_by
 *
 * @typedef {object} SignalTable
 * @property {Signal[]} signals
 * @property {Signal[]} reserved
 * @property {string[]} keys             the twelve of the board, in their order
 *
 * @typedef {object} WrittenIn           where something is written; `url` "": in the lab's own documents
 * @property {string} title
 * @property {string} url
 *
 * @typedef {object} SignalUses          GET /api/v1/signals/uses, by the name of the signal
 * @property {Record<string, {who: string, when: string, source: WrittenIn}[]>} senders
 * @property {Record<string, {program: string, kind: "stays"|"decides"|"drains"|"passes"|"ends", text: string, source: WrittenIn}[]>} programs
 *   the least expected first
 *
 * @typedef {import("./types_events.js").HostName} HostName
 *
 * @typedef {object} Action              exactly one of these; `target` absent: the first one of the experiment
 * @property {{target?: string}} [start]
 * @property {{target?: string, signal: string, process?: string, pid?: number, group?: boolean, from?: string}} [signal]
 * @property {{target?: string, timeout_s?: number|null, signal?: string|null}} [stop]
 * @property {{target?: string, data: string}} [type]
 * @property {{target?: string, cols: number, rows: number}} [resize]
 * @property {{target?: string}} [pause]
 * @property {{target?: string}} [unpause]
 * @property {{target?: undefined, file: string, text: string}} [write]
 * @property {{target?: string, port: string, path?: string, head?: boolean}} [get]
 * @property {{target?: string, command: string[]}} [exec]
 *
 * @typedef {object} Step
 * @property {string} say
 * @property {Action[]} do               what a button would do, all at the same moment; empty: only to be looked at
 * @property {string[]} expect           in words
 *
 * @typedef {object} Experiment          one of GET /api/v1/experiments; of one that the page is not about a list's part
 * @property {string} id
 * @property {string} title
 * @property {string} group
 * @property {string} question           words between backquotes are code
 * @property {string|null} section       heading in the tutorial; null: beyond it
 * @property {string|null} special       what is special in the command line
 * @property {string|null} differs       where the tutorial says something else than what was measured
 * @property {string[]} learnt
 * @property {HostName[]} hosts          what it runs on, each once
 * @property {{name: string, text: string}[]} files
 * @property {boolean} needs_engine
 * @property {string[]} [asks_for]       of the machine, beyond what a fenced target has; only in a file of somebody's own
 * @property {boolean} available
 * @property {string|null} why_not
 * @property {boolean} lesson            there are steps
 * @property {Step[]} steps
 * @property {{name: string, host: HostName, later: boolean, races?: boolean, equivalent: string, stop_signal: string, stop_timeout_s: number}[]} targets
 *   `races`: it can be a lane of a race of one's own
 * @property {{run: string, missed: number, took_s: number|null, exit_code: number|null, killed: boolean|null}|null} last   `missed`: of what its lesson had to show
 *
 * @typedef {object} RunFacts            one of GET /api/v1/runs
 * @property {string} run
 * @property {number} number
 * @property {string|null} experiment
 * @property {string} title
 * @property {"running"|"finished"} status
 * @property {string|null} reason
 * @property {string} created_at
 * @property {string|null} finished_at
 * @property {{took_s: number|null, exit_code: number|null, killed: boolean|null}|null} result
 * @property {number} last_event_id
 * @property {{id: string, name: string, host: HostName}[]} [targets]
 *
 * @typedef {object} Kept                what history tells besides
 * @property {string} question
 * @property {{id: string, name: string, host: HostName}[]} targets
 * @property {string[]} commands         the equivalent command lines
 * @property {"running"|"killed"|"left"|"ended"|"not_started"|"unknown"} outcome
 * @property {number|null} duration_s    from its creation to its end
 * @property {boolean} imported
 * @property {string} [imported_at]
 * @property {{took_s: number|null, exit_code: number|null, killed: boolean|null, verdict: string|null}|null} result
 *
 * @typedef {Omit<RunFacts, "result"|"last_event_id"> & Kept} KeptRun
 */

export {};
