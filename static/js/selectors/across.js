/**
 * Signals from a process of one target to one of another target of the same run.  The kernel's word is recorded with the
 * receiver, and names its sender by a pid; whose pid that is, only the processes of all of them tell.  Here both ends get
 * to know the other one, named with its target: "bash in up".
 */

/** @import { KernelWord, Process, Run, State, Target } from "../wire/types.js" */
import { nameFor } from "../words/kernel.js";

const SLACK_MS = 1000; // a process is seen a little after it began, and a pid may be another's later

/** @typedef {{pid: number, name: string}} Other   a process of another target */

/**
 * @typedef {object} Across
 * @property {string} from               id of the sender's target
 * @property {string} to
 * @property {KernelWord} word
 * @property {Other} sender
 * @property {Other} receiver
 */

/** @type {WeakMap<State["targets"], Map<string, Across[]>>} */
const known = new WeakMap();

/** @param {Process} process @param {number} atMs */
const wasThere = ({ appearedMs, goneMs }, atMs) =>
  appearedMs <= atMs + SLACK_MS && (goneMs === null || goneMs >= atMs - SLACK_MS);

/** @param {Target[]} targets @returns {Across[]} */
const found = (targets) => {
  /** @type {Map<number, {target: Target, process: Process}[]>} */
  const byPid = new Map();
  for (const target of targets)
    for (const process of Object.values(target.processes))
      byPid.set(process.pid, [...(byPid.get(process.pid) ?? []), { target, process }]);
  return targets.flatMap((target) =>
    target.kernel.flatMap((word) => {
      if (word.senderKind !== "process" || word.senderPid === null || word.teardown) return [];
      const there = (byPid.get(word.senderPid) ?? []).filter(({ process }) => wasThere(process, word.atMs));
      const other = there.some((each) => each.target === target) ? undefined : there[0];
      if (!other) return [];
      const sender = { pid: word.senderPid, name: `${nameFor(word.sender)} in ${other.target.name}` };
      const receiver = { pid: word.pid, name: `${nameFor(word.comm)} in ${target.name}` };
      return [{ from: other.target.id, to: target.id, word, sender, receiver }];
    }),
  );
};

/** All of a run; the same list while nothing changed. @param {Run|null} run @param {State} state @returns {Across[]} */
export const acrossOf = (run, { targets }) => {
  if (!run || run.targets.length < 2) return [];
  const answers = known.get(targets) ?? new Map();
  known.set(targets, answers);
  const all = answers.get(run.id) ?? found(run.targets.flatMap((id) => targets[id] ?? []));
  answers.set(run.id, all);
  return all;
};

/**
 * A target with what it had to do with the others; itself where that is nothing.
 * @template {Target|null} T
 * @param {T} target @param {readonly Across[]} all - from `acrossOf`
 * @returns {T}
 */
export const withOthers = (target, all) => {
  const mine = all.filter(({ from, to }) => from === target?.id || to === target?.id);
  if (!target || !mine.length) return target;
  const came = new Map(mine.filter(({ to }) => to === target.id).map((each) => [each.word, each.sender]));
  const kernel = target.kernel.map((word) => {
    const sender = came.get(word);
    return sender ? { ...word, sender: sender.name, asked: true, across: true } : word;
  });
  const sent = mine.filter(({ from }) => from === target.id);
  const others = new Map([...came.values(), ...sent.map(({ receiver }) => receiver)].map((each) => [each.pid, each]));
  const across = {
    sent: sent.map(({ word, receiver }) => ({ ...word, comm: receiver.name })),
    others: [...others.values()],
  };
  return { ...target, kernel, across };
};
