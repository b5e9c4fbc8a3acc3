// Prints how many bytes a page would load for the whole package, minified and compressed:  node size.mjs
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { build } from "esbuild";

const { outputFiles } = await build({
  entryPoints: [join(dirname(fileURLToPath(import.meta.url)), "src/index.ts")],
  bundle: true,
  minify: true,
  format: "esm",
  platform: "neutral",
  target: "es2022",
  write: false,
});
process.stdout.write(`${gzipSync(outputFiles[0].contents, { level: 9 }).length}\n`);
