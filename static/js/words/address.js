/**
 * Where the lab is on its host.  Behind a proxy that has other things as well, each path begins with what the server was
 * told (`--root-path`): nothing here writes a path of the lab without `linkTo`.
 */

// A worker has no document; its own address is one of the lab's.
const page = globalThis.document?.documentElement;
const root = page ? (page.dataset.root ?? "") : (globalThis.location?.pathname.split("/static/")[0] ?? "");

/** The address of a path of the lab. @param {string} path - as the server knows it, `/runs/r1` @param {string} [below] */
export const linkTo = (path, below = root) => below + path;

/** The path of the lab that an address stands for. @param {string} address @param {string} [below] */
export const pathAt = (address, below = root) =>
  below && (address === below || address.startsWith(`${below}/`)) ? address.slice(below.length) || "/" : address;
