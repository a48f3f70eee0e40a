/**
 * The viewers' link as a QR code: dark on light in every theme, with its quiet zone, because telephones read no other.
 */

import { html } from "../lit.js";

/** @typedef {{size: number, path: string}} Qr  modules a side; the dark ones */
/** @typedef {{url: string, qr: Qr}} Link */

/** @param {Link} link */
export const qrView = ({ url, qr: { size, path } }) =>
  html`<svg class="qr" viewBox=${`0 0 ${size} ${size}`} role="img" aria-label=${`QR code of ${url}`} shape-rendering="crispEdges"><rect class="qr-paper" width=${size} height=${size}></rect><path class="qr-ink" d=${path}></path></svg>`;
