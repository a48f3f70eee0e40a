/**
 * The shapes that travel through the page.  Types only: this module has no code.
 *
 * Events come as `app/events.py` writes them (the contract test holds both together).  The reducer folds them into
 * `State`; selectors cut `State` into slices; views draw slices.  Times are milliseconds since the epoch by the clock
 * the event names; a view gets `nowMs` from the caller, who owns the clock.
 *
 * @typedef {"person"|"engine"|"kernel"|"program"|"lab"} Author
 *
 * @typedef {object} LabEvent  One message of the stream.
 * @property {number} id
 * @property {string} kind
 * @property {string} at       RFC 3339, microseconds, UTC
 * @property {string} seen_at
 * @property {"server"|"engine"|"kernel"} clock
 * @property {Author} author
 * @property {string} [run]
 * @property {string} [target]
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
 * @property {number|null} killMs        when SIGKILL was said: by the engine, or by the lab for a local target
 * @property {number|null} diedMs        when the root process's end was said
 * @property {{atMs: number, tookS: number|null, exitCode: number|null, killed: boolean|null, meaning: string, error: string|null}|null} finished
 * @property {StopForecast|null} foretold   what was forecast for this very stop before it was asked for
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
 * @property {"lab"|"engine"|"terminal"|"kernel"|"itself"|"process"|null} senderKind
 * @property {string} sender             in words; "" unknown
 * @property {"queued"|"ignored"|"already_pending"|"overflow_fail"|"lose_info"|null} generated   null: nobody saw it sent
 * @property {"handler"|"default"|"dropped"|null} delivered   null: not taken yet, or by sigwait or a signalfd
 * @property {number|null} takenMs
 * @property {boolean} teardown          the kernel ends the rest because PID 1 has ended
 * @property {boolean} asked             a person, the engine or the terminal sent it to this very process
 * @property {boolean} wasStopped        the process was stopped when it was sent
 * @property {boolean} wasInit
 * @property {Forecast|null} forecast    that stood when it was sent
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
 * @property {"process"|"sandbox"|"container"} host
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
 * @property {{id: number, text: string}[]} output  the last 256 KiB, and at most 4,096 pieces
 * @property {number} outputSize         characters in `output`
 * @property {KernelWord[]} kernel        the last 200; what somebody asked for stays longest
 * @property {StopForecast|null} stopForecast   for its own stop signal and timeout
 * @property {string|null} truncated     the limit, in words, once output was cut
 * @property {Record<string, number>} ports   "80/tcp" → its port on the loopback of the lab's machine
 * @property {Exec[]} execs              the last 20
 * @property {Download[]} downloads      the last 20
 * @property {number|null} overMs        when its run was said to be over: it is not alive since then
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
 *
 * @typedef {object} Build
 * @property {string} image
 * @property {"running"|"done"|"failed"} state
 * @property {string[]} lines            the last 200
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
 * @typedef {object} State
 * @property {number} lastId
 * @property {Record<string, Run>} runs
 * @property {Record<string, Target>} targets
 * @property {Record<string, {reason: string, sinceMs: number}>} lost   sources that do not report now; key: source, or `${target}/${source}`
 * @property {Record<string, Build>} builds
 * @property {Entry[]} record            the last 1,000
 * @property {string[]} notices          what the reducer did not understand: shown, never dropped
 *
 * What the page knows from the API (never in the journal) is in `types_api.js`.
 *
 * @typedef {import("./types_api.js").Health} Health
 * @typedef {import("./types_api.js").Signal} Signal
 * @typedef {import("./types_api.js").SignalTable} SignalTable
 * @typedef {import("./types_api.js").Step} Step
 * @typedef {import("./types_api.js").Experiment} Experiment
 * @typedef {import("./types_api.js").RunFacts} RunFacts
 *
 * Slices: what selectors.js gives to views.
 *
 * @typedef {object} BoardCell
 * @property {string} signal
 * @property {"default"|"caught"|"ignored"|"fixed"|"unknown"} action   fixed: KILL and STOP cannot be changed
 * @property {boolean} blocked
 * @property {boolean} pending
 * @property {boolean} waited            some thread waits for it
 * @property {boolean} signalfd          a signalfd of the process reads it
 *
 * @typedef {object} BoardRow
 * @property {string} row
 * @property {number} nsPid
 * @property {number} pid
 * @property {number} depth              0 for the root
 * @property {string} comm
 * @property {string} args               the rest of the command line; "" where there is none
 * @property {string} state
 * @property {string|null} note          "PID 1", "zombie", "stopped", "comes and goes: 12 times", "3 threads" …
 * @property {string|null} differ        "2 of 5 threads differ"; null: they do not
 * @property {"new"|"gone"|null} is
 * @property {BoardCell[]} cells
 *
 * @typedef {object} Clock               what the clock slot shows
 * @property {"none"|"starting"|"ready"|"stopping"|"overdue"|"up"|"unknown"|"killed"|"left"|"ended"} state
 *   none: no run yet; up: a stop without a limit, counts up; unknown: the engine is lost in mid-stop, counts up;
 *   overdue: SIGKILL is due and nobody has said it yet; ended: exited without a stop
 * @property {number} seconds            what the numerals show
 * @property {number|null} of            the timeout, s
 * @property {string} say                "SIGKILL in", "Killed after" …
 * @property {string} sub                the line below the number
 *
 * @typedef {object} FallMark
 * @property {number} x                  per cent of the plot's width, −∞…∞ (views clip)
 * @property {"person"|"engine"|"kernel"|"program"} lane
 * @property {"dot"|"ring"|"cross"|"due"|"lid"|"box"|"handle"|"freeze"|"thaw"|"end"|"none"} shape   ring and due are
 *   always hollow: forecast; lid: dropped; box: waits; handle: a ring with a disc, a handler; end: a short upright bar
 *   on the program's lane, it left by itself; none: words only
 * @property {boolean} [hollow]          forecast
 * @property {string} text
 * @property {string} [brief]            the same where there is little room
 * @property {boolean} call              the one sentence in large type
 * @property {"start"|"end"} anchor
 * @property {boolean} [below]           the words go below the lane: above it they would cover others
 *
 * @typedef {object} Fall
 * @property {"idle"|"stopping"|"killed"|"left"|"unknown"} field
 * @property {{x: number, label: string}[]} ticks
 * @property {FallMark[]} marks
 * @property {{x0: number, x1: number}|null} life   the solid bar on the program's lane, per cent
 * @property {{x0: number, x1: number}|null} dotted what is still to come, per cent
 * @property {number|null} now           per cent
 * @property {number|null} wall          per cent
 * @property {{from?: number, x: number, top: string, bottom: string, unseen?: boolean, guess?: boolean, kill?: boolean}[]} drops
 *   vertical lines between two lanes; from: where it stood on the upper one before it fell; unseen: it passes or enters a lane without a witness, so it is drawn as that
 *   lane's gap is (dotted); guess: forecast
 * @property {Record<string, string|null>} gaps     lane → why it has no witness; null: it has one
 * @property {Record<string, number>} gapsFrom      lane → where its gap begins, per cent; only for lanes with a gap
 * @property {string} label                         the figure in one sentence, for role=img
 *
 * @typedef {object} Witnesses           who reports now, from `witnessesOf(state, health)`
 * @property {string|null} engine        why the engine does not report; null: it does
 * @property {number|null} engineLostMs  since when; null: it reports, or was never there
 * @property {string|null} kernel        why the kernel's trace does not report; null: it does
 * @property {number|null} [kernelLostMs]  since when; null: it reports, or was never there
 *
 * @typedef {object} RecordLine          one line of the record, as drawn
 * @property {number} id
 * @property {number} to                 id of the last event that was folded into it
 * @property {number} atMs
 * @property {string} when               "+0.010" from the stop, else "13:04:51"
 * @property {Author} author
 * @property {string|null} target
 * @property {string} text
 *
 * @typedef {object} Result              plain facts after a stop or an end
 * @property {"killed"|"left"|"failed"|"ended"|"unknown"} outcome
 *   failed: the stop could not be carried out; ended: without a stop; unknown: nobody can tell whether SIGKILL was sent
 * @property {string} say                one sentence
 * @property {string[]} facts            more sentences
 * @property {number|null} tookS
 * @property {number|null} exitCode
 *
 * @typedef {object} SignalChoice        one line of the list of all signals
 * @property {Signal} signal
 * @property {boolean} reserved          kept by the C library: cannot be sent by name
 * @property {BoardCell|null} cell       what the chosen process does with it; null: no process chosen
 * @property {ForecastGroup|null} group  what it would come to for the chosen process; null: no forecast
 *
 * @typedef {object} StreamState
 * @property {"connecting"|"open"|"lost"|"signed_out"} state
 * @property {number} sinceMs            by the `now` that the stream was given
 * @property {number|null} nextTryMs     when it tries again; null: it is trying, or need not
 * @property {number} tries              failed ones since the connection was good
 */

export {};
