// Against the real server: PIVOTAL_BASE_URL and PIVOTAL_API_KEY say where and as whom.
import assert from "node:assert/strict";
import { test } from "node:test";
import { NotFoundError, PivotalApi } from "@pivotal/api";

const pivotal = new PivotalApi();

test("a list is walked by rows or pages, or awaited", async () => {
  const tag = crypto.randomUUID();
  for (const name of ["One", "Two", "Three"]) await pivotal.customers.create({ name, tags: [tag] });
  const pages = [];
  for await (const page of pivotal.customers.list({ tag, limit: 2 }).pages())
    pages.push(page.data.map(({ name }) => name));
  assert.deepEqual(pages, [["Three", "Two"], ["One"]]);
  const names = [];
  for await (const { name } of pivotal.customers.list({ tag, limit: 1 })) names.push(name);
  assert.deepEqual(names, ["Three", "Two", "One"]);
  const page = await pivotal.customers.list({ tag, limit: 1 });
  assert.ok(page.has_more && page.next_cursor !== null);
  assert.equal((await pivotal.phases.list()).has_more, false);
});

test("what is made can be read, changed and taken away", async () => {
  const key = `tier_${crypto.randomUUID().slice(0, 8)}`;
  await pivotal.customFields.create({ resource: "customer", key, name: "Tier", type: "string" });
  const made = await pivotal.customers.create({
    name: "Aurora",
    slug: "aurora",
    custom_fields: { [key]: "gold" },
  });
  const contact = await pivotal.contacts.create(made.id, { name: "Ines Duarte", email: "ines@aurora.example" });
  assert.equal(contact.customer_id, made.id);
  assert.deepEqual((await pivotal.contacts.list(made.id)).data, [contact]);
  const changed = await pivotal.customers.update(made.display_id, { plan: "Pro", slug: null });
  assert.deepEqual([changed.id, changed.plan, changed.slug], [made.id, "Pro", null]);
  const found = await pivotal.customers.list({
    custom_fields: { [key]: "gold" },
    updated_since: new Date(made.created_at),
  });
  assert.deepEqual(found.data, [changed]);
  assert.equal((await pivotal.customers.count({ custom_fields: { [key]: "gold" } })).count, 1);
  await pivotal.customers.delete(made.id);
  await assert.rejects(pivotal.customers.get(made.id), NotFoundError);
});

test("files go up and come down as they are, templates as text", async () => {
  const bytes = new TextEncoder().encode("plan, by Café\n");
  const attachment = await pivotal.attachments.create(bytes, { filename: "plan.txt" });
  assert.equal(attachment.size, bytes.length);
  const file = await pivotal.attachments.download(attachment.download_url.split("/").at(-1));
  assert.equal(await file.text(), "plan, by Café\n");
  const template = await pivotal.templates.create({
    name: "Standard",
    tasks: [{ key: "kick_off", title: "Kick off", phase: "launch" }],
  });
  assert.match(await pivotal.templates.export(template.id), /^name: Standard$/m);
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
  const made = await Promise.all(Array.from({ length: 200 }, () => pivotal.me.get()));
  assert.equal(made.length, 200);
  assert.ok(made.every((one) => one.object === "me"));
});
