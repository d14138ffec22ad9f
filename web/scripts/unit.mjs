// Runs src/**/*.test.ts: bundled with esbuild (which Vite brings), run by Node's own test runner.
import { spawnSync } from "node:child_process";
import fs from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const WEB = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const out = path.join(WEB, "..", "build", "web-unit");

const tests = fs
  .readdirSync(path.join(WEB, "src"), { recursive: true })
  .filter((name) => name.endsWith(".test.ts"))
  .map((name) => path.join(WEB, "src", name));
fs.rmSync(out, { recursive: true, force: true });
await build({
  entryPoints: tests,
  outbase: path.join(WEB, "src"),
  outdir: out,
  outExtension: { ".js": ".mjs" },
  bundle: true,
  platform: "node",
  format: "esm",
  target: "node18",
  jsx: "automatic",
  jsxImportSource: "preact",
  logLevel: "warning",
});
const built = tests.map((name) =>
  path.join(out, path.relative(path.join(WEB, "src"), name).replace(/\.ts$/, ".mjs")),
);
const all = path.join(out, "all.mjs");
fs.writeFileSync(all, built.map((name) => `import ${JSON.stringify(name)};\n`).join(""));
// A zone with a clock change, and not that of most machines: what depends on it shows.
const environment = { ...process.env, TZ: "Europe/Paris", LANG: "en_GB.UTF-8" };
const run = spawnSync(process.execPath, ["--test-reporter=tap", all], {
  stdio: "inherit",
  env: environment,
});
process.exit(run.status ?? 1);
