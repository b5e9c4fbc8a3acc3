// See tools/svix-verify/run. Anything but a signature that does not hold ends the run: no answer may hide a mistake.
import { createInterface } from "node:readline";
import { Webhook, WebhookVerificationError } from "svix";

for await (const line of createInterface({ input: process.stdin })) {
  const { secret, headers, body } = JSON.parse(line);
  try {
    new Webhook(secret).verify(Buffer.from(body, "base64"), headers);
    console.log("verified");
  } catch (error) {
    if (!(error instanceof WebhookVerificationError)) throw error;
    console.log(`refused: ${error.message}`);
  }
}
