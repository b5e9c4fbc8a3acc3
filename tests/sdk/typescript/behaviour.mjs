// Runs the table of behaviour, sdk/behaviour.json, as tests/sdk/README.md says how it is read.
// TABLE is its path, FAULTY_URL the scripted server, PIVOTAL_BASE_URL and PIVOTAL_API_KEY are those of the real one.
import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import * as sdk from "@pivotal/api";

const { TABLE, FAULTY_URL, PIVOTAL_BASE_URL, PIVOTAL_API_KEY } = process.env;
const table = JSON.parse(readFileSync(TABLE, "utf8"));

// Most of the time of a case is waiting.
test("faults", { concurrency: table.faults.length }, async (t) => {
  await Promise.all(table.faults.map((one, number) => t.test(one.name, () => standsFault(one, number))));
});

for (const one of table.server) test(`server: ${one.name}`, () => goesAgainstServer(one));
for (const one of table.webhooks) test(`webhooks: ${one.name}`, () => verifies(one));

async function standsFault({ call, expect }, number) {
  const baseUrl = `${FAULTY_URL}/${number}.${randomUUID().replaceAll("-", "")}`;
  const started = performance.now();
  checkAnswer(await outcome(new sdk.PivotalApi({ baseUrl, apiKey: "pivotal_test_0000" }), call), expect);
  const seconds = (performance.now() - started) / 1000;
  checkRequests(await (await fetch(`${baseUrl}/_requests`)).json(), expect);
  assert.ok(seconds >= (expect.waited ?? 0), `waited for ${seconds} s`);
  assert.ok(seconds <= (expect.at_most ?? 20), `took ${seconds} s`);
}

async function goesAgainstServer({ calls, expect, api_key = PIVOTAL_API_KEY }) {
  const pivotal = new sdk.PivotalApi({ baseUrl: PIVOTAL_BASE_URL, apiKey: api_key });
  const unique = randomUUID().replaceAll("-", "");
  const answers = [];
  for (const call of calls) answers.push(await outcome(pivotal, filled(call, unique, answers)));
  checkAnswer(answers.at(-1), filled(expect, unique, answers));
}

async function verifies({ body, headers, secret, tolerance, expect }) {
  for (const sent of [body, new TextEncoder().encode(body)]) {
    const verified = sdk.verifyWebhook(sent, new Headers(headers), secret, { tolerance });
    if (expect.error) {
      await assert.rejects(verified, sdk[expect.error]);
    } else {
      const { type, id, data } = await verified;
      assert.deepEqual({ type, id, object_id: data.object.id }, expect);
    }
  }
}

/** Makes a call and returns its answer, all rows of a list, or its error. */
async function outcome(pivotal, { operation, path = [], arguments: params, options = {}, raw }) {
  const [resource, method] = operation.split(".").map(camel);
  const methods = raw ? pivotal[resource].withRawResponse : pivotal[resource];
  const { timeout, max_retries: maxRetries, idempotency_key: idempotencyKey, extra_headers: headers } = options;
  const given = { timeout: timeout && timeout * 1000, maxRetries, idempotencyKey, headers };
  try {
    const answer = methods[method](...path, ...(params ? [params] : []), given);
    if (!answer[Symbol.asyncIterator]) return await answer;
    const rows = [];
    for await (const row of answer) rows.push(row);
    return rows;
  } catch (error) {
    if (error instanceof sdk.PivotalError) return error;
    throw error;
  }
}

/** Puts in what the table leaves open: `$unique`, and `$1.id` of an answer before. */
function filled(node, unique, answers) {
  if (Array.isArray(node)) return node.map((one) => filled(one, unique, answers));
  if (typeof node === "object" && node !== null) {
    return Object.fromEntries(Object.entries(node).map(([name, value]) => [name, filled(value, unique, answers)]));
  }
  if (node === "$unique") return unique;
  if (typeof node !== "string" || !node.startsWith("$")) return node;
  const [number, field] = node.slice(1).split(".");
  return answers[Number(number) - 1][field];
}

function checkAnswer(answer, expect) {
  if (expect.error) {
    const { class: name, ...told } = expect.error;
    assert.equal(answer.constructor, sdk[name], String(answer?.stack ?? answer));
    assert.equal(answer.name, name);
    // What an answer does not say is null here.
    for (const [property, value] of Object.entries(told)) assert.equal(answer[camel(property)], value, property);
    return;
  }
  assert.ok(!(answer instanceof Error), String(answer?.stack));
  let value = answer;
  if (expect.raw) {
    assert.equal(answer.status, expect.raw.status);
    if (expect.raw.request_id) assert.equal(answer.requestId, expect.raw.request_id);
    for (const [name, text] of Object.entries(expect.raw.headers)) assert.equal(answer.headers.get(name), text);
    value = answer.parse();
  }
  for (const [name, told] of Object.entries(expect.value ?? {})) assert.deepEqual(value[name], told, name);
  const rows = Array.isArray(expect.rows) ? { display_id: expect.rows } : (expect.rows ?? {});
  for (const [name, values] of Object.entries(rows)) {
    assert.deepEqual(
      value.map((row) => row[name]),
      values,
    );
  }
}

function checkRequests(requests, expect) {
  assert.equal(requests.length, expect.tries);
  const keys = new Set(requests.map((request) => request.headers["idempotency-key"]));
  if (expect.key === "one") assert.ok(keys.size === 1 && [...keys][0].length > 8, String([...keys]));
  if (expect.key === "none") assert.deepEqual([...keys], [undefined]);
  for (const [number, told] of (expect.requests ?? []).entries()) {
    const request = requests[number];
    assert.equal(request.headers["user-agent"], `pivotal-typescript/${sdk.PivotalApi.VERSION}`);
    const seen = {
      ...request,
      query: [...new URLSearchParams(request.url.split("?")[1])].sort(),
      json: request.body ? JSON.parse(request.body) : null,
      headers: Object.fromEntries(Object.keys(told.headers ?? {}).map((name) => [name, request.headers[name]])),
    };
    for (const [name, value] of Object.entries(told)) assert.deepEqual(seen[name], value, name);
  }
}

function camel(name) {
  return name.replaceAll(/_([a-z])/g, (_, letter) => letter.toUpperCase());
}
