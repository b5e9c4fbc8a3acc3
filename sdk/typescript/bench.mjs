// Times a call through the SDK beside the same by bare fetch:  node bench.mjs PATH ROUNDS CALLS
// PIVOTAL_BASE_URL and PIVOTAL_API_KEY say where and as whom; PATH is that of a customer, such as /api/v1/customers/1.
// Prints the seconds of a call in each round, as JSON: {"fetch": […], "sdk": […]}. Rounds take turns at going first.
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const [path, rounds, calls] = process.argv.slice(2);
const { PIVOTAL_BASE_URL, PIVOTAL_API_KEY } = process.env;

const { outputFiles } = await build({
  entryPoints: [join(dirname(fileURLToPath(import.meta.url)), "src/index.ts")],
  bundle: true,
  format: "esm",
  platform: "neutral",
  target: "es2022",
  write: false,
});
const { PivotalApi } = await import(
  `data:text/javascript;base64,${Buffer.from(outputFiles[0].contents).toString("base64")}`
);

const pivotal = new PivotalApi();
const id = path.slice(path.lastIndexOf("/") + 1);
const ways = {
  fetch: async () => {
    const response = await fetch(PIVOTAL_BASE_URL + path, { headers: { authorization: `Bearer ${PIVOTAL_API_KEY}` } });
    if (!response.ok) throw new Error(`${response.status}`);
    return await response.json();
  },
  sdk: () => pivotal.customers.get(id),
};

const seconds = { fetch: [], sdk: [] };
for (let round = -1; round < Number(rounds); round++) {
  for (const name of round % 2 === 0 ? ["fetch", "sdk"] : ["sdk", "fetch"]) {
    const started = performance.now();
    for (let call = 0; call < Number(calls); call++) await ways[name]();
    // The round before the first warms everything up.
    if (round >= 0) seconds[name].push((performance.now() - started) / 1000 / Number(calls));
  }
}
process.stdout.write(`${JSON.stringify(seconds)}\n`);
