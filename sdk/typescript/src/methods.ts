import { InvalidResponseError, PivotalError } from "./errors.js";
import { Listing, type Page } from "./listing.js";
import type { Answer, Request, RequestOptions, Transport } from "./transport.js";

/** A successful answer with its head; `parse()` is what the method itself would have returned. */
export interface RawResponse<Parsed> {
  status: number;
  headers: Headers;
  requestId: string | null;
  parse(): Parsed;
}

type Parsed<Returned> = Returned extends Listing<infer Row> ? Page<Row> : Awaited<Returned>;

/** The same methods, each answering a {@link RawResponse}; a list answers that of its first page. */
export type WithRawResponse<Plain> = {
  [Name in Exclude<keyof Plain, "withRawResponse">]: Plain[Name] extends (...args: infer Args) => infer Returned
    ? (...args: Args) => Promise<RawResponse<Parsed<Returned>>>
    : never;
};

/** What the methods of a resource stand on. */
export abstract class Methods {
  readonly #transport: Transport;
  readonly #raw: boolean;

  constructor(transport: Transport, raw = false) {
    this.#transport = transport;
    this.#raw = raw;
  }

  /** The same methods, with status, headers and request id of the answer. */
  get withRawResponse(): WithRawResponse<this> {
    const Same = this.constructor as new (transport: Transport, raw: boolean) => unknown;
    return new Same(this.#transport, true) as WithRawResponse<this>;
  }

  protected async call<Result>(request: Request, options: RequestOptions | undefined): Promise<Result> {
    const answer = await this.#transport.send(request, options);
    // What it answers then is what WithRawResponse says.
    return (this.#raw ? rawResponse(answer) : parsed(answer)) as Result;
  }

  protected walk<Row>(path: string, query: object | undefined, options: RequestOptions | undefined): Listing<Row> {
    const load = (cursor?: string) =>
      this.call<Page<Row>>(
        { method: "GET", path, query: cursor === undefined ? query : { ...query, cursor } },
        options,
      );
    return (this.#raw ? load() : new Listing(load)) as Listing<Row>;
  }
}

/** An `id` or a `display_id`; for some resources a key or a name. */
export type Id = string | number;

/** Returns a part of a path. */
export function part(value: Id): string {
  const text = encodeURIComponent(value);
  // A part that is empty, or only dots, would make another path of it.
  if (/^\.{0,2}$/.test(text)) throw new PivotalError(`"${text}" is no id.`);
  return text;
}

function rawResponse(answer: Answer): RawResponse<unknown> {
  const { status, headers } = answer;
  return { status, headers, requestId: headers.get("x-request-id"), parse: () => parsed(answer) };
}

function parsed({ status, headers, body, json }: Answer): unknown {
  if (!json || typeof body !== "string") return body;
  if (body === "") return undefined;
  try {
    return JSON.parse(body);
  } catch (cause) {
    const kind = headers.get("content-type") ?? "nothing that says what it is";
    throw new InvalidResponseError(`The server answered ${status} with ${kind}, not JSON. Is the base URL right?`, {
      cause,
    });
  }
}
