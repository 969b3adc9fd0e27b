// Weighs the scripts of the first screen, packs text assets for delivery, and fails above the budget.
import { readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { extname, join } from "node:path";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";

const BUDGET = 250 * 1024;
const out = new URL("../../src/treadle/server/app/static/", import.meta.url).pathname;
const manifest = JSON.parse(readFileSync(join(out, ".vite/manifest.json"), "utf8"));

function scripts(key, found = new Set()) {
  const entry = manifest[key];
  if (!entry || found.has(entry.file)) return found;
  found.add(entry.file);
  for (const next of entry.imports ?? []) scripts(next, found);
  return found;
}

const entryOf = (file) => Object.values(manifest).find((entry) => entry.file === file);
const gzip = (file) => gzipSync(readFileSync(join(out, file)), { level: 9 }).length;
const weigh = (files) => [...files].reduce((sum, file) => sum + gzip(file), 0);
const kilo = (bytes) => `${(bytes / 1024).toFixed(1)} kB`;
const app = Object.keys(manifest).find((key) => manifest[key].name === "app");
const base = scripts(app, scripts("index.html"));
const screens = Object.keys(manifest).filter((key) => manifest[key].isDynamicEntry);
// Pages are what the entry loads by itself; what a page loads on demand (an editor, a dialog) is no first screen.
const pages = new Set([...base].flatMap((file) => entryOf(file)?.dynamicImports ?? []));
const budgeted = [...pages].filter((key) => key.startsWith("src/features/"));
let worst = { key: "index.html", size: weigh(base) };
for (const key of budgeted) {
  const size = weigh(scripts(key, new Set(base)));
  if (size > worst.size) worst = { key, size };
}
for (const key of screens) console.log(`${kilo(weigh(scripts(key))).padStart(10)} gzip  ${key}`);
console.log(
  `first screen ${kilo(weigh(base))}, heaviest page ${worst.key} ${kilo(worst.size)} of ${kilo(BUDGET)} (gzip)`,
);

const TEXT = new Set([".js", ".css", ".svg", ".wasm"]);
const quality = { params: { [constants.BROTLI_PARAM_QUALITY]: 9 } };
for (const name of readdirSync(join(out, "assets"))) {
  if (!TEXT.has(extname(name))) continue;
  const path = join(out, "assets", name);
  const bytes = readFileSync(path);
  if (bytes.length < 1400) continue;
  writeFileSync(`${path}.gz`, gzipSync(bytes, { level: 9 }));
  writeFileSync(`${path}.br`, brotliCompressSync(bytes, quality));
}
rmSync(join(out, ".vite"), { recursive: true });
if (worst.size > BUDGET) {
  console.error(`${worst.key} weighs ${kilo(worst.size)}: more than the budget of ${kilo(BUDGET)}.`);
  process.exit(1);
}
