/**
 * The events as they come on the wire.  Types only, and generated: `scripts/event_types.py` writes this file from the
 * union in `app/events/__init__.py`, and a test says when it is old.
 *
 * `[field]` may be absent: nobody could tell, or the lab that wrote it did not know the field yet.
 *
 * @typedef {"person"|"engine"|"kernel"|"program"|"lab"} Author
 * @typedef {"server"|"engine"|"kernel"} Clock
 * @typedef {"process"|"sandbox"|"container"} HostName
 * @typedef {"queued"|"ignored"|"already_pending"|"overflow_fail"|"lose_info"} Generated
 * @typedef {"handler"|"default"|"dropped"} Delivered
 * @typedef {"outside"|"inside"} Origin
 * @typedef {"exited"|"killed"|"dumped_core"} Ended
 * @typedef {"lab"|"engine"|"terminal"|"kernel"|"itself"|"process"} SenderKind
 * @typedef {"handler"|"sigwait"|"signalfd"|"terminates"|"core"|"stops"|"continues"|"ignored"|"ignored_default"|"dropped"|"queued_dropped"|"pending"|"none"|"unknown"} Fate
 * @typedef {"at_once"|"handler_decides"|"sigkill"|"unknown"} StopOutcome
 * @typedef {"handled_and_exited"|"handled_and_went_on"|"default_action"|"dropped"|"ignored"|"queued_then_dropped"|"pending"|"already_pending"|"taken"|"sigkill_at_timeout"|"sigkill_asked"|"out_of_memory"|"something_else"|"not_clean"|"by_itself"|"ended_by_lab"|"not_done"|"unknown"} VerdictOutcome
 * @typedef {"held"|"not_clean"|"unknown"|"not_held"} StopResult
 * @typedef {"left"|"killed"} Guess
 * @typedef {"held"|"not_held"|"open"|"none"} Held
 * @typedef {"exec"|"init"|"init_group"|"stop_signal"|"trap_and_wait"|"handler"|"not_ignore"|"longer_timeout"|"timeout"|"pass_on"|"own"|"restart"} AdviceKind
 * @typedef {"Dockerfile"|"docker run"|"docker stop"|"docker restart"|"compose.yaml"|"script"|"program"|"supervisord.conf"} AdvicePlace
 * @typedef {"fenced"|"docker"} Fence
 * @typedef {"memory"|"pids"|"cpu"} Limit
 *
 * @typedef {object} Shared
 * @property {number} id - its number in the journal
 * @property {string} at
 * @property {string} seen_at
 * @property {Clock} clock
 * @property {Author} author
 * @property {string} [run]
 * @property {string} [target]
 *
 * @typedef {object} TargetInfo  A target as its run announces it, before anything is started.
 * @property {string} id - "<run>.<name>", see app/targets.py
 * @property {string} name
 * @property {HostName} host
 * @property {boolean} [tty]
 * @property {boolean} [later] - a step or a person starts it, not the run
 *
 * @typedef {object} PlacedGuess  One browser's last guess on one target.  `before_s`: it leaves sooner than that; absent: later, or killed.
 * @property {string} target
 * @property {string} who
 * @property {Guess} ends
 * @property {number} [before_s]
 *
 * @typedef {object} ScratchFile  A small file in the run's own folder, as its experiment made it.
 * @property {string} name
 * @property {string} text
 *
 * @typedef {object} Dispositions  Signal masks of one process, as in proc(5): 16 hexadecimal digits each, bit n-1 stands for signal n.
 * @property {string} blocked
 * @property {string} ignored
 * @property {string} caught
 * @property {string} pending
 * @property {string} [waited]
 * @property {string} [signalfd]
 *
 * @typedef {object} ThreadMasks  One thread of a process whose threads differ.  Masks as in `Dispositions`.
 * @property {number} tid - on the engine's machine
 * @property {number} ns_tid
 * @property {string} comm
 * @property {string} state
 * @property {string} blocked
 * @property {string} pending
 * @property {string} waited
 *
 * @typedef {object} ForecastGroup  Signals that share one fate, for one reason.
 * @property {Fate} fate
 * @property {string} rule - stable name of the rule in app/verdict/forecast.py
 * @property {string} why - one sentence for people
 * @property {boolean} sure - false: likely, and `why` says what would tell
 * @property {string} signals - 16 hexadecimal digits, bit n-1 stands for signal n
 *
 * @typedef {object} Sentence  One sentence of a verdict.  `evidence`: numbers of the events that prove it; never empty.
 * @property {string} text
 * @property {number[]} evidence
 *
 * @typedef {object} AdviceLines  Lines to copy, for one place.
 * @property {AdvicePlace} place
 * @property {string[]} lines
 *
 * @typedef {object} Change  What of an advice a new container can be created with; what is absent stays as it is.
 * @property {boolean} [init]
 * @property {string} [stop_signal]
 * @property {number} [stop_timeout_s]
 * @property {Record<string, string>} [env]
 * @property {string[]} [command]
 *
 * @typedef {object} Advice  The smallest change that would help.  `note`: its limits, and what it takes to apply it.
 * @property {AdviceKind} kind
 * @property {string} text
 * @property {string} [note]
 * @property {AdviceLines[]} [at]
 * @property {Change} [change]
 *
 * @typedef {object} RehearsalLane  What the stop of one copy came to.  `text`: its verdict.
 * @property {string} target
 * @property {StopResult} result
 * @property {number} [took_s]
 * @property {number} [exit_code]
 * @property {boolean} [killed]
 * @property {string} text
 *
 * @typedef {object} LabStartedEventFields  The server came up.  Runs that were open before it are closed by the events that follow.
 * @property {"lab_started"} kind
 * @property {string} version
 * @typedef {Shared & LabStartedEventFields} LabStartedEvent
 *
 * @typedef {object} KernelTrialEventFields  One rule of the forecast was tried on a kernel: once per boot of it, when a lab starts.
 * @property {"kernel_trial"} kind
 * @property {"fatal_to_init"} [rule]
 * @property {"ends"|"drops"} outcome
 * @property {string} release - of the kernel, as uname(2) has it: "6.18.44"
 * @property {string} boot_id - /proc/sys/kernel/random/boot_id; "-" where it is not shown
 * @property {"sandbox"|"container"} where - in a PID namespace on this machine, or in a container of the engine
 * @property {number} took_s
 * @typedef {Shared & KernelTrialEventFields} KernelTrialEvent
 *
 * @typedef {object} RunCreatedEventFields
 * @property {"run_created"} kind
 * @property {number} number - counts the runs of this journal: "run 31"
 * @property {string} [experiment] - catalogue id; absent for an ad-hoc run
 * @property {string} title
 * @property {string} question
 * @property {TargetInfo[]} targets
 * @property {ScratchFile[]} [files] - in the run's own folder
 * @typedef {Shared & RunCreatedEventFields} RunCreatedEvent
 *
 * @typedef {object} RunFinishedEventFields  No target of the run is alive any more, and none will start.
 * @property {"run_finished"} kind
 * @property {"ended"|"failed"|"removed"|"lab_stopped"|"lab_was_gone"} reason
 * @property {string} [error] - for "failed": what went wrong, in words
 * @typedef {Shared & RunFinishedEventFields} RunFinishedEvent
 *
 * @typedef {object} BuildProgressEventFields  One piece of an image's build log, or its end; of one that is not the lab's, of its pull from a registry.
 * @property {"build_progress"} kind
 * @property {string} image
 * @property {"build"|"pull"} [what]
 * @property {"running"|"done"|"failed"|"cancelled"} state
 * @property {string} text - log text, whole lines; may be empty at the end
 * @property {number} [step] - of `steps` (or layers), from 1, where the builder counts them
 * @property {number} [steps]
 * @property {string} [package] - what it failed for, where its log names one
 * @typedef {Shared & BuildProgressEventFields} BuildProgressEvent
 *
 * @typedef {object} TargetStartingEventFields
 * @property {"target_starting"} kind
 * @property {string} equivalent - the command line a person would type
 * @typedef {Shared & TargetStartingEventFields} TargetStartingEvent
 *
 * @typedef {object} TargetStartedEventFields
 * @property {"target_started"} kind
 * @property {number} [pid] - of the root process, on the engine's machine
 * @property {number} [start] - its start time, clock ticks since boot; with pid it names one process for ever
 * @property {string} [container_id]
 * @property {string[]} command
 * @property {string} equivalent
 * @property {boolean} tty
 * @property {boolean} stdin
 * @property {string} stop_signal - what a stop sends when nothing else is asked: "SIGTERM"
 * @property {number} stop_timeout_s - how long a stop waits when nothing else is asked
 * @property {Fence} [fence] - of a container: what the lab has taken from it
 * @property {Limit[]} [without] - limits of the lab that this engine cannot set
 * @property {Record<string, number>} [ports] - "80/tcp" → the port on the loopback of the lab's machine
 * @typedef {Shared & TargetStartedEventFields} TargetStartedEvent
 *
 * @typedef {object} TargetExitedEventFields  The root process of the target ended.
 * @property {"target_exited"} kind
 * @property {number} [exit_code]
 * @property {string} [signal]
 * @property {"exited"|"killed"|"unknown"} cause
 * @property {string} meaning - the exit code in plain words
 * @property {number} [oom] - of a local target: how many the kernel ended as their memory ran out; absent: nobody counted
 * @typedef {Shared & TargetExitedEventFields} TargetExitedEvent
 *
 * @typedef {object} OutputEventFields
 * @property {"output"} kind
 * @property {string} text - decoded incrementally as UTF-8; at most 16 KiB or 20 ms of output
 * @property {"pty"|"stdout"|"stderr"} stream
 * @property {number} [left_out] - bytes that were printed before this and are in no event; only after `truncated`
 * @typedef {Shared & OutputEventFields} OutputEvent
 *
 * @typedef {object} TruncatedEventFields  Something was cut on purpose, from here on, and this says so.
 * @property {"truncated"} kind
 * @property {"output"|"processes"|"kernel_signals"} what
 * @property {string} limit - in words: "8 MiB of output"
 * @typedef {Shared & TruncatedEventFields} TruncatedEvent
 *
 * @typedef {object} ProcessAppearedEventFields
 * @property {"process_appeared"} kind
 * @property {number} pid - on the engine's machine
 * @property {number} start - clock ticks since boot
 * @property {number} ns_pid - inside the target's PID namespace; equals pid where there is none
 * @property {number} ppid - on the engine's machine
 * @property {string} comm
 * @property {string[]} argv
 * @property {string} state - one letter, proc(5)
 * @property {number} threads
 * @property {Dispositions} [dispositions] - absent: this kernel does not tell
 * @property {boolean} [is_init] - PID 1 of a namespace of its own: the kernel protects it
 * @property {boolean} [traced] - a debugger is attached, and gets every signal first
 * @property {boolean} [frozen] - by the control group's freezer, as `docker pause` does
 * @property {ThreadMasks[]} [thread_masks] - only where threads differ from each other or wait for signals
 * @typedef {Shared & ProcessAppearedEventFields} ProcessAppearedEvent
 *
 * @typedef {object} ProcessChangedEventFields  Something about a process differs from what was recorded last; only what differs is set.
 * @property {"process_changed"} kind
 * @property {number} pid
 * @property {number} start
 * @property {number} [was]
 * @property {number} [respawns]
 * @property {number} [ns_pid]
 * @property {number} [ppid]
 * @property {string} [comm]
 * @property {string[]} [argv]
 * @property {string} [state]
 * @property {number} [threads]
 * @property {Dispositions} [dispositions]
 * @property {boolean} [is_init]
 * @property {boolean} [traced]
 * @property {boolean} [frozen]
 * @property {ThreadMasks[]} [thread_masks]
 * @typedef {Shared & ProcessChangedEventFields} ProcessChangedEvent
 *
 * @typedef {object} ProcessGoneEventFields
 * @property {"process_gone"} kind
 * @property {number} pid
 * @property {number} start
 * @property {Ended} [ended] - as the kernel told its parent; absent: nobody saw
 * @typedef {Shared & ProcessGoneEventFields} ProcessGoneEvent
 *
 * @typedef {object} KernelSignalEventFields  What the kernel did with one signal for a process of a target, from its own trace and by its own clock.
 * @property {"kernel_signal"} kind
 * @property {string} signal
 * @property {number} pid - on the engine's machine
 * @property {number} [ns_pid]
 * @property {string} comm - of the target process, as it calls itself
 * @property {number} [thread] - sent to, or taken by, this thread and not the leader
 * @property {SenderKind} [sender_kind] - of generated ones
 * @property {string} [sender] - in words: "the lab", "the engine (runc)", "the terminal", "sh"
 * @property {number} [sender_pid] - on the engine's machine; absent: the kernel by itself, or unknown
 * @property {number} [si_code] - why, sigaction(2): 0 kill, -6 tgkill, 128 the kernel …
 * @property {Generated} [generated]
 * @property {Delivered} [delivered]
 * @property {boolean} [teardown] - the kernel ends the rest because PID 1 has ended
 * @typedef {Shared & KernelSignalEventFields} KernelSignalEvent
 *
 * @typedef {object} OomVictimEventFields  The kernel had no memory left, in the target's control group or on the machine, and chose this process to be
 * @property {"oom_victim"} kind
 * @property {number} pid - on the engine's machine
 * @property {number} [ns_pid]
 * @property {string} comm
 * @typedef {Shared & OomVictimEventFields} OomVictimEvent
 *
 * @typedef {object} ForecastEventFields  What each signal *would* do to a process if it were sent now.  Recorded when it differs from the last one.
 * @property {"forecast"} kind
 * @property {number} pid
 * @property {number} start
 * @property {ForecastGroup[]} outside
 * @property {ForecastGroup[]} [inside]
 * @typedef {Shared & ForecastEventFields} ForecastEvent
 *
 * @typedef {object} StopForecastEventFields  What a stop as it is set *would* come to.  Recorded when it differs from the last one.
 * @property {"stop_forecast"} kind
 * @property {string} signal
 * @property {number} timeout_s - -1: for ever
 * @property {StopOutcome} outcome
 * @property {boolean} sure - false: likely; `why` says what it rests on
 * @property {string} say - one sentence: "SIGKILL after 10 s"
 * @property {string} why - the reason, in a sentence or two
 * @property {string[]} [because] - facts that it rests on, one sentence each
 * @property {string} [fix] - what would make it stop in time
 * @typedef {Shared & StopForecastEventFields} StopForecastEvent
 *
 * @typedef {object} SignalRequestedEventFields  A person asked for a signal.  Recorded before it is sent, so the cause precedes the effect.
 * @property {"signal_requested"} kind
 * @property {string} signal
 * @property {number} [pid] - inside the target's namespace; absent: its root process
 * @property {boolean} [group] - the whole process group of pid
 * @property {Origin} [from]
 * @property {string} by - "driver", or the name of the program's token
 * @typedef {Shared & SignalRequestedEventFields} SignalRequestedEvent
 *
 * @typedef {object} SignalFailedEventFields
 * @property {"signal_failed"} kind
 * @property {number} request - id of the signal_requested
 * @property {string} signal
 * @property {string} code - as in an error reply
 * @property {string} error
 * @typedef {Shared & SignalFailedEventFields} SignalFailedEvent
 *
 * @typedef {object} EngineEventFields  What the engine said of a container, with the engine's own time.
 * @property {"engine_event"} kind
 * @property {string} action - create, start, kill, die, stop, oom, pause, unpause, destroy …
 * @property {string} [signal]
 * @property {number} [exit_code]
 * @typedef {Shared & EngineEventFields} EngineEvent
 *
 * @typedef {object} StopRequestedEventFields
 * @property {"stop_requested"} kind
 * @property {string} signal
 * @property {number} timeout_s - -1: wait for ever
 * @property {string} [deadline] - when SIGKILL is due by the server's clock; absent: never
 * @property {string} by
 * @typedef {Shared & StopRequestedEventFields} StopRequestedEvent
 *
 * @typedef {object} StopEscalatedEventFields  SIGKILL was asked for: by a person who pressed "Kill now", or by the lab when a local target's time was up.
 * @property {"stop_escalated"} kind
 * @property {number} stop - id of the stop_requested
 * @property {"person"|"timeout"} reason
 * @property {string} by
 * @typedef {Shared & StopEscalatedEventFields} StopEscalatedEvent
 *
 * @typedef {object} StopOverdueEventFields  The time of a stop was up `late_s` ago, and nobody has said that the target has ended: the engine may hang.
 * @property {"stop_overdue"} kind
 * @property {number} stop - id of the stop_requested
 * @property {number} late_s
 * @typedef {Shared & StopOverdueEventFields} StopOverdueEvent
 *
 * @typedef {object} StopFinishedEventFields
 * @property {"stop_finished"} kind
 * @property {number} stop - id of the stop_requested
 * @property {number} [took_s] - by the clock named in `clock`: first signal to death; absent: could not be measured
 * @property {number} [exit_code]
 * @property {boolean} [killed] - SIGKILL was sent before it ended; absent: nobody can tell
 * @property {string} meaning
 * @property {string} [error] - the stop could not be carried out, and why
 * @typedef {Shared & StopFinishedEventFields} StopFinishedEvent
 *
 * @typedef {object} VerdictEventFields  What happened.  Recorded once what was asked for has come to something; a later one for the same request counts.
 * @property {"verdict"} kind
 * @property {number} [request]
 * @property {string} [signal] - that was asked for
 * @property {VerdictOutcome} outcome
 * @property {Held} held - whether the forecast came true
 * @property {string} text - the whole of it in a sentence
 * @property {Sentence[]} said
 * @property {number[]} evidence
 * @property {Advice} [advice]
 * @typedef {Shared & VerdictEventFields} VerdictEvent
 *
 * @typedef {object} StepDoneEventFields  An expectation of the lesson came true; `evidence` is the event that proves it.
 * @property {"step_done"} kind
 * @property {number} step - from 0
 * @property {number} expect - which expectation of the step, from 0
 * @property {number} evidence
 * @property {number} [took_s] - from the step's first action to the evidence; absent: nobody saw it begin
 * @typedef {Shared & StepDoneEventFields} StepDoneEvent
 *
 * @typedef {object} StepFailedEventFields  An expectation did not come true in its time, or the contrary was seen.  A later `step_done` repairs it.
 * @property {"step_failed"} kind
 * @property {number} step
 * @property {number} expect
 * @property {string} why - what was waited for, and what came instead
 * @typedef {Shared & StepFailedEventFields} StepFailedEvent
 *
 * @typedef {object} StepUnseenEventFields  An expectation cannot be seen here, since a witness is missing.  The lesson goes on without it.
 * @property {"step_unseen"} kind
 * @property {number} step
 * @property {number} expect
 * @property {string} why
 * @typedef {Shared & StepUnseenEventFields} StepUnseenEvent
 *
 * @typedef {object} FileWrittenEventFields  A scratch file of the run has a new text.
 * @property {"file_written"} kind
 * @property {string} name
 * @property {string} text
 * @property {string} by
 * @typedef {Shared & FileWrittenEventFields} FileWrittenEvent
 *
 * @typedef {object} PauseRequestedEventFields  A person asked to freeze a target, or to let it go on.
 * @property {"pause_requested"} kind
 * @property {boolean} paused
 * @property {string} by
 * @typedef {Shared & PauseRequestedEventFields} PauseRequestedEvent
 *
 * @typedef {object} ExecRequestedEventFields  A command is run inside a target, as `docker exec` does.
 * @property {"exec_requested"} kind
 * @property {string[]} command
 * @property {string} by
 * @typedef {Shared & ExecRequestedEventFields} ExecRequestedEvent
 *
 * @typedef {object} ExecFinishedEventFields
 * @property {"exec_finished"} kind
 * @property {number} request - id of the exec_requested
 * @property {number} [exit_code] - absent: it could not be run, and `output` says why
 * @property {string} output - both streams
 * @typedef {Shared & ExecFinishedEventFields} ExecFinishedEvent
 *
 * @typedef {object} HttpRequestedEventFields  The lab asks a target's own server for a page, over loopback.
 * @property {"http_requested"} kind
 * @property {string} url
 * @property {string} by
 * @typedef {Shared & HttpRequestedEventFields} HttpRequestedEvent
 *
 * @typedef {object} HttpProgressEventFields  So much of the answer has come; at most twice a second.
 * @property {"http_progress"} kind
 * @property {number} request - id of the http_requested
 * @property {number} received - bytes of the body
 * @property {number} [expected] - as the server announced it
 * @typedef {Shared & HttpProgressEventFields} HttpProgressEvent
 *
 * @typedef {object} HttpFinishedEventFields  The answer has come to its end, or was cut.
 * @property {"http_finished"} kind
 * @property {number} request
 * @property {number} [status] - absent: there was no answer
 * @property {number} received
 * @property {number} [expected]
 * @property {boolean} complete - all that was announced has come
 * @property {number} took_s
 * @property {string} [error]
 * @property {string} [text] - the first 400 characters
 * @typedef {Shared & HttpFinishedEventFields} HttpFinishedEvent
 *
 * @typedef {object} BetOpenedEventFields  From now on everybody may guess, until a stop is asked for.  Earlier guesses of the run do not count any more.
 * @property {"bet_opened"} kind
 * @property {string} by
 * @property {number} [timeout_s]
 * @property {number[]} [bounds_s]
 * @typedef {Shared & BetOpenedEventFields} BetOpenedEvent
 *
 * @typedef {object} BetPlacedEventFields  Somebody guesses how the target will end, or thinks better of it: the last one counts.
 * @property {"bet_placed"} kind
 * @property {number} bet - id of the bet_opened
 * @property {string} who
 * @property {Guess} ends
 * @property {number} [before_s] - of bounds_s; absent: not as soon as any of them, or killed
 * @property {number} [people] - who have guessed so far, this one included
 * @typedef {Shared & BetPlacedEventFields} BetPlacedEvent
 *
 * @typedef {object} BetClosedEventFields  Nobody may guess any more.  "ended": a target has ended without a stop, or the run has.
 * @property {"bet_closed"} kind
 * @property {number} bet
 * @property {"stop"|"person"|"ended"} reason
 * @property {PlacedGuess[]} [guesses]
 * @typedef {Shared & BetClosedEventFields} BetClosedEvent
 *
 * @typedef {object} RehearsedEventFields  What came of it.  `name`: the container's, or the image's.  `image`: its id, where the engine told it.
 * @property {"rehearsed"} kind
 * @property {string} name
 * @property {string} [image]
 * @property {Fence} fence
 * @property {string[]} [without] - what the original has and the copies had not
 * @property {RehearsalLane} before
 * @property {RehearsalLane} [after]
 * @property {string} [fix]
 * @property {Change} [change]
 * @property {string} text
 * @typedef {Shared & RehearsedEventFields} RehearsedEvent
 *
 * @typedef {object} ForeignAskedEventFields  A person asked for a signal to, or a stop of, somebody else's container.  Recorded before it is done.
 * @property {"foreign_asked"} kind
 * @property {string} container - its id
 * @property {string} name
 * @property {"signal"|"stop"} what
 * @property {string} signal
 * @property {number} [timeout_s] - of a stop, -1 without a limit
 * @property {string} by
 * @property {string} text
 * @typedef {Shared & ForeignAskedEventFields} ForeignAskedEvent
 *
 * @typedef {object} ForeignDoneEventFields  What came of it: a signal was handed over, a stop has come to its end, or either could not be done.
 * @property {"foreign_done"} kind
 * @property {number} request - id of the foreign_asked
 * @property {string} name
 * @property {number} [took_s]
 * @property {number} [exit_code]
 * @property {boolean} [killed]
 * @property {string} [error]
 * @property {string} text
 * @typedef {Shared & ForeignDoneEventFields} ForeignDoneEvent
 *
 * @typedef {object} SourceLostEventFields  A witness stopped reporting.  What happens until `source_back` may be missing.
 * @property {"source_lost"} kind
 * @property {string} source - "engine", "output", "processes", "kernel"; "lab": of a target, whose server was killed
 * @property {string} reason
 * @typedef {Shared & SourceLostEventFields} SourceLostEvent
 *
 * @typedef {object} SourceBackEventFields  It reports again.  `missing`: at least so many of its records were not told; absent: nobody counted them.
 * @property {"source_back"} kind
 * @property {string} source
 * @property {number} [missing]
 * @typedef {Shared & SourceBackEventFields} SourceBackEvent
 *
 * @typedef {LabStartedEvent|KernelTrialEvent|RunCreatedEvent|RunFinishedEvent|BuildProgressEvent|TargetStartingEvent|TargetStartedEvent|TargetExitedEvent|OutputEvent|TruncatedEvent|ProcessAppearedEvent|ProcessChangedEvent|ProcessGoneEvent|KernelSignalEvent|OomVictimEvent|ForecastEvent|StopForecastEvent|SignalRequestedEvent|SignalFailedEvent|EngineEvent|StopRequestedEvent|StopEscalatedEvent|StopOverdueEvent|StopFinishedEvent|VerdictEvent|StepDoneEvent|StepFailedEvent|StepUnseenEvent|FileWrittenEvent|PauseRequestedEvent|ExecRequestedEvent|ExecFinishedEvent|HttpRequestedEvent|HttpProgressEvent|HttpFinishedEvent|BetOpenedEvent|BetPlacedEvent|BetClosedEvent|RehearsedEvent|ForeignAskedEvent|ForeignDoneEvent|SourceLostEvent|SourceBackEvent} AnyEvent
 * @typedef {AnyEvent["kind"]} Kind
 * @typedef {{[K in Kind]: Extract<AnyEvent, {kind: K}>}} EventOf  by its kind
 */

export {};
