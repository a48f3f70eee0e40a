/** The foot of a page: asks how loaded the machine is, now and then while somebody looks. */

import { createPanel } from "../../page/panel.js";
import { createPoll } from "../../page/poll.js";
import { machineWords } from "../../selectors/load.js";
import { footView } from "../../views/foot.js";

/** @import { Session } from "../../wire/session.js" */

const EVERY_MS = 10_000; // an average over a minute

/**
 * @param {{session: Session, dirty: () => void}} page
 * @returns {(shown?: boolean) => void}
 */
export function createFoot({ session, dirty }) {
  const draw = createPanel("foot");
  const machine = createPoll({ ask: session.api.machine, everyMs: EVERY_MS, dirty });
  return (shown = true) => {
    const load = machine(shown && session.connection?.state === "open" ? "machine" : null);
    if (!load) return;
    const said = machineWords(load);
    draw([said.text], () => footView(said));
  };
}
