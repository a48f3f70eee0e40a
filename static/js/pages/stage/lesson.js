/**
 * The lesson's panel: the scratch files of the run with their drafts, the steps, and what was to be learnt.
 */

import { createPanel } from "../../page/panel.js";
import { hushedOf, isOver, lessonOf } from "../../selectors/index.js";
import { nextLesson } from "../../views/catalogue.js";
import { filesView } from "../../views/files.js";
import { lessonView } from "../../views/lesson.js";
import { linkTo } from "../../words/address.js";

/** @import { Session } from "../../wire/session.js" */
/** @import { Experiment, Run, ScratchFile, Target } from "../../wire/types.js" */
/** @import { LessonStep } from "../../selectors/lesson.js" */
/** @import { Handlers } from "../shared/handlers.js" */
/** @import { Ui } from "../shared/ui.js" */

/** @typedef {{text: string, onId: number|null}} Draft  `onId`: the event of the text that it was begun on */

/** @type {Pick<LessonStep, "index"|"see"|"answers"|"actions">} */
const NO_STEP = { index: -1, see: [], answers: [], actions: [] };

/** Brings the current step into sight, within its own box only: the page stays where it is. */
const follow = () => {
  const box = [...document.querySelectorAll(".lesson, .lesson-steps")].find(
    (each) => getComputedStyle(each).overflowY === "auto",
  );
  const step = document.querySelector(".lesson-step[aria-current]");
  const shown = step ? [step] : [...document.querySelectorAll(".lesson-next, .lesson-learnt[open]")]; // at the end the way on, too
  if (!box || !shown.length) return;
  const at = shown.map((each) => each.getBoundingClientRect());
  const above = box.scrollTop - box.getBoundingClientRect().top;
  const top = Math.min(...at.map((each) => each.top)) + above;
  const bottom = Math.max(...at.map((each) => each.bottom)) + above;
  if (bottom > box.scrollTop + box.clientHeight) box.scrollTop = Math.min(top, bottom - box.clientHeight);
};

/** @param {{session: Session, ui: Ui, handlers: Handlers, dirty: () => void, query: () => string}} stage - `query`: behind an address, in presenter mode */
export function createLesson({ session, ui, handlers, dirty, query }) {
  const draw = createPanel("lesson");
  /** By run and name. @type {Map<string, Draft>} */
  const drafts = new Map();
  let runId = "";
  /** @type {Record<string, ScratchFile>} */
  let files = {};
  let turn = "";

  /** @param {string} name */
  const key = (name) => `${runId}/${name}`;

  const mine = {
    /** @param {string} name @param {string} text */
    onDraft(name, text) {
      const before = drafts.get(key(name));
      if (text === files[name]?.text) drafts.delete(key(name));
      else drafts.set(key(name), { text, onId: before ? before.onId : (files[name]?.id ?? null) });
      dirty();
    },
    /** @param {string} name */
    onDiscard(name) {
      drafts.delete(key(name));
      dirty();
      document.getElementById(`file-${name}`)?.focus(); // the button it was pressed on goes dark
    },
    /** @param {string} name */
    onSave(name) {
      const draft = drafts.get(key(name));
      if (draft) handlers.onSave(name, draft.text);
    },
  };

  /** The current step is followed when it is another, or has become longer. @param {LessonStep[]} steps */
  const turned = (steps) => {
    const { index, see, answers, actions } = steps.find(({ is }) => is === "current") ?? NO_STEP;
    const now = JSON.stringify([runId, index, see.map(({ is }) => is), answers.length]);
    if (now === turn) return;
    requestAnimationFrame(follow);
    handlers.onMeant(actions.find(({ stop }) => stop)?.stop);
    turn = now;
  };

  /** Before there is a run, its files are as the experiment has them. @param {Run|null} run @param {Experiment|null} experiment */
  const filesOf = (run, experiment) =>
    run?.files ??
    Object.fromEntries(
      (experiment?.files ?? []).map(({ name, text }) => [name, { name, text, by: null, atMs: null, id: null }]),
    );

  /** Who watches cannot start it, and goes there with the driver. @param {Experiment|null} experiment */
  const nextOf = (experiment) => {
    const found = session.role === "driver" ? nextLesson(session.experiments, experiment?.id ?? "") : null;
    return found && { href: linkTo(`/experiments/${encodeURIComponent(found.id)}${query()}`), title: found.title };
  };

  /** @param {Run|null} run @param {Experiment|null} experiment */
  return (run, experiment) => {
    const { role, state } = session;
    runId = run?.id ?? "";
    files = filesOf(run, experiment);
    for (const { name, text } of Object.values(files))
      if (drafts.get(key(name))?.text === text) drafts.delete(key(name));
    const targets = (run?.targets ?? []).flatMap((id) => state.targets[id] ?? []);
    const stepAsked = [...ui.asked.keys()].find((each) => each.startsWith("step:"));
    const mayEdit = role === "driver" && run?.status === "running";
    const slices = Object.values(files).map((file) => {
      const draft = (mayEdit && drafts.get(key(file.name))) || null;
      const stale = draft !== null && draft.onId !== file.id;
      return { file, draft: draft?.text ?? null, stale, asked: ui.asked.has(`file:${file.name}`) };
    });
    const parts = [
      run,
      experiment,
      stepAsked,
      session.experiments,
      query(),
      ui.copied,
      JSON.stringify(slices),
      ...targets.flatMap(({ status, stop, execs, downloads }) => [status, stop, execs, downloads]),
    ];
    const drew = draw(parts, () => {
      const steps = lessonOf(run, experiment, targets);
      turned(steps);
      return lessonView(
        {
          steps,
          role,
          asked: stepAsked ? Number(stepAsked.slice(5)) : null,
          names: (experiment?.targets ?? []).map(({ name }) => name),
          over: isOver(run, steps),
          about: experiment,
          copied: ui.copied,
          hushed: hushedOf(run),
          next: nextOf(experiment),
          files: slices.length ? filesView({ files: slices, mayEdit }, 0, mine) : undefined,
        },
        0,
        handlers,
      );
    });
    return drew;
  };
}
