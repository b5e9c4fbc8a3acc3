// What somebody writes who has openapi-typescript make types of our document: a call with each of the usual parts.
import createClient from "openapi-fetch";
import type { components, paths } from "./schema.mjs";

declare const process: { env: Record<string, string | undefined> };

const client = createClient<paths>({
  baseUrl: process.env.PIVOTAL_BASE_URL,
  headers: { Authorization: `Bearer ${process.env.PIVOTAL_API_KEY}` },
});

const made = await client.POST("/api/v1/customers", { body: { name: "Aurora", tags: ["generated"] } });
if (made.error) throw new Error(made.error.error.message);
const customer: components["schemas"]["Customer"] = made.data;

const read = await client.GET("/api/v1/customers/{id}", { params: { path: { id: String(customer.display_id) } } });
const list = await client.GET("/api/v1/customers", { params: { query: { tag: "generated", limit: "5" } } });
const missing = await client.GET("/api/v1/customers/{id}", { params: { path: { id: "0" } } });

console.log(read.data?.name, list.data?.data.length, missing.error?.error.code);
