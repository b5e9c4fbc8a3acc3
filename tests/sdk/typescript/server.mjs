// Against the real server, which holds 10,000 customers: PIVOTAL_BASE_URL and PIVOTAL_API_KEY say where and as whom.
import assert from "node:assert/strict";
import { test } from "node:test";
import {
  AuthenticationError,
  ConflictError,
  InvalidRequestError,
  NotFoundError,
  PivotalApi,
  PivotalError,
} from "@pivotal/api";

const pivotal = new PivotalApi();

test("a walk of all rows keeps no more than a page of them", async () => {
  globalThis.gc();
  const seen = new Set();
  let early = 0;
  for await (const customer of pivotal.customers.list({ limit: 100 })) {
    seen.add(customer.display_id);
    if (seen.size === 1_000) early = heapAfterCollection();
  }
  const kept = heapAfterCollection() - early;
  assert.equal(seen.size, 10_000);
  // Ten times the rows: a row kept whole would be about a kilobyte, the numbers noted above are ten bytes or so.
  assert.ok(kept < 2_000_000, `${kept} bytes more after 9,000 rows`);
});

function heapAfterCollection() {
  globalThis.gc();
  return process.memoryUsage().heapUsed;
}

test("a list is walked by rows or pages, or awaited, and asks for nothing before", async () => {
  const sizes = [];
  for await (const page of pivotal.customers.list({ limit: 60 }).pages()) {
    sizes.push(page.data.length);
    if (sizes.length === 2) break;
  }
  assert.deepEqual(sizes, [60, 60]);
  const page = await pivotal.customers.list({ limit: 7, status: "active" });
  assert.equal(page.data.length, 7);
  assert.ok(page.has_more && page.next_cursor !== null);
  assert.ok(page.data.every((customer) => customer.status === "active"));
  assert.equal((await pivotal.phases.list()).has_more, false);
});

test("what is made can be read, changed and taken away", async () => {
  await pivotal.customFields.create({ resource: "customer", key: "tier", name: "Tier", type: "string" });
  const made = await pivotal.customers.create({ name: "Aurora Outfitters", slug: "aurora", custom_fields: { tier: "gold" } });
  const contact = await pivotal.contacts.create(made.id, { name: "Ines Duarte", email: "ines@aurora.example" });
  assert.equal(contact.customer_id, made.id);
  assert.deepEqual((await pivotal.contacts.list(made.id)).data, [contact]);
  const changed = await pivotal.customers.update(made.display_id, { plan: "Pro", slug: null });
  assert.deepEqual([changed.id, changed.plan, changed.slug], [made.id, "Pro", null]);
  const found = await pivotal.customers.list({ custom_fields: { tier: "gold" }, updated_since: new Date(made.created_at) });
  assert.deepEqual(found.data, [changed]);
  assert.equal((await pivotal.customers.count({ custom_fields: { tier: "gold" } })).count, 1);
  await pivotal.customers.delete(made.id);
  await assert.rejects(pivotal.customers.get(made.id), NotFoundError);
});

test("files go up and come down as they are, templates as text", async () => {
  const bytes = new TextEncoder().encode("plan, by Café\n");
  const attachment = await pivotal.attachments.create(bytes, { filename: "plan.txt" });
  assert.equal(attachment.size, bytes.length);
  const file = await pivotal.attachments.download(attachment.download_url.split("/").at(-1));
  assert.equal(await file.text(), "plan, by Café\n");
  const template = await pivotal.templates.create({ name: "Standard", tasks: [{ key: "kick_off", title: "Kick off", phase: "launch" }] });
  assert.match(await pivotal.templates.export(template.id), /^name: Standard$/m);
});

test("a refusal is an error of its type, with everything that the answer says", async () => {
  await assert.rejects(pivotal.customers.get(4_000_000), (error) => {
    assert.ok(error instanceof NotFoundError && error instanceof PivotalError);
    assert.equal(error.name, "NotFoundError");
    assert.deepEqual([error.status, error.type, error.code, error.field], [404, "not_found", "customer_not_found", null]);
    assert.match(error.requestId, /./);
    return true;
  });
  await assert.rejects(pivotal.customers.create({}), (error) => {
    assert.ok(error instanceof InvalidRequestError);
    assert.deepEqual([error.status, error.field], [400, "name"]);
    return true;
  });
  await assert.rejects(new PivotalApi({ apiKey: "pivotal_stranger" }).me.get(), AuthenticationError);
});

test("one key is one action, whoever sends it how often", async () => {
  const send = () => pivotal.customers.withRawResponse.create({ name: "Kepler" }, { idempotencyKey: "kepler-1" });
  const [first, again] = [await send(), await send()];
  assert.deepEqual(again.parse(), first.parse());
  assert.equal(first.headers.get("idempotent-replay"), null);
  assert.equal(again.headers.get("idempotent-replay"), "true");
  const other = pivotal.customers.create({ name: "Another" }, { idempotencyKey: "kepler-1" });
  await assert.rejects(other, (error) => error instanceof ConflictError && error.code === "idempotency_key_reused");
});

test("the raw response has the head, and parses when asked", async () => {
  const response = await pivotal.me.withRawResponse.get();
  assert.equal(response.status, 200);
  assert.equal(response.requestId, response.headers.get("x-request-id"));
  assert.equal(response.parse().object, "me");
  const list = await pivotal.customers.withRawResponse.list({ limit: 1 });
  assert.equal(list.parse().data.length, 1);
});

test("two hundred calls at once", async () => {
  const rows = await Promise.all(Array.from({ length: 200 }, (_, number) => pivotal.customers.get(number + 1)));
  assert.deepEqual(new Set(rows.map((row) => row.display_id)).size, 200);
});
