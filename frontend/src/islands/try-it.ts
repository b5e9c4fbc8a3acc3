// A form that sends an operation's request from its page, and shows what comes back. The key stays in this tab, and goes
// nowhere but to this server.
import { make } from "../parts/dom";

const KEPT_KEY = "docs-try-key";
const LONGEST = 100_000;
const LONGEST_WAIT_MS = 30_000;
const TOLD = ["x-request-id", "x-ratelimit-remaining", "retry-after", "idempotent-replay", "location"];
const GOOD = 200;
const MULTIPLE = 300;
const MASK = "$PIVOTAL_API_KEY";

/** What the form says to send. */
interface Wanted {
  verb: string;
  address: string;
  contentType: string | undefined;
  body: string | File | undefined;
}

function fieldsOf(form: HTMLFormElement, place: string): (HTMLInputElement | HTMLSelectElement)[] {
  return [...form.querySelectorAll<HTMLInputElement | HTMLSelectElement>(`[data-place="${place}"]`)];
}

/** Returns the path with its values, and the query of what is filled in. */
function addressOf(form: HTMLFormElement): string {
  let path = form.dataset.path ?? "";
  for (const field of fieldsOf(form, "path")) path = path.replace(`{${field.name}}`, encodeURIComponent(field.value));
  const query = new URLSearchParams();
  for (const field of fieldsOf(form, "query")) if (field.value) query.set(field.name, field.value);
  return query.size > 0 ? `${path}?${query}` : path;
}

function wantedOf(form: HTMLFormElement): Wanted {
  const file = form.querySelector<HTMLInputElement>("[data-file]")?.files?.[0];
  const body = form.querySelector<HTMLTextAreaElement>("[data-body]")?.value;
  return {
    verb: form.dataset.verb ?? "GET",
    address: addressOf(form),
    contentType: form.dataset.contentType,
    body: file ?? body,
  };
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}

/** Returns the header with a key, and its value: a Bearer token, but where the key stands in a header by itself. */
function keyHeader(field: HTMLInputElement, key: string): [string, string] {
  return field.dataset.header ? [field.dataset.header, key] : ["Authorization", `Bearer ${key}`];
}

/** Returns the request as it is sent with curl, with the name of a variable where the key would stand. */
function curlOf(wanted: Wanted, key: HTMLInputElement | null): string {
  const program = wanted.verb === "GET" ? "curl" : `curl -X ${wanted.verb}`;
  const parts = [`${program} ${quoted(location.origin + wanted.address)}`];
  if (key) parts.push(`-H "${keyHeader(key, MASK).join(": ")}"`);
  if (wanted.contentType) parts.push(`-H "Content-Type: ${wanted.contentType}"`);
  if (wanted.body instanceof File) parts.push(`--data-binary @${quoted(wanted.body.name)}`);
  else if (wanted.body) parts.push(`-d ${quoted(wanted.body)}`);
  return parts.join(" \\\n  ");
}

/** Returns a body as people read it, cut where it is long. */
function readable(text: string): string {
  let shown = text;
  try {
    shown = JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    // Not JSON: as it came.
  }
  const more = shown.length - LONGEST;
  return more > 0 ? `${shown.slice(0, LONGEST)}\n… and ${more.toLocaleString("en")} more characters` : shown;
}

function code(title: string, text: string): HTMLElement {
  return make(
    "div",
    { class: "docs-samples single" },
    make("div", { class: "docs-samples-bar" }, make("span", { class: "docs-sample-name" }, title)),
    make("div", { class: "docs-sample" }, make("pre", { tabindex: "0" }, make("code", {}, text))),
  );
}

function answerOf(
  response: Response,
  text: string,
  wanted: Wanted,
  key: HTMLInputElement | null,
  time: number,
): Node[] {
  const good = response.status >= GOOD && response.status < MULTIPLE;
  const status = make(
    "span",
    { class: `badge ${good ? "good" : "risk"}` },
    `${response.status} ${response.statusText}`,
  );
  const facts = make("dl", {});
  for (const name of TOLD) {
    const value = response.headers.get(name);
    if (value !== null) facts.append(make("dt", {}, name), make("dd", {}, make("code", {}, value)));
  }
  const taken = make("span", { class: "faint" }, `${Math.round(time)} ms`);
  return [
    make("div", { class: "docs-try-status" }, status, taken),
    facts,
    code("Answer", readable(text)),
    code("What was sent", curlOf(wanted, key)),
  ];
}

/** Returns what is wrong with the form, and where; null where it can be sent. */
function problemOf(form: HTMLFormElement): [HTMLElement, string] | null {
  for (const field of form.querySelectorAll<HTMLInputElement>("[required]")) {
    if (!field.value.trim()) return [field, "This has to be filled in."];
  }
  const body = form.querySelector<HTMLTextAreaElement>("[data-body]");
  try {
    if (body) JSON.parse(body.value);
  } catch (error) {
    return body ? [body, `The body is not JSON: ${error instanceof Error ? error.message : ""}`] : null;
  }
  return null;
}

export function start(form: HTMLElement): void {
  if (!(form instanceof HTMLFormElement)) return;
  const find = <Kind extends HTMLElement>(name: string): Kind | null => form.querySelector<Kind>(`[data-${name}]`);
  const [key, send, cancel, warning] = [find<HTMLInputElement>("key"), find("send"), find("cancel"), find("warning")];
  const [said, answer] = [find("said"), find("came")];
  let asked = !("writes" in form.dataset);
  if (key) key.value = sessionStorage.getItem(KEPT_KEY) ?? "";
  key?.addEventListener("change", () => sessionStorage.setItem(KEPT_KEY, key.value.trim()));

  const ask = (open: boolean): void => {
    if (warning) warning.hidden = !open;
    if (cancel) cancel.hidden = !open;
    if (send) send.textContent = open ? "Yes, send it" : "Send";
  };
  const tell = (text: string): void => {
    if (said) said.textContent = text;
  };
  const call = async (): Promise<void> => {
    const wanted = wantedOf(form);
    const headers = new Headers(wanted.contentType ? { "Content-Type": wanted.contentType } : {});
    if (key) headers.set(...keyHeader(key, key.value.trim()));
    const started = performance.now();
    tell("Sending…");
    try {
      const response = await fetch(wanted.address, {
        method: wanted.verb,
        headers,
        body: wanted.body ?? null,
        credentials: "omit",
        cache: "no-store",
        signal: AbortSignal.timeout(LONGEST_WAIT_MS),
      });
      const text = await response.text();
      answer?.replaceChildren(...answerOf(response, text, wanted, key, performance.now() - started));
      if (answer) answer.hidden = false;
      tell(`${response.status} ${response.statusText}`);
    } catch (error) {
      const waited = error instanceof DOMException && error.name === "TimeoutError";
      tell(
        waited
          ? `There was no end to the answer within ${LONGEST_WAIT_MS / 1000} seconds.`
          : "The server did not answer. Is it still running?",
      );
    }
  };

  cancel?.addEventListener("click", () => {
    ask(false);
    send?.focus();
  });
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    for (const field of form.querySelectorAll("[aria-invalid]")) field.removeAttribute("aria-invalid");
    const problem = problemOf(form);
    if (problem) {
      problem[0].setAttribute("aria-invalid", "true");
      problem[0].focus();
      tell(problem[1]);
      return;
    }
    if (!asked && warning?.hidden) {
      ask(true);
      return;
    }
    asked = true;
    ask(false);
    void call();
  });
}
