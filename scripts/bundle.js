/**
 * Makes static/dist/, which a browser is sent: one script and one style sheet per page, and what pages load later.
 *
 *   node scripts/bundle.js     does nothing when that is of these sources already
 *
 * Each name holds a hash of what is in the file, so that a browser keeps it for ever; beside each stands what it is
 * compressed, and its source map.  `manifest.json` says which source became which file, and of what texts they were
 * made: the server takes the plain sources where these have changed since (app/web/assets.py).
 */

import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { brotliCompress, gzip as gzipped } from "node:zlib";
import { build, version } from "esbuild";

const [gzip, brotli] = [promisify(gzipped), promisify(brotliCompress)];
const ROOT = fileURLToPath(new URL("..", import.meta.url));
const STATIC = join(ROOT, "static");
const DIST = join(STATIC, "dist");
const MANIFEST = join(DIST, "manifest.json");
const PAGES = ["doctor", "home", "lanes", "race", "replay", "runs", "signals", "speaker", "stage"];
const PARTS = ["js/page/terminal.js", "js/pages/shared/dialogs_part.js"]; // of a page, which come when they are needed
const MODULES = [...PAGES.map((page) => `js/entries/${page}.js`), "js/wire/stream_worker.js", ...PARTS];
const REPORT = "js/entries/report.js";
const SHEETS = [
  ...PAGES.map((page) => `css/pages/${page}.css`),
  "css/pages/plain.css",
  "css/terminal.css",
  "css/dialogs.css",
  "css/present.css",
];
const LICENCES = ["lit-html", "@xterm/xterm", "@xterm/addon-fit"];

/** @param {string|Uint8Array} text */
const hash = (text) => createHash("sha256").update(text).digest("hex");
/** @param {string} name - of a source */
const sumOf = (name) => hash(readFileSync(join(STATIC, name)));
const madeBy = hash(`${version} ${readFileSync(fileURLToPath(import.meta.url))}`);

/** @returns {boolean} whether what is there is of these sources */
function isMade() {
  try {
    const { files, inputs, by } = JSON.parse(readFileSync(MANIFEST, "utf8"));
    const there = Object.values(files).every((name) => existsSync(join(DIST, name)));
    return by === madeBy && there && Object.keys(inputs).every((name) => sumOf(name) === inputs[name]);
  } catch {
    return false; // there is none, or a source has gone
  }
}

/** @typedef {import("esbuild").BuildResult<{metafile: true, write: false}>} Built */

/** @param {string[]} entryPoints @param {import("esbuild").BuildOptions} options @returns {Promise<Built>} */
const bundled = (entryPoints, options) =>
  build({
    ...options,
    entryPoints,
    absWorkingDir: STATIC,
    outdir: DIST,
    entryNames: "[name]-[hash]",
    bundle: true,
    minify: true,
    sourcemap: options.sourcemap ?? true,
    target: options.target ?? "es2022",
    legalComments: "none", // licences.txt has them
    metafile: true,
    write: false,
  });

/** As small as can be, which is the default of brotli. @param {Uint8Array} contents */
const packed = async (contents) => ({ gz: await gzip(contents, { level: 9 }), br: await brotli(contents) });

if (isMade()) process.exit(0);
const started = performance.now();
const made = await Promise.all([
  bundled(MODULES, { format: "esm" }),
  bundled(["js/early.js"], { format: "iife" }),
  bundled([REPORT], { format: "iife", sourcemap: "external" }), // it stands in a file that has no map
  bundled(SHEETS, { target: "esnext" }), // colours and nesting as they are written
  bundled(["favicon.svg"], { loader: { ".svg": "copy" }, sourcemap: false }),
]);

/** @type {Record<string, string>} */
const files = {};
const inputs = new Set();
for (const { metafile } of made) {
  for (const name of Object.keys(metafile.inputs)) inputs.add(name);
  for (const [path, { entryPoint, inputs: of }] of Object.entries(metafile.outputs))
    if (!path.endsWith(".map")) files[entryPoint ?? Object.keys(of)[0]] = basename(path);
}
const sums = Object.fromEntries([...inputs].sort().map((name) => [name, sumOf(name)]));
mkdirSync(DIST, { recursive: true });
const kept = new Set(["manifest.json", "licences.txt"]);
/** @param {string} name @param {Uint8Array} contents */
const write = (name, contents) => {
  kept.add(name);
  writeFileSync(join(DIST, name), contents);
};
/** @param {import("esbuild").OutputFile} file */
const store = async ({ path, contents }) => {
  const name = basename(path);
  write(name, contents);
  if (name.endsWith(".map") || name === files[REPORT]) return; // neither is sent as it is with a page
  for (const [how, less] of Object.entries(await packed(contents))) write(`${name}.${how}`, less);
};
await Promise.all(made.flatMap(({ outputFiles }) => outputFiles.map(store)));
const licences = LICENCES.map((name) => `${name}\n\n${readFileSync(join(STATIC, "vendor", name, "LICENSE"), "utf8")}`);
write("licences.txt", Buffer.from(licences.join("\n\n")));

// New files first, then what names them, then away with the old ones: a server that runs meanwhile misses none.
writeFileSync(`${MANIFEST}.new`, `${JSON.stringify({ by: madeBy, files, inputs: sums }, null, 1)}\n`);
renameSync(`${MANIFEST}.new`, MANIFEST);
for (const name of readdirSync(DIST)) if (!kept.has(name)) rmSync(join(DIST, name));
console.error(`bundled the pages in ${Math.round(performance.now() - started)} ms`);
