// htmx, with everything switched off that the content security policy refuses or that we do not use.
import htmx from "htmx.org";
import { csrfToken } from "./dom";
import { showToast } from "./toasts";

export function startHtmx(): void {
  Object.assign(htmx.config, {
    allowEval: false,
    allowScriptTags: false,
    // What arrives works at once; the delay is for transitions that we leave to CSS.
    defaultSettleDelay: 0,
    includeIndicatorStyles: false,
    selfRequestsOnly: true,
    // Going back asks the server anew: a copy of a page kept in the browser would be old, and could be another person's.
    historyCacheSize: 0,
    refreshOnHistoryMiss: true,
    scrollIntoViewOnBoost: false,
    timeout: 30_000,
    responseHandling: [
      { code: "204", swap: false },
      { code: "[23]..", swap: true },
      // A form that comes back with its problems, or with what somebody else has saved meanwhile.
      { code: "409|422", swap: true },
      { code: "[45]..", swap: false, error: true },
    ],
  });
  document.addEventListener("htmx:configRequest", (event) => {
    const { headers, verb } = (event as CustomEvent<{ headers: Record<string, string>; verb: string }>).detail;
    if (verb !== "get") headers["X-CSRF-Token"] = csrfToken();
  });

  let underWay = 0;
  const count = (change: number) => (event: Event) => {
    if (isLive(event)) return;
    underWay = Math.max(0, underWay + change);
    document.documentElement.toggleAttribute("data-busy", underWay > 0);
  };
  document.addEventListener("htmx:beforeSend", count(1));
  document.addEventListener("htmx:afterRequest", count(-1));

  // form[data-reset] is empty again once the server has taken what was in it.
  document.addEventListener("htmx:afterRequest", (event) => {
    const { elt, xhr } = (event as CustomEvent<{ elt: Element; xhr: XMLHttpRequest }>).detail;
    if (xhr.status === 204 && elt instanceof HTMLFormElement && elt.matches("[data-reset]")) elt.reset();
  });

  const failed = (name: string, words: string): void =>
    document.addEventListener(name, (event) => {
      if (!isLive(event)) showToast(words, "failure");
    });
  failed("htmx:sendError", "The server cannot be reached. Nothing was changed.");
  failed("htmx:timeout", "The server takes too long. Look again in a moment.");
  document.addEventListener("htmx:responseError", (event) => {
    const { xhr } = (event as CustomEvent<{ xhr: XMLHttpRequest }>).detail;
    if (!xhr.getResponseHeader("HX-Trigger")?.includes('"toast"')) showToast(reasonFor(xhr.status), "failure");
  });
}

/** Returns whether a request was made by itself, to follow what others change, and is nothing that somebody waits for. */
export function isLive(event: Event): boolean {
  const { requestConfig } = (event as CustomEvent<{ requestConfig?: { triggeringEvent?: Event } }>).detail;
  return requestConfig?.triggeringEvent?.type === "live";
}

function reasonFor(status: number): string {
  if (status === 403) return "You may not do this, or the page is too old. Load it again.";
  if (status === 404) return "This is not there any more.";
  if (status === 413) return "This is too large.";
  if (status === 429) return "That was a lot at once. Wait a moment.";
  return "Something went wrong. Nothing was changed.";
}
