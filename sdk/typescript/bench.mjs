// Times a call through the SDK beside the same by bare fetch:  node bench.mjs PATH ROUNDS CALLS
// PIVOTAL_BASE_URL and PIVOTAL_API_KEY say where and as whom; PATH is that of a customer, such as /api/v1/customers/1.
// Prints the seconds of the median call of each round, as JSON: {"fetch": […], "sdk": […]}. They take turns, call by call.
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
  const taken = { fetch: [], sdk: [] };
  for (let call = 0; call < Number(calls); call++) {
    // Side by side, so that whatever else the machine does meets both alike.
    for (const name of call % 2 === 0 ? ["fetch", "sdk"] : ["sdk", "fetch"]) {
      const started = performance.now();
      await ways[name]();
      taken[name].push((performance.now() - started) / 1000);
    }
  }
  // The round before the first warms everything up.
  if (round >= 0) for (const name of Object.keys(taken)) seconds[name].push(median(taken[name]));
}
process.stdout.write(`${JSON.stringify(seconds)}\n`);

function median(values) {
  return values.sort((one, other) => one - other)[Math.floor(values.length / 2)];
}
