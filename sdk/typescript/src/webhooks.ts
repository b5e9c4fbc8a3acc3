import { PivotalError, WebhookVerificationError } from "./errors.js";
import type { WebhookEvent } from "./generated/events.js";

/** The headers of a request as frameworks have them: `Headers`, or an object in which a value may be a list. */
export type WebhookHeaders =
  | { get(name: string): string | null }
  | Readonly<Record<string, string | readonly string[] | undefined>>;

export interface VerifyOptions {
  /** Seconds that the timestamp may be away from now: 300 unless you say so. */
  tolerance?: number | undefined;
}

/**
 * Verifies a delivery and returns its event (documentation: Verifying webhooks).
 *
 * @param body - the body as it came, before anything parsed it
 * @param headers - of the request; `svix-…` and `webhook-…` say the same
 * @param secret - the endpoint's, `whsec_…`
 * @throws {@link WebhookVerificationError} where it is not to be trusted, with what is wrong
 * @throws {@link PivotalError} where the secret is none, so that nothing can be verified: a mistake on your side
 */
export async function verifyWebhook(
  body: string | Uint8Array | ArrayBuffer,
  headers: WebhookHeaders,
  secret: string,
  { tolerance = 300 }: VerifyOptions = {},
): Promise<WebhookEvent> {
  const key = await keyOf(secret);
  const id = headerOf(headers, "id");
  const timestamp = headerOf(headers, "timestamp");
  const signatures = headerOf(headers, "signature").split(" ");
  checkAge(timestamp, tolerance);
  const bytes = typeof body === "string" ? new TextEncoder().encode(body) : new Uint8Array(body);
  const content = joined(new TextEncoder().encode(`${id}.${timestamp}.`), bytes);
  for (const signature of signatures) {
    const sent = signature.startsWith("v1,") ? decoded(signature.slice("v1,".length)) : null;
    // The platform compares, in constant time.
    if (sent !== null && (await crypto.subtle.verify("HMAC", key, sent, content))) return parsed(bytes);
  }
  throw new WebhookVerificationError("No signature is that of this body, id and timestamp under this secret.");
}

function headerOf(headers: WebhookHeaders, what: string): string {
  for (const name of [`svix-${what}`, `webhook-${what}`]) {
    const value = headerNamed(headers, name);
    if (value) return value;
  }
  throw new WebhookVerificationError(`There is no svix-${what} header, nor webhook-${what}.`);
}

function headerNamed(headers: WebhookHeaders, name: string): string | null {
  if (typeof headers.get === "function") return headers.get(name);
  for (const [key, value] of Object.entries(headers as Record<string, string | readonly string[] | undefined>)) {
    if (key.toLowerCase() === name) return (typeof value === "object" ? value[0] : value) ?? null;
  }
  return null;
}

function checkAge(timestamp: string, tolerance: number): void {
  if (!/^\d{1,15}$/.test(timestamp)) throw new WebhookVerificationError("The timestamp is no Unix time.");
  const age = Math.floor(Date.now() / 1000) - Number(timestamp);
  if (age > tolerance) throw new WebhookVerificationError(`It was signed ${age} seconds ago.`);
  if (-age > tolerance) throw new WebhookVerificationError(`It was signed ${-age} seconds in the future.`);
}

async function keyOf(secret: string): Promise<CryptoKey> {
  const raw = decoded((secret ?? "").replace(/^whsec_/, ""));
  if (raw === null || raw.length === 0) throw new PivotalError("A webhook secret is whsec_ and base64 behind it.");
  return await crypto.subtle.importKey("raw", raw, { name: "HMAC", hash: "SHA-256" }, false, ["verify"]);
}

function decoded(base64: string): Uint8Array<ArrayBuffer> | null {
  try {
    return Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
  } catch {
    return null;
  }
}

function joined(head: Uint8Array, tail: Uint8Array): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(head.length + tail.length);
  bytes.set(head);
  bytes.set(tail, head.length);
  return bytes;
}

function parsed(bytes: Uint8Array): WebhookEvent {
  try {
    return JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
  } catch (cause) {
    throw new WebhookVerificationError("The body is signed, but no JSON.", { cause });
  }
}
