// Builds the package into a directory:  node build.mjs DIRECTORY
// One file for import, one for require, types for both. The directory is what npm packs.
import { execFileSync } from "node:child_process";
import { cpSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const here = dirname(fileURLToPath(import.meta.url));
const out = process.argv[2];
if (out === undefined) throw new Error("usage: node build.mjs DIRECTORY");

const writeJson = (path, value) => writeFileSync(path, `${JSON.stringify(value, null, 2)}\n`);

for (const [format, directory] of [
  ["esm", "dist/esm"],
  ["cjs", "dist/cjs"],
]) {
  await build({
    entryPoints: [join(here, "src/index.ts")],
    outfile: join(out, directory, "index.js"),
    absWorkingDir: here,
    bundle: true,
    format,
    platform: "neutral",
    target: "es2022",
    logLevel: "warning",
  });
}

const tsc = join(here, "node_modules/typescript/bin/tsc");
execFileSync(process.execPath, [tsc, "--outDir", join(out, "dist/esm")], { cwd: here, stdio: "inherit" });
cpSync(join(out, "dist/esm"), join(out, "dist/cjs"), {
  recursive: true,
  filter: (path) => !path.endsWith("index.js"),
});
// Without it the files for require would be read as what the package's own type says.
writeJson(join(out, "dist/cjs/package.json"), { type: "commonjs" });

// What it is built with is of no use to who installs it.
const { devDependencies, ...manifest } = JSON.parse(readFileSync(join(here, "package.json"), "utf8"));
writeJson(join(out, "package.json"), manifest);
for (const [file, from] of [
  ["README.md", here],
  ["LICENSE", join(here, "../..")],
]) {
  cpSync(join(from, file), join(out, file));
}
