// Builds everything that pages load into one directory:  node build.mjs DIRECTORY
// Every file carries a hash of its content in its name, so that browsers may keep it for good; text lies beside its
// compressed forms, and manifest.json, written last, gives the names.
import { createHash } from "node:crypto";
import { mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { basename, dirname, extname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { brotliCompressSync, gzipSync, constants as zlib } from "node:zlib";
import { build } from "esbuild";

const here = dirname(fileURLToPath(import.meta.url));
const into = process.argv[2];
if (!into) throw new Error("usage: node build.mjs DIRECTORY");

/** @type {Map<string, Buffer | Uint8Array>} what goes into the directory, by file name */
const files = new Map();
/** @type {Record<string, string>} file names by the names that templates use */
const manifest = {};

const options = {
  absWorkingDir: here,
  bundle: true,
  entryNames: "[name]-[hash]",
  chunkNames: "[name]-[hash]",
  assetNames: "[name]-[hash]",
  legalComments: "none",
  loader: { ".woff2": "file" },
  metafile: true,
  minify: true,
  outdir: "out",
  target: ["chrome125", "firefox128", "safari18"],
  write: false,
};

// The theme is set before anything is painted, so by a script of its own that is no module.
const results = await Promise.all([
  build({ ...options, entryPoints: ["src/app.ts", "src/docs.ts", "src/app.css"], format: "esm", splitting: true }),
  build({ ...options, entryPoints: ["src/theme.ts"], format: "iife" }),
]);
for (const { outputFiles, metafile } of results) {
  for (const { path, contents } of outputFiles) files.set(basename(path), contents);
  for (const [path, { entryPoint, inputs }] of Object.entries(metafile.outputs)) {
    const source = entryPoint ?? Object.keys(inputs)[0];
    const isFont = path.endsWith(".woff2");
    if (isFont || /^src\/(app|docs|theme)\.\w+$/.test(source)) {
      manifest[basename(source).replace(/\.ts$/, ".js")] = basename(path);
    }
  }
}

add("icons.svg", await iconSprite());
add("licenses.txt", await licenses());
for (const name of await readdir(join(here, "src/images"))) add(name, await readFile(join(here, "src/images", name)));

await mkdir(into, { recursive: true });
for (const [name, content] of files) {
  await writeFile(join(into, name), content);
  if (extname(name) === ".woff2") continue; // compressed already
  await writeFile(join(into, `${name}.gz`), gzipSync(content, { level: 9 }));
  const parameters = { [zlib.BROTLI_PARAM_QUALITY]: 11, [zlib.BROTLI_PARAM_SIZE_HINT]: content.length };
  await writeFile(join(into, `${name}.br`), brotliCompressSync(content, { params: parameters }));
}
await writeFile(join(into, "manifest.json"), `${JSON.stringify(manifest, null, 2)}\n`);
for (const name of await readdir(into)) {
  if (name !== "manifest.json" && !files.has(name.replace(/\.(gz|br)$/, ""))) await rm(join(into, name));
}

/** Add a file under a name that carries its hash. */
function add(name, content) {
  const bytes = Buffer.from(content);
  const extension = extname(name);
  const hash = createHash("sha256").update(bytes).digest("hex").slice(0, 8).toUpperCase();
  manifest[name] = `${basename(name, extension)}-${hash}${extension}`;
  files.set(manifest[name], bytes);
}

/** Return the icons that icons.json lists as one SVG, each a symbol: <use href="icons-….svg#check"/>. */
async function iconSprite() {
  const names = JSON.parse(await readFile(join(here, "icons.json"), "utf8"));
  const symbols = names.map(async (name) => {
    const icon = await readFile(join(here, "node_modules/lucide-static/icons", `${name}.svg`), "utf8");
    const shapes = icon
      .slice(icon.indexOf(">", icon.indexOf("<svg")) + 1, icon.lastIndexOf("</svg>"))
      .replace(/\s+/g, " ")
      .trim();
    return `<symbol id="${name}" viewBox="0 0 24 24">${shapes}</symbol>`;
  });
  return `<svg xmlns="http://www.w3.org/2000/svg">${(await Promise.all(symbols)).join("")}</svg>\n`;
}

/** Return the licences of what is passed on inside of the other files. */
async function licenses() {
  const { dependencies } = JSON.parse(await readFile(join(here, "package.json"), "utf8"));
  const passedOn = Object.keys(dependencies).filter((name) => name !== "esbuild");
  const texts = passedOn.map(async (name) => {
    const text = await readFile(join(here, "node_modules", name, "LICENSE"), "utf8");
    return `${name} ${dependencies[name]}\n\n${text.trim()}\n`;
  });
  return (await Promise.all(texts)).join(`\n${"-".repeat(80)}\n\n`);
}
