// What needs no server: a fetch of the test's own answers. Cancelling, time limits, and platforms with little in them.
import assert from "node:assert/strict";
import { getEventListeners } from "node:events";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { test } from "node:test";
import vm from "node:vm";
import { InvalidResponseError, PivotalApi, PivotalError, TimeoutError, verifyWebhook } from "@pivotal/api";

const ME = { object: "me", livemode: true };

function clientOf(fetch, options) {
  const asked = [];
  const noted = (url, init) => {
    asked.push({ url, init });
    return fetch(url, init);
  };
  return { pivotal: new PivotalApi({ apiKey: "pivotal_key", fetch: noted, ...options }), asked };
}

/** Rejects when it is aborted, as any fetch does, and never answers. */
function silent(_url, { signal }) {
  return new Promise((_, reject) => signal.addEventListener("abort", () => reject(signal.reason)));
}

test("a call that is aborted ends at once, with the reason, and is not tried again", async () => {
  const stop = new AbortController();
  const { pivotal, asked } = clientOf(silent);
  const call = pivotal.me.get({ signal: stop.signal });
  stop.abort(new Error("closed"));
  await assert.rejects(call, { message: "closed" });
  assert.equal(asked.length, 1);
  assert.equal(getEventListeners(stop.signal, "abort").length, 0);
});

test("so does one that waits for its next try", async () => {
  const stop = new AbortController();
  const { pivotal, asked } = clientOf(async () => {
    queueMicrotask(() => setImmediate(() => stop.abort(new Error("closed"))));
    return new Response("", { status: 503, headers: { "retry-after": "50" } });
  });
  await assert.rejects(pivotal.me.get({ signal: stop.signal }), { message: "closed" });
  assert.equal(asked.length, 1);
  assert.equal(getEventListeners(stop.signal, "abort").length, 0);
});

test("one whose signal is aborted already asks nobody", async () => {
  const { pivotal, asked } = clientOf(silent);
  await assert.rejects(pivotal.me.get({ signal: AbortSignal.abort(new Error("closed")) }), { message: "closed" });
  assert.equal(asked.length, 0);
});

test("a walk ends with its signal, between pages too", async () => {
  const stop = new AbortController();
  const page = { object: "list", data: [{ id: "a" }], has_more: true, next_cursor: "n" };
  const { pivotal, asked } = clientOf(async () => Response.json(page));
  const walk = async () => {
    for await (const _ of pivotal.customers.list({}, { signal: stop.signal })) if (asked.length === 3) stop.abort();
  };
  await assert.rejects(walk, { name: "AbortError" });
  assert.equal(asked.length, 3);
});

test("a walk of 10,000 rows keeps no more than a page of them", async () => {
  const rows = 10_000;
  const { pivotal, asked } = clientOf(async (url) => {
    const from = Number(new URL(url).searchParams.get("cursor") ?? 0);
    const data = Array.from({ length: 100 }, (_, number) => ({ id: `c${from + number}`, name: "Aurora ".repeat(100) }));
    return Response.json({ object: "list", data, has_more: from + 100 < rows, next_cursor: String(from + 100) });
  });
  let seen = 0;
  let early = 0;
  for await (const _ of pivotal.customers.list({ limit: 100 })) {
    seen += 1;
    if (seen === 1_000) early = heapAfterCollection(asked);
  }
  assert.equal(seen, rows);
  // Nine thousand rows would be more than six million bytes.
  const more = heapAfterCollection(asked) - early;
  assert.ok(more < 1_000_000, `${more} bytes more after 9,000 rows`);
});

function heapAfterCollection(asked) {
  asked.length = 0;
  globalThis.gc();
  return process.memoryUsage().heapUsed;
}

test("the time limit holds for a body that never ends", async () => {
  const { pivotal } = clientOf(
    async (_url, { signal }) =>
      new Response(
        new ReadableStream({
          start(controller) {
            controller.enqueue(new TextEncoder().encode("{"));
            signal.addEventListener("abort", () => controller.error(signal.reason));
          },
        }),
      ),
    { timeout: 50, maxRetries: 0 },
  );
  await assert.rejects(pivotal.me.get(), TimeoutError);
  await assert.rejects(pivotal.attachments.download("token"), TimeoutError);
});

test("no time limit is none", async () => {
  const { pivotal } = clientOf(async () => Response.json(ME), { timeout: Number.POSITIVE_INFINITY });
  assert.deepEqual(await pivotal.me.get(), ME);
});

test("a success that is no JSON is told as what it is", async () => {
  const page = () => new Response("<html>", { headers: { "content-type": "text/html" } });
  const { pivotal, asked } = clientOf(async () => page());
  await assert.rejects(pivotal.me.get(), (error) => error instanceof InvalidResponseError && /text\/html/.test(error));
  assert.equal(asked.length, 1);
});

test("where the server is and who calls: the argument, else the environment, else this machine", () => {
  assert.throws(() => new PivotalApi(), PivotalError);
  for (const [baseUrl, url] of [
    [undefined, "http://127.0.0.1:8000/api/v1/me"],
    ["https://pivotal.example/", "https://pivotal.example/api/v1/me"],
    ["https://example.com/pivotal", "https://example.com/pivotal/api/v1/me"],
    ["https://pivotal.example/api/v1", "https://pivotal.example/api/v1/me"],
    ["https://example.com/pivotal//api/v1//", "https://example.com/pivotal/api/v1/me"],
  ]) {
    const { pivotal, asked } = clientOf(async () => Response.json(ME), { baseUrl });
    pivotal.me.get();
    assert.equal(asked[0].url, url);
  }
  process.env.PIVOTAL_API_KEY = "pivotal_environment";
  process.env.PIVOTAL_BASE_URL = "https://pivotal.example";
  const asked = [];
  new PivotalApi({ fetch: async (url, init) => asked.push([url, init.headers.authorization]) }).me
    .get()
    .catch(() => {});
  assert.deepEqual(asked, [["https://pivotal.example/api/v1/me", "Bearer pivotal_environment"]]);
});

test("a secret that is none is a mistake of whoever calls, told before anything else", async () => {
  for (const secret of [undefined, "", "whsec_", "whsec_ü", "whsec_a"]) {
    await assert.rejects(
      verifyWebhook("{}", {}, secret),
      (error) => error.constructor === PivotalError && /whsec_/.test(error.message),
    );
  }
});

test("an id that would make another path of it is refused", () => {
  const { pivotal, asked } = clientOf(silent);
  for (const id of ["", ".", ".."]) assert.throws(() => pivotal.customers.delete(id), PivotalError);
  assert.equal(asked.length, 0);
});

test("it runs where there is little more than fetch and crypto", async () => {
  const file = createRequire(import.meta.url).resolve("@pivotal/api");
  const answered = async () =>
    Response.json({ object: "list", data: [{ id: "a" }], has_more: false, next_cursor: null });
  const platform = {
    ...{ AbortController, AbortSignal, Blob, Headers, TextDecoder, TextEncoder, URLSearchParams },
    ...{ atob, clearTimeout, crypto, setTimeout, Uint8Array, ArrayBuffer },
    fetch: answered,
    module: { exports: {} },
  };
  vm.runInContext(readFileSync(file, "utf8"), vm.createContext(platform));
  const { PivotalApi: Client, verifyWebhook } = platform.module.exports;
  const ids = [];
  for await (const one of new Client({ apiKey: "pivotal_key" }).customers.list()) ids.push(one.id);
  assert.deepEqual(ids, ["a"]);
  assert.throws(() => new Client(), /PIVOTAL_API_KEY/);
  const key = await crypto.subtle.importKey("raw", Buffer.from("secret"), { name: "HMAC", hash: "SHA-256" }, false, [
    "sign",
  ]);
  const timestamp = String(Math.floor(Date.now() / 1000));
  const signature = await crypto.subtle.sign(
    "HMAC",
    key,
    Buffer.from(`msg_1.${timestamp}.{"type":"customer.created"}`),
  );
  const headers = {
    "webhook-id": "msg_1",
    "webhook-timestamp": timestamp,
    "webhook-signature": `v1,${Buffer.from(signature).toString("base64")}`,
  };
  const event = await verifyWebhook(
    '{"type":"customer.created"}',
    headers,
    `whsec_${Buffer.from("secret").toString("base64")}`,
  );
  assert.equal(event.type, "customer.created");
});
