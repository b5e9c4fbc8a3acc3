// [data-live="customer:ID onboarding:"] follows what others change: a customer, and any onboarding. What is touched fetches
// itself anew: by its own hx-get (with hx-trigger="live"), a list by what data-live-rows says (see rows.ts), everything
// else by its id out of the page as it is now, in one request.
import htmx from "htmx.org";
import { onEach } from "./dom";
import { isLive } from "./htmx";
import { isCarried, isHeld, markNext, morph } from "./morph";
import { freshenRows } from "./rows";
import { Stream } from "./stream";
import { keepToast } from "./toasts";

const EVERYTHING = "*";
const GATHER_MS = 300;
const APART_MS = 1000;
const OWN_MS = 2500;
const SETTLE_MS = 120;
const MOST_PAGES = 10;

/** What shows nothing of the last change yet, as it was busy; and what shows all but where somebody fills something in. */
const missed = new Set<Element>();
const held = new Set<Element>();
const pages = new WeakMap<Element, number>();
const asked = new WeakMap<Element, number>();
let topics = new Set<string>();
let heardAt = 0;
let lastRound = 0;
let timer = 0;
let settling = 0;
let writes = 0;
let lastWrite = Number.NEGATIVE_INFINITY;

/** Returns whether an element shows something of what has changed. */
function follows(element: Element, changed: Set<string>): boolean {
  if (changed.has(EVERYTHING)) return true;
  const wanted = element.getAttribute("data-live")?.split(" ") ?? [];
  return wanted.some((topic) =>
    topic.endsWith(":") ? [...changed].some((one) => one.startsWith(topic)) : changed.has(topic),
  );
}

/** Changes of one's own are seen to come about, and need no mark. */
function isOthers(): boolean {
  return performance.now() - lastWrite > OWN_MS;
}

function isBusy(element: Element): boolean {
  return writes > 0 || isCarried(element);
}

function hear(changed: string[]): void {
  heardAt = performance.now();
  for (const topic of changed) topics.add(topic);
  schedule();
}

function hearOwn(): void {
  const own = [...document.querySelectorAll<HTMLElement>('[data-live*="own:"]')];
  hear(own.flatMap((one) => one.dataset.live?.split(" ").filter((topic) => topic.startsWith("own:")) ?? []));
}

/** Has what is told within a moment be fetched together; the moment varies, so that not all pages ask at once. */
function schedule(): void {
  if (timer || document.hidden || topics.size === 0) return;
  const wait = Math.max(GATHER_MS * (1 + Math.random()), lastRound + APART_MS - performance.now());
  timer = window.setTimeout(() => {
    timer = 0;
    lastRound = performance.now();
    const changed = topics;
    topics = new Set();
    const since = heardAt;
    const touched = [...document.querySelectorAll("[data-live]")].filter((one) => follows(one, changed));
    // What has asked since it was told of the change shows it already.
    freshen(
      touched.filter((one) => (asked.get(one) ?? 0) < since),
      changed,
    );
  }, wait);
}

function freshen(elements: Element[], changed: Set<string>): void {
  const fromPage: Element[] = [];
  for (const element of elements) {
    if (isBusy(element)) missed.add(element);
    else if (element instanceof HTMLElement && element.dataset.liveRows)
      void freshenRows(element, changed.has(EVERYTHING) ? null : changed, isOthers());
    else if (element.hasAttribute("hx-get")) htmx.trigger(element, "live", {});
    else fromPage.push(element);
  }
  if (fromPage.length > 0) void freshenFromPage(fromPage);
}

async function freshenFromPage(elements: Element[]): Promise<void> {
  let text: string;
  try {
    const answer = await fetch(location.href, { headers: { Accept: "text/html" } });
    if (!answer.ok) return;
    text = await answer.text();
  } catch {
    return; // The stream tells when the server is back.
  }
  const page = new DOMParser().parseFromString(text, "text/html");
  for (const element of elements) {
    const now = page.getElementById(element.id);
    if (!now || !element.isConnected) continue;
    if (isBusy(element)) {
      missed.add(element);
      continue;
    }
    morph(element, now, "outerHTML", isOthers());
    htmx.process(element);
    htmx.trigger(element, "htmx:load", {});
    if (isHeld(element)) held.add(element);
  }
}

/** What could not be brought up to date, as somebody was at work in it, catches up when they are done. */
function settle(): void {
  if (missed.size + held.size === 0) return;
  window.clearTimeout(settling);
  settling = window.setTimeout(() => {
    const late = [
      ...[...missed].filter((one) => !isBusy(one)),
      ...[...held].filter((one) => !(missed.has(one) || isBusy(one) || isHeld(one))),
    ];
    for (const one of late) {
      missed.delete(one);
      held.delete(one);
    }
    freshen(
      late.filter((one) => one.isConnected),
      new Set([EVERYTHING]),
    );
  }, SETTLE_MS);
}

interface Asking {
  elt: Element;
  target: Element;
  xhr: XMLHttpRequest;
  requestConfig: { elt: Element; verb: string };
}

function watchRequests(): void {
  const on = (name: string, use: (detail: Asking, event: Event) => void): void =>
    document.addEventListener(name, (event) => use((event as CustomEvent<Asking>).detail, event));
  // A list that was extended is asked for as far as it is open.
  document.addEventListener("htmx:configRequest", (event) => {
    const { elt, parameters } = (event as CustomEvent<{ elt: Element; parameters: Record<string, string> }>).detail;
    const around = elt.matches(".load-more > a") && elt.closest("[data-live]");
    if (around) pages.set(around, Math.min((pages.get(around) ?? 1) + 1, MOST_PAGES));
    else if (pages.has(elt)) parameters.pages = String(pages.get(elt));
  });
  on("htmx:beforeSend", (detail) => {
    if (detail.requestConfig.verb !== "get") writes += 1;
    else if (detail.elt.matches("[data-live]")) asked.set(detail.elt, performance.now());
  });
  on("htmx:afterRequest", (detail) => {
    if (detail.requestConfig.verb !== "get") {
      writes -= 1;
      lastWrite = performance.now();
    }
    settle();
  });
  // Where the session has ended, or the thing is gone, what is shown stays until somebody does something.
  on("htmx:beforeOnLoad", (detail, event) => {
    if (isLive(event) && detail.xhr.status !== 200) event.preventDefault();
  });
  on("htmx:beforeSwap", ({ requestConfig: { elt }, target }, event) => {
    if (target !== elt) pages.delete(target);
    markNext(isLive(event) && isOthers());
    if (!target.matches("[data-live]") || !(target === elt ? isBusy(target) : isCarried(target))) return;
    (event as CustomEvent<{ shouldSwap: boolean }>).detail.shouldSwap = false;
    missed.add(target);
  });
  on("htmx:afterSwap", ({ requestConfig: { elt } }) => {
    if (elt.matches("[data-live]") && isHeld(elt)) held.add(elt);
  });
}

function tellOver(why: string): void {
  const words =
    why === "elsewhere"
      ? "You have gone to another workspace. What stands here is not kept up to date any more."
      : "You are signed out. What you typed here is not lost, but it cannot be saved now.";
  const link = why === "elsewhere" ? "Load this page again" : "Sign in";
  keepToast(words, link, why === "elsewhere" ? location.href : `/sign-in?next=${encodeURIComponent(addressHere())}`);
}

function addressHere(): string {
  return location.pathname + location.search;
}

export function startLive(): void {
  const stream = new Stream({ changed: hear, again: hearOwn, over: tellOver });
  watchRequests();
  for (const name of ["focusout", "pointerup", "keyup", "reset", "change"]) document.addEventListener(name, settle);
  document.addEventListener("visibilitychange", schedule);
  onEach("[data-live]", () => stream.start());
}
