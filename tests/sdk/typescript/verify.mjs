// Verifies deliveries, one on a line of standard input, as tools/svix-verify does; each is answered by a line.
import { createInterface } from "node:readline";
import { verifyWebhook, WebhookVerificationError } from "@pivotal/api";

for await (const line of createInterface({ input: process.stdin })) {
  const { secret, headers, body } = JSON.parse(line);
  try {
    const event = await verifyWebhook(Buffer.from(body, "base64"), headers, secret);
    console.log(`verified: ${event.type}`);
  } catch (error) {
    if (!(error instanceof WebhookVerificationError)) throw error;
    console.log(`refused: ${error.message}`);
  }
}
