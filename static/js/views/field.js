/**
 * The field is the lamp of the page: one flat colour per state.  It holds the fall and the clock's slot; both keep
 * their places whatever happens.
 */

import { html } from "../lit.js";
import { fallView } from "./fall.js";

/** @import { Fall } from "../wire/types.js" */
/** @import { FallSize } from "./fall.js" */
/** @import { Cursor, CursorHandlers } from "./fall_cursor.js" */

/**
 * @param {{fall: Fall, size: FallSize, slot: unknown, cursor?: Cursor}} slice - `slot`: the view of the clock's slot
 * @param {number} [nowMs]
 * @param {CursorHandlers} [handlers]
 */
export const fieldView = (
  { fall, size, slot, cursor },
  nowMs,
  handlers,
) => html`<section class="field" data-state=${fall.field} aria-label="The stop">
  ${fallView({ fall, size, cursor }, nowMs, handlers)}
  ${slot}
</section>`;
