// Builds ../static/vendor: fingerprinted bundles, the licences of what is in them, and MANIFEST.json.
// `node build.js --check` builds elsewhere and fails where the committed files differ.
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import * as esbuild from "esbuild";
import * as sass from "sass";
import { underPolicy } from "./under-policy.js";

const here = dirname(fileURLToPath(import.meta.url));
const committed = join(here, "..", "static", "vendor");
const modules = join(here, "node_modules");
const checking = process.argv.includes("--check");
const out = checking ? mkdtempSync(join(tmpdir(), "assets-")) : committed;

const files = new Map();
const entries = {};
const packages = new Set();

const digest = (bytes) => createHash("sha256").update(bytes).digest("hex");

function keep(name, bytes) {
  files.set(name, Buffer.from(bytes));
}

function fingerprinted(entry, bytes) {
  const dot = entry.lastIndexOf(".");
  const name = `${entry.slice(0, dot)}-${digest(bytes).slice(0, 12)}${entry.slice(dot)}`;
  entries[entry] = name;
  keep(name, bytes);
}

function cameFrom(path) {
  const parts = relative(modules, path).split("/");
  if (parts[0] !== "..") {
    packages.add(parts[0].startsWith("@") ? `${parts[0]}/${parts[1]}` : parts[0]);
  }
}

async function styles(entry, source) {
  const built = sass.compile(join(here, "styles", source), {
    style: "compressed",
    loadPaths: [modules, here],
    quietDeps: true,
    silenceDeprecations: ["import"],
  });
  built.loadedUrls.map(fileURLToPath).forEach(cameFrom);
  fingerprinted(entry, `${built.css}\n`);
}

// What the layouter needs comes from here, also where it has its own beside it.
const layouter = {
  name: "layouter",
  setup(build) {
    build.onResolve({ filter: /^(camunda-)?bpmn-moddle/ }, ({ path, importer, kind, pluginData }) =>
      pluginData || !importer.startsWith(join(here, "layout")) ? undefined : build.resolve(path, { kind, resolveDir: here, pluginData: true }));
  },
};

// Editors and what they share: chunks and fonts keep the names that they import each other by.
async function editors() {
  const built = await esbuild.build({
    absWorkingDir: here,
    entryPoints: ["diagram", "decision", "form"]
      .flatMap((kind) => [`scripts/studio/${kind}-editor.js`, `styles/studio/${kind}-editor.css`])
      .concat(["scripts/studio/proof-watch.js", "scripts/studio/ticks-view.js", "scripts/studio/difference-view.js", "styles/studio/difference-view.css"]),
    bundle: true,
    splitting: true,
    format: "esm",
    target: "es2022",
    minify: true,
    legalComments: "none",
    charset: "utf8",
    define: { "process.env.NODE_ENV": '"production"' },
    loader: { ".woff2": "file", ".woff": "empty", ".ttf": "empty", ".eot": "empty", ".svg": "empty" },
    assetNames: "[name]-[hash]",
    chunkNames: "editors-[hash]",
    entryNames: "[name]",
    alias: { preact: "@bpmn-io/properties-panel/preact" }, // one of them a page, or its hooks find no context
    plugins: [underPolicy, layouter],
    write: false,
    metafile: true,
    outdir: "built",
  });
  Object.keys(built.metafile.inputs).map((path) => join(here, path)).forEach(cameFrom);
  for (const file of built.outputFiles) {
    const name = relative(join(here, "built"), file.path);
    if (/-(editor|watch|view)\.(js|css)$/.test(name)) {
      fingerprinted(name, file.contents);
    } else {
      entries[name] = name;
      keep(name, file.contents);
    }
  }
}

async function scripts() {
  const built = await esbuild.build({
    absWorkingDir: here,
    entryPoints: ["scripts/site.js", "scripts/diagram.js", "scripts/enabled.js"],
    bundle: true,
    format: "esm",
    target: "es2020",
    minify: true,
    legalComments: "none",
    charset: "utf8",
    write: false,
    metafile: true,
    outdir: "built",
  });
  Object.keys(built.metafile.inputs).map((path) => join(here, path)).forEach(cameFrom);
  for (const file of built.outputFiles) {
    fingerprinted(relative(join(here, "built"), file.path), file.contents);
  }
}

function licences() {
  const told = [...packages].sort().map((name) => {
    const folder = join(modules, name);
    const { version, license, author } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
    const file = readdirSync(folder).find((each) => /^licen[cs]e/i.test(each));
    const text = file ? readFileSync(join(folder, file), "utf8").trim() : `Licence: ${license}. ${author?.name ?? author ?? ""}`.trim();
    return `${name} ${version} (${license})\n${"-".repeat(72)}\n${text}\n`;
  });
  keep("LICENCES.txt", `What the bundles in this folder are made of.\n\n${told.join("\n\n")}`);
}

await styles("site.css", "site.scss");
await styles("diagram.css", "diagram.scss");
await scripts();
await editors();
cameFrom(join(modules, "axe-core"));
fingerprinted("axe.js", readFileSync(join(modules, "axe-core", "axe.min.js")));
cameFrom(join(modules, "elkjs")); // as its makers ship it: its licence asks for the source of what is changed
fingerprinted("elk.js", readFileSync(join(modules, "elkjs", "lib", "elk.bundled.js")));
licences();

const sums = Object.fromEntries([...files].sort(([a], [b]) => (a < b ? -1 : 1)).map(([name, bytes]) => [name, digest(bytes)]));
const ordered = Object.fromEntries(Object.entries(entries).sort(([a], [b]) => (a < b ? -1 : 1)));
keep("MANIFEST.json", `${JSON.stringify({ entries: ordered, sha256: sums }, null, 2)}\n`);

if (checking) {
  const present = existsSync(committed) ? readdirSync(committed).sort() : [];
  const wrong = [...files].filter(([name, bytes]) => !present.includes(name) || !readFileSync(join(committed, name)).equals(bytes));
  const stray = present.filter((name) => !files.has(name));
  for (const name of [...wrong.map(([each]) => each), ...stray]) {
    console.error(`differs from its source: ${name}`);
  }
  rmSync(out, { recursive: true });
  process.exit(wrong.length + stray.length ? 1 : 0);
}
rmSync(out, { recursive: true, force: true });
mkdirSync(out, { recursive: true });
for (const [name, bytes] of files) {
  writeFileSync(join(out, name), bytes);
}
