// Pages of the documentation: the language in which samples are read, where one is on the page, the page's Markdown, and
// whether it helped, which stays in this browser.
import { closest } from "./dom";
import { showToast } from "./toasts";

const SHOWN_MS = 1500;
const root = document.documentElement;

function keep(name: string, value: string): void {
  try {
    localStorage.setItem(name, value);
  } catch {
    // A browser that keeps nothing: it holds for as long as the page.
  }
}

function kept(name: string): string | null {
  try {
    return localStorage.getItem(name);
  } catch {
    return null;
  }
}

// ---- The language of samples.

/** Marks the tabs of what is shown: the styles show the chosen language where there is one, else the first. */
function markTabs(): void {
  for (const samples of document.querySelectorAll<HTMLElement>("[data-samples]")) {
    const tabs = [...samples.querySelectorAll<HTMLElement>("[role=tab]")];
    const chosen = tabs.find((tab) => tab.dataset.choice === root.dataset.language) ?? tabs[0];
    for (const tab of tabs) {
      tab.setAttribute("aria-selected", String(tab === chosen));
      tab.tabIndex = tab === chosen ? 0 : -1;
    }
  }
}

/** Chooses a language everywhere, and keeps the tab where it stands although samples above it change their height. */
function choose(tab: HTMLElement): void {
  const before = tab.getBoundingClientRect().top;
  root.dataset.language = tab.dataset.choice ?? "";
  keep("docs-language", root.dataset.language);
  markTabs();
  window.scrollBy({ top: tab.getBoundingClientRect().top - before, behavior: "instant" });
}

function onTabKey(event: KeyboardEvent): void {
  const tab = closest(event, "[data-samples] [role=tab]");
  if (!tab) return;
  const tabs = [...(tab.parentElement?.querySelectorAll<HTMLElement>("[role=tab]") ?? [])];
  const places: Record<string, number> = {
    ArrowLeft: (tabs.indexOf(tab) - 1 + tabs.length) % tabs.length,
    ArrowRight: (tabs.indexOf(tab) + 1) % tabs.length,
    Home: 0,
    End: tabs.length - 1,
  };
  const next = tabs[places[event.key] ?? -1];
  if (!next) return;
  event.preventDefault();
  choose(next);
  next.focus();
}

// ---- The list of what is on the page.

function followHeadings(): void {
  const links = [...document.querySelectorAll<HTMLAnchorElement>("[data-on-page] a")];
  const headings = links.map((link) => document.getElementById(decodeURIComponent(link.hash.slice(1))));
  if (links.length === 0) return;
  let waiting = false;
  const mark = (): void => {
    waiting = false;
    const top = Number.parseFloat(getComputedStyle(root).scrollPaddingTop) + 8;
    const isAtEnd = window.innerHeight + window.scrollY >= root.scrollHeight - 2;
    const passed = headings.filter((heading) => heading && heading.getBoundingClientRect().top <= top).length;
    const at = isAtEnd && window.scrollY > 0 ? links.length - 1 : Math.max(0, passed - 1);
    for (const [place, link] of links.entries()) {
      if (place === at) link.setAttribute("aria-current", "location");
      else link.removeAttribute("aria-current");
    }
  };
  document.addEventListener(
    "scroll",
    () => {
      if (!waiting) requestAnimationFrame(mark);
      waiting = true;
    },
    { passive: true },
  );
  mark();
}

// ---- The page's Markdown, and a sample's text.

async function copyText(control: HTMLElement, text: Promise<string>): Promise<void> {
  try {
    // The browser wants to be asked at once; the text may come later.
    const blob = text.then((words) => new Blob([words], { type: "text/plain" }));
    await navigator.clipboard.write([new ClipboardItem({ "text/plain": blob })]);
    control.dataset.copied = "";
    window.setTimeout(() => delete control.dataset.copied, SHOWN_MS);
  } catch {
    showToast("The browser does not let us copy here. Select the text and copy it.", "failure");
  }
}

async function fetchText(address: string): Promise<string> {
  const answer = await fetch(address);
  if (!answer.ok) throw new Error(`The server answered ${answer.status}.`);
  return answer.text();
}

function copySample(control: HTMLElement): void {
  const samples = [...(control.closest(".docs-samples")?.querySelectorAll<HTMLElement>(".docs-sample") ?? [])];
  const shown = samples.find((sample) => sample.checkVisibility());
  const code = shown?.querySelector("code")?.textContent ?? "";
  void copyText(control, Promise.resolve(`${code}\n`));
}

// ---- Whether the page helped.

function markHelpful(form: HTMLElement, answer: string | null): void {
  for (const button of form.querySelectorAll<HTMLElement>("[data-answer]")) {
    button.setAttribute("aria-pressed", String(button.dataset.answer === answer));
  }
}

function answerHelpful(button: HTMLElement): void {
  const form = button.closest<HTMLElement>("[data-helpful]");
  if (!form) return;
  keep(`docs-helpful:${form.dataset.helpful ?? ""}`, button.dataset.answer ?? "");
  markHelpful(form, button.dataset.answer ?? null);
  const told = form.querySelector("[role=status]");
  if (told) told.textContent = "Noted, in this browser only.";
}

export function startDocs(): void {
  markTabs();
  followHeadings();
  document.querySelector(".docs-pages [aria-current=page]")?.scrollIntoView({ block: "nearest" });
  for (const form of document.querySelectorAll<HTMLElement>("[data-helpful]")) {
    markHelpful(form, kept(`docs-helpful:${form.dataset.helpful ?? ""}`));
  }
  document.addEventListener("keydown", onTabKey);
  document.addEventListener("click", (event) => {
    const tab = closest(event, "[data-samples] [role=tab]");
    const page = closest(event, "[data-copy-page]");
    const code = closest(event, "[data-copy-code]");
    const answer = closest(event, "[data-helpful] [data-answer]");
    if (tab) choose(tab);
    else if (page) void copyText(page, fetchText(page.dataset.copyPage ?? ""));
    else if (code) copySample(code);
    else if (answer) answerHelpful(answer);
  });
}
