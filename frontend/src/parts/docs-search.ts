// The search of the documentation: the link to it opens it over the page instead. Everything that can be found is fetched
// once; after that nothing is asked of the server. What counts how much is counted likewise in site/finding.py.
import { icon, make } from "./dom";

const MOST_HITS = 20;
const MOST_OF_A_PAGE = 3;
const EXCERPT = 120;
const TITLE: Worth = [40, 25];
const HEADING: Worth = [24, 14];
const TEXT: Worth = [6, 2];
const SECTION = 4;
const PHRASE = 30;
const BEGINNING = 20;
const PAGE = 12;

/** What a word is worth as a whole word, also in the plural, and as the beginning of one. */
type Worth = [number, number];
/** Address, section, title of the page, heading, text. */
type Entry = [string, string, string, string, string];

function worth(text: string, pattern: RegExp, [whole, beginning]: Worth): number {
  const match = pattern.exec(text);
  if (!match) return 0;
  return match[1] === undefined ? beginning : whole;
}

function quoted(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
}

function wordsOf(sought: string): string[] {
  return sought.toLowerCase().split(/\s+/).filter(Boolean);
}

function score([, section, title, heading, text]: Entry, words: [string, RegExp][], phrase: string): number {
  let total = 0;
  for (const [word, pattern] of words) {
    const found =
      worth(title, pattern, TITLE) +
      worth(heading, pattern, HEADING) +
      worth(text, pattern, TEXT) +
      (section.toLowerCase().startsWith(word) ? SECTION : 0);
    if (found === 0) return 0;
    total += found;
  }
  if (`${title} ${heading}`.toLowerCase().includes(phrase)) total += PHRASE;
  if (title.toLowerCase().startsWith(phrase)) total += BEGINNING;
  return heading ? total : total + PAGE;
}

function find(entries: Entry[], sought: string): Entry[] {
  const parts = wordsOf(sought);
  const phrase = parts.join(" ");
  const words = parts.map((word): [string, RegExp] => [
    word,
    new RegExp(`(?<![\\p{L}\\p{N}_])${quoted(word)}(s?(?![\\p{L}\\p{N}_]))?`, "iu"),
  ]);
  const scored = entries
    .map((entry): [number, Entry] => [words.length ? score(entry, words, phrase) : 0, entry])
    .filter(([points]) => points > 0)
    .sort(([a], [b]) => b - a);
  const seen = new Map<string, number>();
  const hits = scored.filter(([, [address]]) => {
    const page = address.split("#")[0] ?? "";
    seen.set(page, (seen.get(page) ?? 0) + 1);
    return (seen.get(page) ?? 0) <= MOST_OF_A_PAGE;
  });
  return hits.slice(0, MOST_HITS).map(([, entry]) => entry);
}

function excerpt(text: string, words: string[]): string {
  const places = words.map((word) => text.toLowerCase().indexOf(word)).filter((place) => place >= 0);
  const near = Math.max(0, Math.min(...places, text.length) - EXCERPT / 3);
  const start = places.length ? text.lastIndexOf(" ", near) + 1 : 0;
  const piece = text.slice(start, start + EXCERPT);
  return `${start ? "…" : ""}${piece}${start + EXCERPT < text.length ? "…" : ""}`;
}

/** Returns text with the beginnings that were sought marked. */
function marked(text: string, words: string[]): (Node | string)[] {
  if (words.length === 0) return [text];
  const pattern = new RegExp(`(?<![\\p{L}\\p{N}_])(${words.map(quoted).join("|")})`, "giu");
  return text.split(pattern).map((piece, at) => (at % 2 ? make("mark", {}, piece) : piece));
}

class Search {
  readonly #dialog = make("dialog", { class: "dialog palette", "aria-label": "Search the docs" });
  readonly #list = make("div", { class: "palette-list", id: "docs-hits", role: "listbox", "aria-label": "Results" });
  readonly #said = make("p", { class: "unseen", role: "status" });
  readonly #input = make("input", {
    class: "input",
    type: "text",
    role: "combobox",
    placeholder: "Search the docs",
    "aria-label": "Search the docs",
    "aria-expanded": "true",
    "aria-autocomplete": "list",
    "aria-controls": "docs-hits",
    autocomplete: "off",
    spellcheck: "false",
    maxlength: "200",
  });
  #entries: Promise<Entry[]> | null = null;

  constructor() {
    const field = make("div", { class: "palette-field" }, icon("search"), this.#input, make("kbd", {}, "Esc"));
    this.#dialog.append(field, this.#list, this.#said);
    this.#input.addEventListener("input", () => void this.#show());
    this.#input.addEventListener("keydown", (event) => this.#onKey(event));
    this.#list.addEventListener("pointermove", (event) => {
      const hit = event.target instanceof Element ? event.target.closest<HTMLElement>("[role=option]") : null;
      if (hit) this.#activate(hit, false);
    });
    // A hit on the page itself leads to its heading: the search is in the way then.
    this.#list.addEventListener("click", (event) => {
      if (event.target instanceof Element && event.target.closest("[role=option]")) this.#dialog.close();
    });
    this.#dialog.addEventListener("close", () => this.#dialog.remove());
  }

  open(): void {
    if (this.#dialog.open) return;
    document.body.append(this.#dialog);
    this.#dialog.showModal();
    this.#input.select();
    void this.#show();
  }

  /** Returns everything that can be found; what failed is tried again. */
  async #read(): Promise<Entry[]> {
    this.#entries ??= fetch("/docs/search.json").then((answer) => {
      if (!answer.ok) throw new Error(`The server answered ${answer.status}.`);
      return answer.json() as Promise<Entry[]>;
    });
    try {
      return await this.#entries;
    } catch (error) {
      this.#entries = null;
      throw error;
    }
  }

  async #show(): Promise<void> {
    let entries: Entry[];
    try {
      entries = await this.#read();
    } catch {
      this.#say("The server cannot be reached.");
      return;
    }
    const sought = this.#input.value;
    const words = wordsOf(sought);
    const hits = find(entries, sought);
    this.#list.replaceChildren(...hits.map((hit, at) => this.#option(hit, at, words)));
    const first = this.#hits[0];
    if (first) {
      this.#activate(first, true);
    } else {
      this.#input.removeAttribute("aria-activedescendant");
      const hint = words.length ? "Nothing has all of these words" : "Titles, headings and text of every page";
      this.#list.replaceChildren(make("p", { class: "palette-none", "aria-hidden": "true" }, hint));
    }
    this.#say(words.length ? `${hits.length || "No"} ${hits.length === 1 ? "result" : "results"}` : "");
  }

  #option([address, section, title, heading, text]: Entry, at: number, words: string[]): HTMLElement {
    const hit = make("a", { class: "docs-hit", role: "option", id: `docs-hit-${at}`, tabindex: "-1", href: address });
    const head = make("span", { class: "docs-hit-head" });
    head.append(make("span", { class: "strong" }, ...marked(title, words)));
    if (heading) head.append(make("span", { class: "faint" }, "›"), make("span", {}, ...marked(heading, words)));
    head.append(make("span", { class: "faint push" }, section));
    hit.append(head);
    if (text) hit.append(make("span", { class: "muted truncate" }, ...marked(excerpt(text, words), words)));
    return hit;
  }

  #say(words: string): void {
    this.#said.textContent = words;
  }

  get #hits(): HTMLAnchorElement[] {
    return [...this.#list.querySelectorAll<HTMLAnchorElement>("a[role=option]")];
  }

  #activate(hit: HTMLElement, scrolls: boolean): void {
    for (const one of this.#hits) one.setAttribute("aria-selected", String(one === hit));
    this.#input.setAttribute("aria-activedescendant", hit.id);
    if (scrolls) hit.scrollIntoView({ block: "nearest" });
  }

  #onKey(event: KeyboardEvent): void {
    if (event.isComposing) return;
    const hits = this.#hits;
    const active = hits.find((one) => one.getAttribute("aria-selected") === "true");
    const withMod = event.metaKey || event.ctrlKey;
    if (withMod && event.key.toLowerCase() === "k") {
      this.#dialog.close();
    } else if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      const at = active ? hits.indexOf(active) : -1;
      const next = hits[(at + (event.key === "ArrowDown" ? 1 : -1) + hits.length) % hits.length];
      if (next) this.#activate(next, true);
    } else if (event.key === "Enter") {
      if (active && withMod) window.open(active.href, "_blank", "noopener");
      else active?.click();
    } else return;
    event.preventDefault();
  }
}

export function startDocsSearch(): void {
  const search = new Search();
  for (const link of document.querySelectorAll<HTMLAnchorElement>("[data-docs-search]")) {
    link.addEventListener("click", (event) => {
      if (event.metaKey || event.ctrlKey || event.shiftKey) return;
      event.preventDefault();
      search.open();
    });
  }
}
