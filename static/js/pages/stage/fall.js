/**
 * The fall on the stage: what is pointed at, and what part of its time is looked at.  Neither is a fact; both are
 * forgotten with the run.
 */

import { along, pointsOf } from "../../selectors/fall/points.js";
import { fitted, panned, showing, zoomedBy } from "../../selectors/fall/zoom.js";
import { fallOf } from "../../selectors/index.js";
import { fallView } from "../../views/fall.js";
import { fieldView } from "../../views/field.js";

/** @import { Session } from "../../wire/session.js" */
/** @import { Fall, RecordLine, Target, Witnesses } from "../../wire/types.js" */
/** @import { StopAsked } from "../../selectors/fall/fall.js" */
/** @import { Point } from "../../selectors/fall/points.js" */
/** @import { FallTime, Zoom } from "../../selectors/fall/zoom.js" */
/** @import { FallSize } from "../../views/fall.js" */
/** @import { Ui } from "../shared/ui.js" */

const PAN = 0.25; // of what is seen

/** @type {Record<string, "in"|"out"|"fit"|"live">} */
const LOOKS = { "+": "in", "=": "in", "-": "out", f: "fit", 0: "live" };

/** @param {{session: Session, ui: Ui, dirty: () => void, flush: () => void}} stage */
export function createFall({ session, ui, dirty, flush }) {
  /** @type {FallTime|null} */
  let time = null;
  /** @type {Point[]} */
  let points = [];

  /** @param {Zoom|null} zoom */
  const look = (zoom) => {
    ui.zoom = zoom;
    dirty();
  };

  /** What to keep in its place: what is pointed at, else the middle of what happened in sight, else of what is seen. @param {FallTime} seen */
  const middle = ({ zeroMs, window }) => {
    const at = points.find(({ id }) => id === ui.point);
    if (at) return (at.atMs - zeroMs) / 1000;
    const inSight = points.filter(({ x }) => x >= 0 && x <= 100).map(({ atMs }) => (atMs - zeroMs) / 1000);
    return inSight.length ? (Math.min(...inSight) + Math.max(...inSight)) / 2 : (window.fromS + window.toS) / 2;
  };

  /** @param {"in"|"out"|"fit"|"live"|"earlier"|"later"} act */
  const onLook = (act) => {
    if (!time) return;
    if (act === "in" || act === "out") look(zoomedBy(time, act === "in" ? 1 : -1, middle(time)));
    else if (act === "fit")
      look(
        fitted(
          time,
          points.map(({ atMs }) => atMs),
        ),
      );
    else look(act === "live" ? null : panned(time, act === "later" ? PAN : -PAN));
  };

  /** @param {Point|undefined} point */
  const goTo = (point) => {
    if (!point || !time) return;
    ui.zoom = showing(time, ui.zoom, point.atMs);
    ui.point = point.id;
    flush();
    /** @type {SVGElement|null} */ (document.querySelector(`.fall-hit[data-point="${point.id}"]`))?.focus();
  };

  const handlers = {
    onLook,
    /** @param {number|null} id */
    onPoint(id) {
      if (ui.point === id) return;
      ui.point = id;
      if (id !== null) ui.pointStop = id;
      dirty();
    },
    /** @param {KeyboardEvent} event */
    onKey(event) {
      if (event.ctrlKey || event.altKey || event.metaKey || !time) return;
      const { key, shiftKey } = event;
      const by = key === "ArrowRight" ? 1 : key === "ArrowLeft" ? -1 : 0;
      const focused = event.target instanceof Element ? event.target.closest("[data-point]") : null;
      if (by && shiftKey) onLook(by > 0 ? "later" : "earlier");
      else if (by && focused) goTo(along(points, Number(focused.getAttribute("data-point")), by));
      else if (focused && key === "Home") goTo(points[0]);
      else if (focused && key === "End") goTo(points.at(-1));
      else if (LOOKS[key]) onLook(LOOKS[key]);
      else return;
      event.preventDefault();
      event.stopPropagation();
    },
    /** @param {WheelEvent} event */
    onWheel(event) {
      const plot = event.currentTarget instanceof Element ? event.currentTarget.querySelector(".fall-plot") : null;
      if (!event.ctrlKey || !time || !plot) return;
      event.preventDefault();
      const { left, width } = plot.getBoundingClientRect();
      const { fromS, toS } = time.window;
      const share = Math.min(1, Math.max(0, (event.clientX - left) / width));
      look(zoomedBy(time, event.deltaY < 0 ? 1 : -1, fromS + share * (toS - fromS)));
    },
  };

  const cursorOf = () => {
    const stop = points.find(({ id }) => id === ui.pointStop) ?? points[0];
    return { points, at: ui.point, stop: stop?.id ?? null, open: points.length > 0, zoomed: ui.zoom !== null };
  };

  return {
    /**
     * @param {Target|null} target @param {number} nowMs @param {Witnesses} witnesses @param {StopAsked|undefined} asked
     * @param {readonly RecordLine[]} lines - of the record: the same sentences
     * @returns {Fall}
     */
    cut(target, nowMs, witnesses, asked, lines) {
      const table = session.table?.signals;
      const whole = fallOf(target, nowMs, witnesses, asked, table);
      if (ui.zoom && ui.zoom.zeroMs !== whole.time?.zeroMs) ui.zoom = null; // that was about another stop
      const fall = ui.zoom ? fallOf(target, nowMs, witnesses, asked, table, ui.zoom) : whole;
      time = fall.time ?? null;
      points = time ? pointsOf(whole, time, lines) : [];
      if (!points.some(({ id }) => id === ui.point)) ui.point = null;
      return fall;
    },

    /** @param {Fall} fall @param {FallSize} size */
    figure: (fall, size) => fallView({ fall, size, cursor: cursorOf() }, 0, handlers),

    /** @param {Fall} fall @param {FallSize} size @param {unknown} slot */
    view: (fall, size, slot) => fieldView({ fall, size, slot, cursor: cursorOf() }, 0, handlers),
  };
}
