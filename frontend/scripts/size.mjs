// Print what the browser must load before the first route (the sign-in page) renders, gzipped, from Vite's manifest.
// Exits with 1 above the budget. Run after `npm run build`.
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";

const BUDGET_KB = 300;
const FIRST_ROUTE = "src/features/auth/pages/SignInPage.tsx";

const dist = new URL("../dist/", import.meta.url);
const manifest = JSON.parse(readFileSync(new URL(".vite/manifest.json", dist), "utf8"));

/** Add a chunk's own file, its styles and those of everything it imports statically. */
function collect(key, files) {
  const chunk = manifest[key];
  if (chunk === undefined) throw new Error(`${key} is not in ${fileURLToPath(dist)}.vite/manifest.json: build first`);
  if (files.has(chunk.file)) return;
  files.add(chunk.file);
  for (const css of chunk.css ?? []) files.add(css);
  for (const next of chunk.imports ?? []) collect(next, files);
}

const gzipKb = (file) => gzipSync(readFileSync(new URL(file, dist)), { level: 9 }).length / 1024;
const files = new Set();
collect("index.html", files);
collect(FIRST_ROUTE, files);

const rows = [...files].map((file) => ({ file, kb: gzipKb(file) })).sort((a, b) => b.kb - a.kb);
for (const { file, kb } of rows) console.log(`${kb.toFixed(1).padStart(8)} KB  ${file}`);
const total = rows.filter(({ file }) => file.endsWith(".js")).reduce((sum, { kb }) => sum + kb, 0);
console.log(`${total.toFixed(1).padStart(8)} KB  initial JavaScript, gzipped (budget ${BUDGET_KB} KB)`);
if (process.argv.includes("--json")) {
  console.log(JSON.stringify({ name: "initial_javascript_gzipped", value: Number(total.toFixed(1)), unit: "KB" }));
}
process.exitCode = total > BUDGET_KB ? 1 : 0;
