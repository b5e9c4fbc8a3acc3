// Signs with the official library and verifies with ours, in every form that frameworks hand bodies and headers in.
// Run by tools/svix-verify/run, which has the library at hand; PACKAGE is where ours is.
import { pathToFileURL } from "node:url";
import { Webhook } from "svix";

const { verifyWebhook } = await import(pathToFileURL(process.env.PACKAGE).href);
const secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
const body = JSON.stringify({ type: "customer.created", data: { object: { name: "Café \u{1f389}" } } });
const signedAt = new Date();
const named = (family) => ({
  [`${family}-id`]: "msg_2b",
  [`${family}-timestamp`]: String(Math.floor(signedAt / 1000)),
  [`${family}-signature`]: new Webhook(secret).sign("msg_2b", signedAt, body),
});

const bytes = new TextEncoder().encode(body);
for (const sent of [body, bytes, bytes.buffer, Buffer.from(body)]) {
  for (const headers of [
    named("svix"),
    named("webhook"),
    new Headers(named("svix")),
    Object.fromEntries(Object.entries(named("svix")).map(([name, value]) => [name.toUpperCase(), [value]])),
  ]) {
    const event = await verifyWebhook(sent, headers, secret);
    console.log(event.type);
  }
}
