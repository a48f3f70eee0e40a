/**
 * The record's place: it follows the end until the reader scrolls up, and does not move under them after that.  A link to
 * an event (`#e43`) scrolls to its line and focuses it, from wherever it is pressed; where there is no such line, that is
 * said.  The mark that is pointed at in the fall lights its line up for as long as that lasts.
 */

import { createPanel } from "../../page/panel.js";
import { lineOf } from "../../selectors/index.js";
import { missingWords, plainRecord, targetOf } from "../../selectors/record_links.js";
import { recordView } from "../../views/record.js";

/** @import { Session } from "../../wire/session.js" */
/** @import { RecordLine, Run } from "../../wire/types.js" */
/** @import { Handlers } from "../shared/handlers.js" */
/** @import { Ui } from "../shared/ui.js" */

const NEAR_PX = 8;

/** @param {string} hash @returns {number|null} */
export const eventOf = (hash) => (/^#e\d+$/.test(hash) ? Number(hash.slice(2)) : null);

/** @param {{session: Session, ui: Ui, handlers: Handlers, dirty: () => void}} stage */
export function createRecord({ session, ui, handlers, dirty }) {
  const draw = createPanel("record");
  /** @type {readonly RecordLine[]} */
  let shown = [];
  /** @type {Run|null} */
  let about = null;
  let copied = "";
  /** @type {number|null} */
  let lit = null;
  const list = () => document.querySelector("#record .record-list");
  const lastId = () => shown.reduce((last, { id }) => Math.max(last, id), 0);

  const show = () => {
    ui.evidence = eventOf(location.hash);
    ui.evidenceShown = false;
    if (ui.evidence !== null) {
      if (ui.follow) ui.seenId = lastId();
      Object.assign(ui, { follow: false, tab: "record" });
    }
    document.body.dataset.tab = ui.tab;
    dirty();
  };
  addEventListener("hashchange", show);
  // The address changes once only: who scrolled away and presses the same link again wants to go there again.
  document.addEventListener("click", (event) => {
    const link = event.target instanceof Element ? event.target.closest("a[href^='#e']") : null;
    if (link && link.getAttribute("href") === location.hash) show();
  });

  const mine = {
    /** @param {Event} event */
    onScroll(event) {
      if (lit !== null) return; // that was the fall's doing
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
    onCopy() {
      copied = plainRecord(shown, about ? `run ${about.number} of “${about.title}”` : "record");
      handlers.onCopy(copied);
    },
  };

  /** @param {string} note */
  const showEvidence = (note) => {
    if (ui.evidence === null || ui.evidenceShown) return;
    const id = lineOf(shown, ui.evidence)?.id;
    const line = id === undefined ? null : document.getElementById(`e${id}`);
    if (!line) {
      const other = targetOf(session.state, ui.evidence);
      if (other && about && about.targets.length > 1 && about.targets.includes(other)) {
        Object.assign(ui, { targetId: other, chosenMs: session.clock.now() });
        dirty();
      } else if (note) {
        ui.evidenceShown = true;
        /** @type {HTMLElement|null} */ (document.querySelector("#record .record-note"))?.focus();
      }
      return;
    }
    ui.evidenceShown = true;
    line.tabIndex = -1;
    line.scrollIntoView({ block: "center" });
    line.focus({ preventScroll: true });
  };

  /** Within the list only: the page does not move for a pointer. @param {number|null} pointed */
  const light = (pointed) => {
    const box = list();
    const line = pointed === null ? null : document.getElementById(`e${pointed}`);
    if (box && line) {
      const [inner, outer] = [line.getBoundingClientRect(), box.getBoundingClientRect()];
      if (inner.top < outer.top) box.scrollTop -= outer.top - inner.top;
      if (inner.bottom > outer.bottom) box.scrollTop += inner.bottom - outer.bottom;
    } else if (lit !== null && ui.follow) box?.scrollTo({ top: box.scrollHeight });
    lit = pointed;
  };

  /** @param {RecordLine[]} lines @param {import("../../views/record.js").Links|null} links @param {Run|null} run */
  return (lines, links, run) => {
    shown = lines;
    about = run;
    const behind = ui.follow ? 0 : lines.filter(({ id }) => id > ui.seenId).length;
    const note = missingWords(session.state, lines, ui.evidence);
    const pointed = lineOf(lines, ui.point)?.id ?? null;
    const isCopied = copied !== "" && ui.copied === copied;
    const drew = draw(
      [
        lines,
        behind,
        ui.evidence,
        ui.evidenceShown,
        pointed,
        note,
        isCopied,
        links?.export,
        links?.replay,
        links?.report,
        ui.tab,
      ],
      () =>
        recordView(
          { lines, behind, evidence: lineOf(lines, ui.evidence)?.id ?? null, pointed, note, copied: isCopied, links },
          0,
          mine,
        ),
    );
    if (!drew) return;
    if (ui.follow && pointed === null) list()?.scrollTo({ top: list()?.scrollHeight });
    if (pointed !== lit) light(pointed);
    showEvidence(note);
  };
}
