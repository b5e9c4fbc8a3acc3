// Whom to mention: after @ in textarea[data-mentions] the server suggests teammates; Enter or Tab puts the e-mail in.
import { make } from "../parts/dom";

const WAIT_MS = 100;
const ASKED = /(?:^|[\s(])@([\w.+-]*)$/;
let number = 0;

interface Person {
  email: string;
  name: string;
}

class Mentions {
  readonly #text: HTMLTextAreaElement;
  readonly #list: HTMLUListElement;
  #people: Person[] = [];
  #active = 0;
  #timer = 0;
  #asked: AbortController | null = null;

  constructor(text: HTMLTextAreaElement) {
    this.#text = text;
    number += 1;
    this.#list = make("ul", {
      class: "mention-list",
      id: `mentions-${number}`,
      role: "listbox",
      popover: "manual",
      "aria-label": "Teammates",
    });
    text.after(this.#list);
    text.setAttribute("aria-controls", this.#list.id);
    text.setAttribute("aria-autocomplete", "list");
    text.addEventListener("input", () => this.#look());
    text.addEventListener("blur", () => this.#close());
    text.addEventListener("keydown", (event) => this.#onKey(event));
    this.#list.addEventListener("pointerdown", (event) => event.preventDefault());
    this.#list.addEventListener("click", (event) => {
      const item = event.target instanceof Element ? event.target.closest("li") : null;
      if (item) this.#choose([...this.#list.children].indexOf(item));
    });
  }

  get #isOpen(): boolean {
    return this.#list.matches(":popover-open");
  }

  #typed(): string | undefined {
    return ASKED.exec(this.#text.value.slice(0, this.#text.selectionStart))?.[1];
  }

  #look(): void {
    window.clearTimeout(this.#timer);
    const typed = this.#typed();
    if (typed === undefined) this.#close();
    else this.#timer = window.setTimeout(() => void this.#ask(typed), WAIT_MS);
  }

  async #ask(typed: string): Promise<void> {
    this.#asked?.abort();
    this.#asked = new AbortController();
    try {
      const answer = await fetch(`/mentions?q=${encodeURIComponent(typed)}`, { signal: this.#asked.signal });
      if (!answer.ok) return;
      this.#people = (await answer.json()) as Person[];
    } catch {
      return; // Given up for what was typed since, or the server cannot be reached.
    }
    if (this.#people.length === 0 || this.#typed() === undefined) this.#close();
    else this.#show();
  }

  #show(): void {
    this.#list.replaceChildren(
      ...this.#people.map(({ name, email }, at) =>
        make("li", { role: "option", id: `${this.#list.id}-${at}` }, make("span", {}, name), make("small", {}, email)),
      ),
    );
    if (!this.#isOpen) this.#list.showPopover();
    const box = this.#text.getBoundingClientRect();
    const below = box.bottom + this.#list.offsetHeight < innerHeight;
    this.#list.style.left = `${Math.min(box.left, innerWidth - this.#list.offsetWidth - 8)}px`;
    this.#list.style.top = `${below ? box.bottom : box.top - this.#list.offsetHeight}px`;
    this.#move(0);
  }

  #move(to: number): void {
    this.#active = (to + this.#people.length) % this.#people.length;
    for (const [at, item] of [...this.#list.children].entries())
      item.setAttribute("aria-selected", String(at === this.#active));
    this.#text.setAttribute("aria-activedescendant", `${this.#list.id}-${this.#active}`);
  }

  #close(): void {
    this.#asked?.abort();
    if (this.#isOpen) this.#list.hidePopover();
    this.#text.removeAttribute("aria-activedescendant");
  }

  #choose(at: number): void {
    const person = this.#people[at];
    const typed = this.#typed();
    if (!person || typed === undefined) return;
    const end = this.#text.selectionStart;
    this.#text.setRangeText(`${person.email} `, end - typed.length, end, "end");
    this.#close();
    this.#text.focus();
    this.#text.dispatchEvent(new Event("input", { bubbles: true }));
  }

  #onKey(event: KeyboardEvent): void {
    if (!this.#isOpen || event.isComposing) return;
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      this.#move(this.#active + (event.key === "ArrowDown" ? 1 : -1));
    } else if ((event.key === "Enter" && !event.metaKey && !event.ctrlKey) || event.key === "Tab") {
      event.preventDefault();
      this.#choose(this.#active);
    } else if (event.key === "Escape") {
      event.preventDefault();
      event.stopPropagation();
      this.#close();
    }
  }
}

export function start(element: HTMLElement): void {
  if (element instanceof HTMLTextAreaElement) new Mentions(element);
}
