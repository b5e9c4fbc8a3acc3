// The link to the search opens it over the page instead: what was typed is looked for at once, arrows move, Enter opens,
// ⌘Enter in a tab of its own. Before anything is typed it has what was opened last, which the browser keeps.
import { icon, make } from "../parts/dom";

const WAIT_MS = 80;
const MOST_RECENT = 6;

interface Recent {
  path: string;
  title: string;
  icon: string;
}

class Palette {
  readonly #key: string;
  readonly #dialog = make("dialog", { class: "dialog palette", "aria-label": "Search" });
  readonly #list = make("div", { class: "palette-list", id: "palette-list", role: "listbox", "aria-label": "Results" });
  readonly #said = make("p", { class: "unseen", role: "status" });
  readonly #input = make("input", {
    class: "input",
    type: "text",
    role: "combobox",
    placeholder: "Names, tasks, people, #12, state:blocked, @me",
    "aria-label": "Search",
    "aria-expanded": "true",
    "aria-autocomplete": "list",
    "aria-controls": "palette-list",
    autocomplete: "off",
    spellcheck: "false",
    maxlength: "200",
  });
  #timer = 0;
  #isLate = false;
  #opens = false;
  #asked: AbortController | null = null;

  constructor(key: string) {
    this.#key = key;
    const field = make("div", { class: "palette-field" }, icon("search"), this.#input, make("kbd", {}, "Esc"));
    this.#dialog.append(field, this.#list, this.#said);
    this.#input.addEventListener("input", () => this.#askSoon());
    this.#input.addEventListener("keydown", (event) => this.#onKey(event));
    this.#list.addEventListener("click", (event) => this.#onClick(event));
    this.#list.addEventListener("pointermove", (event) => {
      const hit = event.target instanceof Element ? event.target.closest<HTMLElement>("[role=option]") : null;
      if (hit) this.#activate(hit, false);
    });
    this.#dialog.addEventListener("close", () => {
      window.clearTimeout(this.#timer);
      this.#asked?.abort();
      this.#dialog.remove();
    });
  }

  open(): void {
    document.body.append(this.#dialog);
    this.#dialog.showModal();
    this.#input.value = "";
    this.#isLate = false;
    this.#opens = false;
    this.#input.focus();
    void this.#ask();
  }

  #askSoon(): void {
    this.#isLate = true;
    this.#opens = false;
    window.clearTimeout(this.#timer);
    this.#timer = window.setTimeout(() => void this.#ask(), WAIT_MS);
  }

  async #ask(): Promise<void> {
    const typed = this.#input.value.trim();
    this.#asked?.abort();
    this.#asked = new AbortController();
    const { signal } = this.#asked;
    try {
      const address = `/search?q=${encodeURIComponent(typed)}`;
      const answer = await fetch(address, { signal, headers: { "HX-Request": "true" } });
      // Where the session has ended, the page itself leads to the sign-in.
      if (answer.status === 204) location.href = `/search?q=${encodeURIComponent(typed)}`;
      if (answer.status !== 200) return;
      this.#list.innerHTML = await answer.text();
    } catch {
      if (!signal.aborted) this.#say("The server cannot be reached.");
      return;
    }
    this.#isLate = false;
    if (!typed) this.#list.prepend(...this.#recent());
    this.#say(this.#list.querySelector("[data-said]")?.textContent ?? "");
    this.#list.querySelector("[data-said]")?.remove();
    const first = this.#hits[0];
    if (first) {
      this.#activate(first, true);
      if (this.#opens) first.click();
    } else {
      this.#input.removeAttribute("aria-activedescendant");
      this.#list.replaceChildren(make("p", { class: "palette-none", "aria-hidden": "true" }, "Nothing is called that"));
    }
  }

  #say(words: string): void {
    this.#said.textContent = words;
  }

  get #hits(): HTMLAnchorElement[] {
    return [...this.#list.querySelectorAll<HTMLAnchorElement>("a[role=option]")];
  }

  get #active(): HTMLAnchorElement | undefined {
    return this.#hits.find((one) => one.getAttribute("aria-selected") === "true");
  }

  #activate(hit: HTMLElement, scrolls: boolean): void {
    for (const one of this.#hits) one.setAttribute("aria-selected", String(one === hit));
    this.#input.setAttribute("aria-activedescendant", hit.id);
    if (scrolls) hit.scrollIntoView({ block: "nearest" });
  }

  #onKey(event: KeyboardEvent): void {
    if (event.isComposing) return;
    const hits = this.#hits;
    const active = this.#active;
    const at = active ? hits.indexOf(active) : -1;
    const withMod = event.metaKey || event.ctrlKey;
    if (withMod && event.key.toLowerCase() === "k") {
      this.#dialog.close();
    } else if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      const next = hits[(at + (event.key === "ArrowDown" ? 1 : -1) + hits.length) % hits.length];
      if (next) this.#activate(next, true);
    } else if (event.key === "Enter") {
      // What is shown is not yet what was typed: it opens once it is there.
      if (this.#isLate) this.#opens = true;
      else if (active && withMod && !this.#acts(active)) {
        this.#remember(active);
        window.open(active.href, "_blank", "noopener");
      } else active?.click();
    } else return;
    event.preventDefault();
  }

  #acts(hit: HTMLElement): boolean {
    return "posts" in hit.dataset || "setTheme" in hit.dataset;
  }

  #onClick(event: MouseEvent): void {
    const hit = event.target instanceof Element ? event.target.closest<HTMLAnchorElement>("a[role=option]") : null;
    if (!hit) return;
    if (!this.#acts(hit)) {
      this.#remember(hit);
      if (!(event.metaKey || event.ctrlKey || event.shiftKey)) this.#dialog.close();
      return;
    }
    event.preventDefault();
    // What has such a form elsewhere on the page sends it from there, with its token.
    const form = document.querySelector<HTMLFormElement>(
      `form[action="${CSS.escape(hit.getAttribute("href") ?? "")}"]`,
    );
    if ("posts" in hit.dataset) form?.requestSubmit();
    this.#dialog.close();
  }

  // ---- What was opened last.

  #kept(): Recent[] {
    try {
      const kept: unknown = JSON.parse(localStorage.getItem(this.#key) ?? "[]");
      return Array.isArray(kept) ? kept.filter(({ path }) => typeof path === "string" && /^\/(?!\/)/.test(path)) : [];
    } catch {
      return [];
    }
  }

  #remember(hit: HTMLAnchorElement): void {
    const { title, icon: name } = hit.dataset;
    const path = hit.getAttribute("href") ?? "";
    if (!title || !name) return;
    const others = this.#kept().filter((one) => one.path !== path);
    try {
      localStorage.setItem(this.#key, JSON.stringify([{ path, title, icon: name }, ...others].slice(0, MOST_RECENT)));
    } catch {
      // A browser that keeps nothing.
    }
  }

  #recent(): HTMLElement[] {
    const kept = this.#kept();
    if (kept.length === 0) return [];
    const hits = kept.map((one, at) => {
      const hit = make("a", { class: "palette-hit", role: "option", tabindex: "-1", "aria-selected": "false" });
      hit.href = one.path;
      hit.id = `recent-${at}`;
      Object.assign(hit.dataset, { title: one.title, icon: one.icon });
      hit.append(icon(one.icon), make("span", { class: "truncate" }, one.title));
      return hit;
    });
    const head = make("div", { class: "palette-head", "aria-hidden": "true" }, "Opened last");
    return [make("div", { class: "palette-group", role: "group", "aria-label": "Opened last" }, head, ...hits)];
  }
}

export function start(link: HTMLElement): void {
  const palette = new Palette(`recent:${link.dataset.whose ?? ""}`);
  link.addEventListener("click", (event) => {
    if (event.metaKey || event.ctrlKey || event.shiftKey) return;
    event.preventDefault();
    palette.open();
  });
}
