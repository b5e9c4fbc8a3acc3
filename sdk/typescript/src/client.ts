import { PivotalError } from "./errors.js";
import { Resources } from "./generated/resources.js";
import { type Fetch, Transport } from "./transport.js";
import { VERSION } from "./version.js";

export interface PivotalOptions {
  /** Such as `pivotal_…`; PIVOTAL_API_KEY of the environment where it is not given. */
  apiKey?: string | undefined;
  /** Where the server is; PIVOTAL_BASE_URL of the environment, else `http://127.0.0.1:8000`, where it is not given. */
  baseUrl?: string | undefined;
  /** What sends; the platform's own where it is not given. */
  fetch?: Fetch | undefined;
  /** Milliseconds that one try may take, its body included: 30,000 unless you say so. */
  timeout?: number | undefined;
  /** How often a call is sent again where that may help: 2 unless you say so. */
  maxRetries?: number | undefined;
}

/** Pivotal's API: `new PivotalApi({ apiKey })`, then `pivotal.customers.list()` and so on. */
export class PivotalApi extends Resources {
  static readonly VERSION: string = VERSION;

  /** @throws {@link PivotalError} where there is no key */
  constructor(options: PivotalOptions = {}) {
    const apiKey = options.apiKey ?? environment("PIVOTAL_API_KEY");
    if (!apiKey) throw new PivotalError("There is no API key: pass apiKey, or set PIVOTAL_API_KEY.");
    super(
      new Transport({
        apiKey,
        // Calls bring /api/v1 along; an address that was copied with it means the same server.
        baseUrl: (options.baseUrl ?? environment("PIVOTAL_BASE_URL") ?? "http://127.0.0.1:8000").replace(
          /(\/+api\/v1)?\/*$/,
          "",
        ),
        // Looked up for each call, and called as a function: browsers refuse it as a method of anything but the window.
        fetch: options.fetch ?? ((url, init) => fetch(url, init)),
        timeout: options.timeout ?? 30_000,
        maxRetries: options.maxRetries ?? 2,
      }),
    );
  }
}

/** Returns a variable of the environment, where there is such a thing. */
function environment(name: string): string | undefined {
  const { process } = globalThis as { process?: { env?: Record<string, string | undefined> } };
  return process?.env?.[name] || undefined;
}
