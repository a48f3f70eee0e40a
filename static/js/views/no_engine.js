/**
 * No engine: what was tried, how to get one, what works without.  It goes away by itself when one answers.
 */

import { html, nothing } from "../lit.js";
import { counted } from "../words/text.js";
import { command } from "./copy.js";

/** @import { Experiment, Health } from "../wire/types.js" */

const START = "sudo systemctl start docker";
const INSTALL = "sudo apt-get install docker.io";
const ALLOW = "sudo usermod -aG docker $USER";
const PODMAN = "systemctl --user start podman.socket";

/**
 * @param {{engine: Health["engine"], experiments: Experiment[], copied: string|null}} slice
 * @param {number} _nowMs
 * @param {{onCopy: (text: string) => void}} handlers
 */
export const noEngineView = ({ engine, experiments, copied }, _nowMs, { onCopy }) => {
  const without = experiments.filter(({ needs_engine: needs }) => !needs).length;
  const closed = /permission denied/i.test(engine.reason); // there is one, but not for this user
  const waiting = experiments.length - without;
  return html`<section class="home-none" aria-label="No engine"><div>
      <h2>${engine.state === "lost" ? "The engine does not answer any more." : closed ? "Docker is here, but this user may not use it." : "No Docker engine answers."} ${counted(without, "experiment runs", "experiments run")} without one.</h2>
      <p>They are started on this machine and signalled by its own kernel. ${waiting ? `${counted(waiting, "other waits", "others wait")} here and will light up when an engine appears; nothing needs to be reloaded.` : nothing}</p></div>
    <dl><dt>Tried</dt><dd>${engine.reason}</dd>
      ${engine.hint ? html`<dt>Hint</dt><dd>${engine.hint}</dd>` : nothing}
      ${
        closed
          ? html`<dt>To allow it</dt><dd>${command(ALLOW, copied, onCopy, "to allow Docker")} Then sign in again, and start the lab again.</dd>`
          : html`<dt>Start one</dt><dd>${command(START, copied, onCopy, "to start Docker")}</dd>
      <dt>Or install it</dt><dd>${command(INSTALL, copied, onCopy, "to install Docker on Debian or Ubuntu")}</dd>`
      }
      <dt>Or Podman</dt><dd>${command(PODMAN, copied, onCopy, "to start Podman’s socket")}</dd>
      <dt>Next look</dt><dd>by itself, every few seconds</dd></dl></section>`;
};
