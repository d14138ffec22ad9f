// Builds the web app and what the binary needs of it:
//
//   node scripts/build.mjs OUT
//
// gives OUT/dist (the app's files), OUT/web_files.S (their bytes, plain and gzipped, by .incbin) and
// OUT/web_files_table.inc (rows of src/messaging/http/web_files.cc). Does nothing when the sources
// have not changed; asks the npm registry only when package-lock.json has.
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import fs from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";

const WEB = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const CONTENT_TYPES = {
  ".css": "text/css; charset=utf-8",
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".svg": "image/svg+xml",
  ".txt": "text/plain; charset=utf-8",
};

const sha256 = (...pieces) => {
  const hash = createHash("sha256");
  for (const piece of pieces) hash.update(piece).update("\0");
  return hash.digest("base64url");
};

function filesUnder(folder) {
  return fs
    .readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.name !== "node_modules" && !entry.name.startsWith("."))
    .flatMap((entry) => {
      const name = path.join(folder, entry.name);
      return entry.isDirectory() ? filesUnder(name) : [name];
    })
    .sort();
}

function install() {
  const wanted = sha256(fs.readFileSync(path.join(WEB, "package-lock.json")));
  const stamp = path.join(WEB, "node_modules", ".installed-from");
  if (fs.existsSync(stamp) && fs.readFileSync(stamp, "utf8") === wanted) return;
  console.log("web: installing npm packages");
  const options = ["--no-audit", "--no-fund", "--ignore-scripts", "--loglevel=error"];
  execFileSync("npm", ["ci", ...options], { cwd: WEB, stdio: ["ignore", "ignore", "inherit"] });
  fs.writeFileSync(stamp, wanted);
}

async function bundle(dist) {
  process.chdir(WEB);
  const { build } = await import("vite");
  await build({
    root: WEB,
    logLevel: "warn",
    build: { outDir: dist, emptyOutDir: true },
  });
}

/** A row of the table for each file, and the assembly that holds its bytes. */
function embed(out, dist) {
  const zipped = path.join(out, "gzip");
  fs.rmSync(zipped, { recursive: true, force: true });
  fs.mkdirSync(zipped);
  const assembly = [
    "/* Made by web/scripts/build.mjs. */",
    '\t.section .note.GNU-stack,"",%progbits',
    '\t.section .rodata,"a",%progbits',
  ];
  const declarations = [];
  const rows = [];
  const blob = (file, bytes) => {
    const name = `parley_web_file_${declarations.length}`;
    assembly.push(
      "\t.balign 16",
      `\t.globl ${name}`,
      `\t.hidden ${name}`,
      `${name}:`,
      `\t.incbin "${file}"`,
      "\t.byte 0",
    );
    declarations.push(`extern "C" const char ${name}[];`);
    return `{${name}, ${bytes.length}}`;
  };
  for (const file of filesUnder(dist)) {
    const url = `/${path.relative(dist, file).split(path.sep).join("/")}`;
    const type = CONTENT_TYPES[path.extname(file)];
    if (!type) throw new Error(`web: no content type for ${url}`);
    const bytes = fs.readFileSync(file);
    const plain = blob(file, bytes);
    const small = gzipSync(bytes, { level: 9 });
    let gzip = "{}";
    if (small.length < bytes.length) {
      const name = path.join(zipped, String(declarations.length));
      fs.writeFileSync(name, small);
      gzip = blob(name, small);
    }
    const isHashed = url.startsWith("/assets/");
    rows.push(
      `    {"${url}", "${type}", R"(W/"${sha256(bytes).slice(0, 22)}")", ${isHashed}, ${plain}, ${gzip}},`,
    );
  }
  const policy = fs.readFileSync(path.join(WEB, "content-security-policy.txt"), "utf8").trim();
  fs.writeFileSync(path.join(out, "web_files.S"), `${assembly.join("\n")}\n`);
  fs.writeFileSync(
    path.join(out, "web_files_table.inc"),
    [
      "// Made by web/scripts/build.mjs.",
      ...declarations,
      `constexpr std::string_view kPolicy = R"(${policy})";`,
      `constexpr std::array<WebFile, ${rows.length}> kFiles = {{`,
      ...rows,
      "}};",
      "",
    ].join("\n"),
  );
}

const out = path.resolve(process.argv[2] ?? path.join(WEB, "..", "build", "web"));
const dist = path.join(out, "dist");
const sources = filesUnder(WEB).filter((file) => !/\.test\.ts$|\.md$/.test(file));
const state = sha256(
  out,
  ...sources.flatMap((file) => [path.relative(WEB, file), fs.readFileSync(file)]),
);
const stamp = path.join(out, "built-from");
const outputs = ["web_files.S", "web_files_table.inc"].map((name) => path.join(out, name));
const isBuilt =
  [stamp, ...outputs, dist].every((name) => fs.existsSync(name)) &&
  fs.readFileSync(stamp, "utf8") === state;
if (!isBuilt) {
  fs.mkdirSync(out, { recursive: true });
  fs.rmSync(stamp, { force: true });
  install();
  await bundle(dist).catch((error) => {
    console.error(error.message);
    process.exit(1);
  });
  embed(out, dist);
  fs.writeFileSync(stamp, state);
}
const now = new Date();
for (const name of outputs) fs.utimesSync(name, now, now);
