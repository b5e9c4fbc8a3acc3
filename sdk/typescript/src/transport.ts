import { apiError, ConnectionError, TimeoutError } from "./errors.js";
import { delayBefore, mayPass, millisecondsAsked, wait } from "./retry.js";
import { VERSION } from "./version.js";

/** The part of `fetch` that is used; anything that does the same will do. */
export type Fetch = (url: string, init: RequestInit) => Promise<Response>;

/** What any call takes as its last argument. */
export interface RequestOptions {
  /** Writes carry a fresh key unless you give one: name the action, and a repetition of it changes nothing. */
  idempotencyKey?: string | undefined;
  /** Ends the call, its retries and its waiting; it rejects with the signal's reason. */
  signal?: AbortSignal | undefined;
  /** Milliseconds that one try may take, its body included. */
  timeout?: number | undefined;
  /** How often it is sent again where that may help; 0 for never. */
  maxRetries?: number | undefined;
  /** Sent as well; null takes one of ours away. */
  headers?: Record<string, string | null> | undefined;
}

/** The content of a file. */
export type Content = Blob | ArrayBuffer | Uint8Array | string;

type Scalar = string | number | boolean | Date;

/** Of fields of your own: by key a value, or bounds such as `{ gte: 10 }`. */
export type Filters = Record<string, Scalar | Record<string, Scalar>>;

/** What a call is made of, once a method has put it together. */
export interface Request {
  method: "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
  /** Begins with `/`. */
  path: string;
  query?: object | undefined;
  /** Sent as JSON. */
  json?: unknown;
  /** Sent as it is. */
  content?: Content;
  /** What the answer is read as: JSON unless it says so. */
  answer?: "blob" | "text";
}

/** A successful answer before anybody looked into it. */
export interface Answer {
  status: number;
  headers: Headers;
  /** Text that is still to be parsed where the request said nothing of `answer`. */
  body: string | Blob;
  json: boolean;
}

export interface Settings {
  apiKey: string;
  baseUrl: string;
  fetch: Fetch;
  timeout: number;
  maxRetries: number;
}

/** Sends requests: keys, time limits, retries and errors are the same for all of them. */
export class Transport {
  readonly #settings: Settings;

  constructor(settings: Settings) {
    this.#settings = settings;
  }

  /**
   * Sends a request until it succeeds or nothing speaks for another try.
   *
   * @throws {@link ApiError} of the last answer; {@link ConnectionError} and {@link TimeoutError} of the last try; the
   *   reason of `options.signal` once that is aborted
   */
  async send(request: Request, options: RequestOptions = {}): Promise<Answer> {
    const { signal, maxRetries = this.#settings.maxRetries } = options;
    const url = this.#settings.baseUrl + request.path + queryOf(request.query);
    const init: Init = {
      method: request.method,
      headers: this.#headers(request, options),
      body: bodyOf(request),
      redirect: "manual", // followed, a write could arrive as a read
    };
    for (let retry = 0; ; retry++) {
      signal?.throwIfAborted();
      const [answer, error] = await this.#try(url, init, request.answer, options);
      if (answer !== null) return answer;
      const delay = error.again && retry < maxRetries ? delayBefore(retry, error.asked) : null;
      if (delay === null) throw error.cause;
      await wait(delay, signal);
    }
  }

  async #try(url: string, init: Init, as: Request["answer"], options: RequestOptions): Promise<Outcome> {
    const { signal, timeout = this.#settings.timeout } = options;
    const controller = new AbortController();
    const forward = () => controller.abort(signal?.reason);
    signal?.addEventListener("abort", forward, { once: true });
    let late = false;
    const timer = setTimeout(
      () => {
        late = true;
        controller.abort();
      },
      Math.min(timeout, LONGEST_TIMER),
    );
    try {
      const response = await this.#settings.fetch(url, { ...init, signal: controller.signal });
      const { status, headers } = response;
      if (response.ok) {
        const body = as === "blob" ? await response.blob() : await response.text();
        return [{ status, headers, body, json: as === undefined }, null];
      }
      const cause = apiError(status, await response.text(), headers);
      return [null, { cause, again: mayPass(status, cause.code), asked: millisecondsAsked(headers) }];
    } catch (thrown) {
      if (signal?.aborted) throw signal.reason;
      const cause = late
        ? new TimeoutError(`No whole answer from ${this.#settings.baseUrl} within ${timeout} ms.`)
        : new ConnectionError(`No answer from ${this.#settings.baseUrl}: ${reasonOf(thrown)}.`, { cause: thrown });
      return [null, { cause, again: true, asked: null }];
    } finally {
      clearTimeout(timer);
      signal?.removeEventListener("abort", forward);
    }
  }

  #headers(request: Request, options: RequestOptions): Record<string, string> {
    const headers: Record<string, string | null> = {
      accept: request.answer === undefined ? "application/json" : "*/*",
      authorization: `Bearer ${this.#settings.apiKey}`,
      // A page does not tell in its own words what it runs in.
      "user-agent": "document" in globalThis ? null : `pivotal-typescript/${VERSION}`,
      "content-type": contentTypeOf(request),
      // The same in all tries: what was done, and not heard of, is not done again.
      "idempotency-key": request.method === "GET" ? null : (options.idempotencyKey ?? freshKey()),
    };
    for (const [name, value] of Object.entries(options.headers ?? {})) headers[name.toLowerCase()] = value;
    return Object.fromEntries(Object.entries(headers).filter((entry): entry is [string, string] => entry[1] !== null));
  }
}

/** Of setTimeout; what is longer would fire at once. */
const LONGEST_TIMER = 2 ** 31 - 1;

type Init = Pick<RequestInit, "method" | "headers" | "body" | "redirect">;

interface Failure {
  cause: Error;
  again: boolean;
  /** Milliseconds that the server asks to wait. */
  asked: number | null;
}

type Outcome = [Answer, null] | [null, Failure];

/** Returns a key that nobody else has. A page that came over plain HTTP has no crypto.randomUUID. */
function freshKey(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

function contentTypeOf(request: Request): string | null {
  if (request.content !== undefined) return "application/octet-stream";
  return request.json === undefined ? null : "application/json";
}

function bodyOf(request: Request): BodyInit | null {
  // Its type says that bytes may be shared between threads: those that come from outside are not.
  if (request.content !== undefined) return request.content as BodyInit;
  return request.json === undefined ? null : JSON.stringify(request.json);
}

/** What Node wraps tells more than "fetch failed". */
function reasonOf(thrown: unknown): string {
  const cause = thrown instanceof Error && thrown.cause instanceof Error ? thrown.cause : thrown;
  return cause instanceof Error ? cause.message || cause.name : String(cause);
}

/** Returns `?…` or nothing; what is undefined or null is left out, an object becomes `name[key]=value`. */
function queryOf(query: object | undefined): string {
  const pairs = new URLSearchParams();
  const add = (name: string, value: unknown): void => {
    if (value === undefined || value === null) return;
    if (value instanceof Date) pairs.append(name, value.toISOString());
    else if (typeof value !== "object") pairs.append(name, String(value));
    else for (const [key, inner] of Object.entries(value)) add(`${name}[${key}]`, inner);
  };
  for (const [name, value] of Object.entries(query ?? {})) add(name, value);
  const text = pairs.toString();
  return text && `?${text}`;
}
