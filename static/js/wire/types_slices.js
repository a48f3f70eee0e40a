/**
 * Slices: what the selectors give to the views.  Types only: this module has no code.
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
 * @property {boolean} last              of its parent's, also of those that are not shown
 * @property {string} comm
 * @property {string} args               the rest of the command line; "" where there is none
 * @property {string} state
 * @property {string|null} note          "PID 1", "zombie", "stopped", "comes and goes: 12 times", "3 threads" …
 * @property {string|null} differ        "2 of 5 threads differ"; null: they do not
 * @property {"new"|"gone"|null} is
 * @property {BoardCell[]} cells
 * @property {RowLoad|null} [load]       what it costs now; null: nobody can tell; absent: nothing here is live
 *
 * @typedef {{cpu: string, memory: string}} RowLoad   "12 %", "9.8 MiB"
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
 * @property {boolean} headline          the one sentence in large type
 * @property {"start"|"end"} anchor
 * @property {boolean} [below]           the words go below the lane: above it they would cover others
 * @property {number} [id]               of the event that it tells; none: forecast, or words about what is not there
 * @property {number} [atMs]             when that was
 * @property {number} [pid]              of the process that it reached, for its place where several are shown
 *
 * @typedef {object} Fall
 * @property {"idle"|"stopping"|"killed"|"left"|"unknown"} field
 * @property {import("../selectors/fall/zoom.js").FallTime|null} [time]   what is looked at; null: nothing was recorded yet
 * @property {{x: number, label: string}[]} ticks
 * @property {FallMark[]} marks
 * @property {{x0: number, x1: number}|null} life   the solid bar on the program's lane, per cent
 * @property {{x0: number, x1: number}|null} dotted what is still to come, per cent
 * @property {number|null} now           per cent
 * @property {number|null} deadline          per cent
 * @property {{from?: number, x: number, top: string, bottom: string, pid?: number, unseen?: boolean, guess?: boolean, kill?: boolean}[]} drops
 *   vertical lines between two lanes; from: where it stood on the upper one before it fell; unseen: it passes or enters a lane without a witness, so it is drawn as that
 *   lane's gap is (dotted); guess: forecast
 * @property {Record<string, string|null>} gaps     lane → why it has no witness; null: it has one
 * @property {Record<string, number>} gapsFrom      lane → where its gap begins, per cent; only for lanes with a gap
 * @property {import("../selectors/fall/hops.js").Way|null} [way]   the processes of the program's lane, and who sent what to whom;
 *   null: there is one process only
 * @property {{lane: "engine"|"kernel", x0: number, x1: number}[]} [breaks]   gaps that are over, per cent
 * @property {string} label                         the figure in one sentence, for role=img
 *
 * @typedef {object} Witnesses           who reports now, from `witnessesOf(state, health)`
 * @property {string|null} engine        why the engine does not report; null: it does
 * @property {number|null} engineLostMs  since when; null: it reports, or was never there
 * @property {string|null} kernel        why the kernel's trace does not report; null: it does
 * @property {number|null} [kernelLostMs]  since when; null: it reports, or was never there
 * @property {readonly Gap[]} [gaps]     when one of them did not report before
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

/** @import { Author, ForecastGroup, Gap, Signal } from "./types.js" */
export {};
