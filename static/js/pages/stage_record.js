/**
 * The record's place: it follows the end until the reader scrolls up, and does not move under them after that.
 */

import { createPanel } from "../panel.js";
import { lineOf } from "../selectors.js";
import { recordView } from "../views/record.js";

/** @import { Ui } from "./stage_ui.js" */
/** @import { RecordLine } from "../types.js" */

const NEAR_PX = 8;

/** @param {string} hash @returns {number|null} */
export const eventOf = (hash) => (/^#e\d+$/.test(hash) ? Number(hash.slice(2)) : null);

/** @param {{ui: Ui, dirty: () => void}} stage */
export function createRecord({ ui, dirty }) {
  const draw = createPanel("rec");
  /** @type {readonly RecordLine[]} */
  let shown = [];
  const list = () => document.querySelector("#rec .rec-list");
  const lastId = () => shown.reduce((last, { id }) => Math.max(last, id), 0);

  const handlers = {
    /** @param {Event} event */
    onScroll(event) {
      const at = /** @type {HTMLElement} */ (event.currentTarget);
      const follow = at.scrollHeight - at.scrollTop - at.clientHeight < NEAR_PX;
      if (follow === ui.follow) return;
      ui.follow = follow;
      ui.seenId = lastId();
      dirty();
    },
    onEnd() {
      ui.follow = true;
      ui.evidence = null;
      list()?.scrollTo({ top: list()?.scrollHeight });
      dirty();
    },
  };

  const showEvidence = () => {
    const id = lineOf(shown, ui.evidence)?.id;
    const line = id === undefined ? null : document.getElementById(`e${id}`);
    if (!line || ui.evidenceShown) return;
    ui.evidenceShown = true;
    line.tabIndex = -1;
    line.scrollIntoView({ block: "center" });
    line.focus({ preventScroll: true });
  };

  /** @param {RecordLine[]} lines @param {string|null} exportUrl */
  return (lines, exportUrl) => {
    shown = lines;
    const behind = ui.follow ? 0 : lines.filter(({ id }) => id > ui.seenId).length;
    const drew = draw([lines, behind, ui.evidence, exportUrl, ui.tab], () =>
      recordView({ lines, behind, evidence: lineOf(lines, ui.evidence)?.id ?? null, exportUrl }, 0, handlers),
    );
    if (!drew) return;
    if (ui.follow) list()?.scrollTo({ top: list()?.scrollHeight });
    showEvidence();
  };
}
