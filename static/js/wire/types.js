/**
 * The shapes that travel through the page.  Types only: this module has no code.
 *
 * Events come as `app/events/__init__.py` writes them (the contract test holds both together).  The reducer folds them into
 * `State`; selectors cut `State` into slices; views draw slices.  Times are milliseconds since the epoch by the clock
 * the event names; a view gets `nowMs` from the caller, who owns the clock.
 *
 * @typedef {import("./types_events.js").Author} Author
 *
 * One message of the stream, of whatever kind; `at` and `seen_at` are RFC 3339, microseconds, UTC.  What each kind has
 * is in `types_events.js`, which is generated.
 *
 * @typedef {import("./types_events.js").Shared & {kind: string}} LabEvent
 *
 * What is known of a process is in `types_process.js`.
 *
 * @typedef {import("./types_process.js").Masks} Masks
 * @typedef {import("./types_process.js").ThreadMasks} ThreadMasks
 * @typedef {import("./types_process.js").ForecastGroup} ForecastGroup
 * @typedef {import("./types_process.js").Forecast} Forecast
 * @typedef {import("./types_process.js").Origin} Origin
 * @typedef {import("./types_process.js").StopForecast} StopForecast
 * @typedef {import("./types_process.js").Process} Process
 * @typedef {import("./types_process.js").Fate} Fate
 *
 * @typedef {object} Stop
 * @property {number} id
 * @property {number} atMs               when it was asked for
 * @property {string} signal
 * @property {number} timeoutS           -1: for ever
 * @property {number|null} deadlineMs    when SIGKILL is due; null: never
 * @property {string} by
 * @property {number|null} sentMs        when the engine said `kill` with the stop signal
 * @property {{atMs: number, reason: "person"|"timeout", by: string}|null} escalated
 * @property {number|null} lateS so long after its time nobody had said that it ended
 * @property {number|null} killMs        when SIGKILL was said: by the engine, or by the lab for a local target
 * @property {number|null} diedMs        when the root process's end was said
 * @property {{atMs: number, tookS: number|null, exitCode: number|null, killed: boolean|null, meaning: string, error: string|null}|null} finished
 * @property {StopForecast|null} forecast   what was forecast for this very stop before it was asked for
 *
 * @typedef {object} Advice              The smallest change that would help.
 * @property {string} kind
 * @property {string} text
 * @property {string} note              its limits; "" none
 * @property {{place: string, lines: string[]}[]} at   lines to copy, by place
 *
 * @typedef {object} Verdict             What a request, or an end, came to and why.
 * @property {number} id
 * @property {number} atMs
 * @property {number|null} request       of the stop or signal that was asked for; null: an end that nobody asked for here
 * @property {string|null} signal
 * @property {string} outcome
 * @property {import("./types_events.js").Held} held   whether the forecast came true
 * @property {string} text               all of it in a sentence
 * @property {{text: string, evidence: number[]}[]} said   each with the numbers of the events that prove it
 * @property {number[]} evidence
 * @property {Advice|null} advice
 *
 * @typedef {object} Sent                The last request for one signal.
 * @property {number} id
 * @property {number} atMs
 * @property {string} signal
 * @property {number|null} pid           inside the target; null: its root process
 * @property {Origin} from
 * @property {string} by
 * @property {{code: string, error: string}|null} failed
 *
 * @typedef {object} Mark                A point in time that the fall draws.
 * @property {number} id
 * @property {number} atMs
 * @property {"person"|"engine"|"kernel"|"program"} lane
 * @property {string} text
 * @property {"signal"|"kill"|"output"|"end"|"start"|"pause"} what
 * @property {string} [signal]           which one, where it is about one
 *
 * @typedef {object} KernelWord          What the kernel did with one signal: its sending and its taking, joined.
 * @property {number} id                 of the event that began it
 * @property {number} atMs               when it was sent; when it was taken where nobody saw it sent
 * @property {string} signal
 * @property {number} pid                on the engine's machine
 * @property {number|null} nsPid
 * @property {string} comm
 * @property {number|null} thread        sent to this one only
 * @property {import("./types_events.js").SenderKind|null} senderKind
 * @property {string} sender             in words; "" unknown
 * @property {number|null} senderPid     on the engine's machine; null: it was none, or nobody knows
 * @property {import("./types_events.js").Generated|null} generated   null: nobody saw it sent
 * @property {import("./types_events.js").Delivered|null} delivered   null: not taken yet, or by sigwait or a signalfd
 * @property {number|null} deliveredMs
 * @property {number|null} takenId       of the event that told it
 * @property {boolean} teardown          the kernel ends the rest because PID 1 has ended
 * @property {boolean} asked             a person, the engine or the terminal sent it to this very process
 * @property {boolean} wasStopped        the process was stopped when it was sent
 * @property {boolean} wasInit
 * @property {Forecast|null} forecast    that stood when it was sent
 * @property {boolean} [across]          from a process of another target of the run; set by `selectors/across.js`
 *
 * @typedef {object} ScratchFile         A small file of the run that a lesson edits.
 * @property {string} name
 * @property {string} text
 * @property {string|null} by            who wrote it last; null: as the experiment made it
 * @property {number|null} atMs
 * @property {number|null} id            of the event
 *
 * @typedef {object} Exec                A command that was run inside the target.
 * @property {number} id                 of the request
 * @property {number} atMs
 * @property {string[]} command
 * @property {string} by
 * @property {boolean} done
 * @property {number|null} exitCode      null: not yet, or it could not be run, and `output` says why
 * @property {string} output
 *
 * @typedef {object} Download            A page that the lab gets from the target's own server.
 * @property {number} id                 of the request
 * @property {number} atMs
 * @property {string} url
 * @property {string} by
 * @property {boolean} done
 * @property {number|null} status        null: not yet, or no answer
 * @property {number} received           bytes of the body
 * @property {number|null} expected      as the server announced it
 * @property {boolean} complete          all that was announced has come
 * @property {number|null} tookS
 * @property {string|null} error
 * @property {string} text               the first 400 characters
 *
 * @typedef {object} Target
 * @property {string} id
 * @property {string} run
 * @property {string} name
 * @property {import("./types_events.js").HostName} host
 * @property {boolean} tty
 * @property {boolean} later             a step or a person starts it, not the run
 * @property {boolean} stdin
 * @property {"new"|"starting"|"running"|"exited"} status
 * @property {string} equivalent         the command line to copy; "" until known
 * @property {string[]} command
 * @property {string|null} containerId
 * @property {number|null} pid
 * @property {string} stopSignal         "SIGTERM" until told otherwise
 * @property {number} stopTimeoutS
 * @property {number|null} startedMs
 * @property {{atMs: number, code: number|null, signal: string|null, cause: string, meaning: string}|null} exit
 * @property {Record<string, Process>} processes   by row
 * @property {Stop|null} stop            the last one
 * @property {Record<string, Sent>} sent by signal name, the last request of each
 * @property {Sent|null} lastSent
 * @property {Mark[]} marks              the last 200
 * @property {{id: number, text: string, leftOut?: number}[]} output  the last 256 KiB, and at most 4,096 pieces
 * @property {number} outputSize         characters in `output`
 * @property {KernelWord[]} kernel        the last 200; what somebody asked for stays longest
 * @property {StopForecast|null} stopForecast   for its own stop signal and timeout
 * @property {string|null} truncated     the limit, in words, once output was cut
 * @property {Record<string, number>} ports   "80/tcp" → its port on the loopback of the lab's machine
 * @property {"fenced"|"docker"|null} fence   what the lab has taken from a container
 * @property {string[]} without         limits of the lab that this engine cannot set
 * @property {Exec[]} execs              the last 20
 * @property {Download[]} downloads      the last 20
 * @property {Verdict[]} verdicts         the last 100, one for each request
 * @property {number|null} overMs        when its run was said to be over: it is not alive since then
 * @property {{sent: KernelWord[], others: import("../selectors/across.js").Other[]}} [across]   what it sent to processes of other
 *   targets, and who these and its senders there are; set by `selectors/across.js`
 *
 * @typedef {object} Run
 * @property {string} id
 * @property {number} number
 * @property {string|null} experiment
 * @property {string} title
 * @property {string} question
 * @property {string[]} targets
 * @property {"running"|"finished"} status
 * @property {string|null} reason
 * @property {string|null} error
 * @property {number} createdMs
 * @property {number|null} finishedMs
 * @property {Record<string, number>} seen  `${step}.${expect}` → id of the event that proves it
 * @property {Record<string, number>} took  the same key → seconds from the step's first action to it, where known
 * @property {Record<string, {id: number, why: string}>} failed  what did not come true in its time; a tick repairs it
 * @property {Record<string, {id: number, why: string}>} unseen  what cannot be seen here, and why
 * @property {Record<string, ScratchFile>} files  by name
 * @property {Bet|null} bet              null: nobody was asked to guess
 * @property {import("./types_events.js").RehearsedEvent|null} rehearsal  of a copy's stops: what it came to; null: it is none, or is not over
 *
 * @typedef {object} Bet                 Guesses on how the targets of a run will end; the last time that the room was asked.
 * @property {number} id                 of the event that opened it
 * @property {string} by
 * @property {boolean} open              they are taken now
 * @property {"stop"|"person"|"ended"|null} closed
 * @property {Record<string, Record<string, Guess>>} guesses   by target, then by who: a name for one browser in this run
 * @property {number} people             who have guessed; more than are in `guesses`: those of others are not told yet
 * @property {number|null} timeoutS      of the stop that is meant, -1 without a limit; null: each its own
 * @property {number[]} boundsS          where the choices in seconds end; none: only whether it leaves
 *
 * @typedef {"left"|"killed"|`left ${number}`} Guess   "left 3": in less than 3 s, and not in less than the bound before
 *
 * @typedef {object} Build
 * @property {string} image
 * @property {"build"|"pull"} what       made here, or got from a registry
 * @property {"running"|"done"|"failed"|"cancelled"} state
 * @property {string[]} lines            the last 200
 * @property {number} cut                lines before these
 * @property {number|null} step          of `steps`, from 1; null where the builder does not count
 * @property {number|null} steps
 * @property {string|null} lacks         the package that it failed for, where the log names one
 * @property {string} command            of that step
 * @property {number} sinceMs            its begin
 *
 * @typedef {object} Entry               One line of the record.
 * @property {number} id
 * @property {number} atMs
 * @property {Author} author
 * @property {string|null} target
 * @property {string} text               plain words, never HTML
 * @property {number} [to]               of what folds: id of the last event that went into this entry; a link to any
 *   event between `id` and `to` that has no line of its own means this one
 * @property {number} [lastMs]           of what folds: when the last one was
 * @property {string} [like]             of what folds: what the next one must be like
 * @property {boolean} [storm]           of what folds: it takes more in while they come
 * @property {string} [first]            output: its first line; kernel: the sentence for one
 * @property {number} [lines]            output: how many lines with something on them
 * @property {string} [ofSeveral]        kernel: the sentence where several processes are meant
 * @property {number} [times]            kernel: how many
 * @property {number} [pid]              kernel: of the first
 * @property {boolean} [several]         kernel: others followed it
 *
 * @typedef {object} Gap
 * @property {string} source             as in `lost`
 * @property {string} reason
 * @property {number} fromMs
 * @property {number} toMs               when it was back
 *
 * @typedef {object} State
 * @property {number} lastId
 * @property {Record<string, Run>} runs
 * @property {Record<string, Target>} targets
 * @property {Record<string, {reason: string, sinceMs: number}>} lost   sources that do not report now; key: source, or `${target}/${source}`
 * @property {Gap[]} gaps                the last 50 that are over: what a source did not report then, nobody did
 * @property {Record<string, Build>} builds
 * @property {Entry[]} record            the last 1,000
 * @property {string[]} notices          what the reducer did not understand: shown, never dropped
 * @property {import("./types_events.js").ForeignDoneEvent[]} foreign   what came of requests to containers that are not the lab's; the last 8
 *
 * What the page knows from the API (never in the journal) is in `types_api.js`.
 *
 * @typedef {import("./types_api.js").Health} Health
 * @typedef {import("./types_api.js").ProcessLoad} ProcessLoad
 * @typedef {import("./types_api.js").MachineLoad} MachineLoad
 * @typedef {import("./types_api.js").Signal} Signal
 * @typedef {import("./types_api.js").SignalTable} SignalTable
 * @typedef {import("./types_api.js").SignalUses} SignalUses
 * @typedef {import("./types_api.js").Step} Step
 * @typedef {import("./types_api.js").Experiment} Experiment
 * @typedef {import("./types_api.js").RunFacts} RunFacts
 * @typedef {import("./types_api.js").KeptRun} KeptRun
 *
 * What the selectors give to the views is in `types_slices.js`.
 *
 * @typedef {import("./types_slices.js").BoardCell} BoardCell
 * @typedef {import("./types_slices.js").BoardRow} BoardRow
 * @typedef {import("./types_slices.js").RowLoad} RowLoad
 * @typedef {import("./types_slices.js").Clock} Clock
 * @typedef {import("./types_slices.js").FallMark} FallMark
 * @typedef {import("./types_slices.js").Fall} Fall
 * @typedef {import("./types_slices.js").Witnesses} Witnesses
 * @typedef {import("./types_slices.js").RecordLine} RecordLine
 * @typedef {import("./types_slices.js").Result} Result
 * @typedef {import("./types_slices.js").SignalChoice} SignalChoice
 * @typedef {import("./types_slices.js").StreamState} StreamState
 */

export {};
