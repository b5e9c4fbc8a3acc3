/** When a request is sent once more, and how long after. */

const FIRST_MS = 500;
const LONGEST_MS = 8_000;
/** A server that asks for more patience than this is not waited for: who called decides. */
const LONGEST_ASKED_MS = 60_000;

/** Returns whether an answer tells that the same request may succeed a little later. */
export function mayPass(status: number, code: string | null): boolean {
  if (status === 409) return code === "idempotency_key_in_flight";
  return status === 408 || status === 429 || status >= 500;
}

/** Returns the milliseconds until the instant of `Retry-After`, which names seconds or a date; null without one. */
export function millisecondsAsked(headers: Headers): number | null {
  const asked = headers.get("retry-after")?.trim();
  if (!asked) return null;
  const seconds = Number(asked);
  const milliseconds = Number.isNaN(seconds) ? Date.parse(asked) - Date.now() : seconds * 1000;
  return Number.isNaN(milliseconds) ? null : Math.max(milliseconds, 0);
}

/**
 * Returns the milliseconds to wait before a retry, or null where the server asks for too many of them.
 *
 * @param retry - 0 for the first retry
 * @param asked - what `millisecondsAsked` says of the answer
 */
export function delayBefore(retry: number, asked: number | null): number | null {
  if (asked !== null) return asked > LONGEST_ASKED_MS ? null : asked;
  return Math.min(FIRST_MS * 2 ** retry, LONGEST_MS) * (0.5 + Math.random() / 2);
}

/** Waits; rejects with the signal's reason as soon as it is aborted. */
export function wait(milliseconds: number, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve, reject) => {
    const stop = () => {
      clearTimeout(timer);
      reject(signal?.reason);
    };
    const timer = setTimeout(() => {
      signal?.removeEventListener("abort", stop);
      resolve();
    }, milliseconds);
    if (signal?.aborted) stop();
    else signal?.addEventListener("abort", stop, { once: true });
  });
}
