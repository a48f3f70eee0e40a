/**
 * The shapes of `GET /api/v1/doctor`.  Types only: this module has no code.
 *
 * @import { Advice, Fate } from "./types.js"
 *
 * @typedef {object} StopSaid             what a stop would come to
 * @property {string} signal
 * @property {number} timeout_s           −1: for ever
 * @property {"at_once"|"handler_decides"|"sigkill"|"unknown"} outcome
 * @property {boolean} sure
 * @property {string} say
 * @property {string} why
 * @property {string[]} because
 * @property {string|null} fix
 * @property {Advice|null} advice
 *
 * @typedef {object} SetupFact
 * @property {string} name
 * @property {string} value
 * @property {string} source
 * @property {string} means
 *
 * @typedef {object} Grace                how long it has, by one way of stopping it
 * @property {string} path
 * @property {number|null} seconds        −1: for ever; null: nobody here can read it
 * @property {string} source
 * @property {boolean} applies
 * @property {string[]} lines             to copy
 *
 * @typedef {object} Examined             one container
 * @property {string} id
 * @property {string} name
 * @property {string} image
 * @property {string} status
 * @property {string} target              of the lab that made it; "" none did
 * @property {boolean} ours
 * @property {boolean} protected
 * @property {boolean} is_lab
 * @property {boolean|null} holds         null: the forecast leaves it open
 * @property {StopSaid} stop
 * @property {string} unheard             who has a handler and is never told
 * @property {{by: "proc"|"probe"|"ps"|"nobody", missing: string, allow: string}} seen
 * @property {SetupFact[]} facts
 * @property {Grace[]} graces
 * @property {{check: string, text: string, advice: Advice|null}[]} findings
 * @property {{pid: number, ns_pid: number, ppid: number, name: string, argv: string[], state: string, fate: Fate, catches: boolean, why: string}[]} processes
 * @property {number} more_processes
 * @property {{run: string|null, at: string, text: string}|null} rehearsed   what the newest rehearsal of its image came to; null: its run is forgotten
 *
 * @typedef {{holds: boolean|null, containers: Examined[]}} DoctorReport
 */

export {};
