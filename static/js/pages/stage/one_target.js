/**
 * In place of `lanes.js` and `race.js` where a page is about one target, so that it need not load them.  The server says
 * which of both a page is; when it is no more true, because another run is looked at, the page is loaded anew.
 */

import { linkTo } from "../../words/address.js";

/** @import { Session } from "../../wire/session.js" */
/** @import { Ui } from "../shared/ui.js" */

/** @typedef {ReturnType<typeof import("./lanes.js").createLanes>} Lanes */

/** @param {{session: Session, ui: Ui}} stage @returns {Lanes} */
export function createOneTarget({ session, ui }) {
  const none = () => {
    throw new TypeError("there is one target: it has no lanes");
  };
  return {
    count(run) {
      if (run && run.targets.length > 1)
        location.assign(linkTo(`/runs/${encodeURIComponent(run.id)}${location.search}`));
      return 1;
    },
    chosen: (run) => session.state.targets[ui.targetId ?? run?.targets[0] ?? ""] ?? null,
    whole: () => false,
    turn: () => false,
    choose: () => false,
    cut: none,
    view: none,
    announce: none,
  };
}

/** @type {typeof import("./race.js").createRace} */
export const createNoRace = () => () => null;
