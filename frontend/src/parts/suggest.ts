// Suggestions for a list that is written with commas: input[data-suggest="/path"]. For the piece in which the caret is the
// server is asked, GET path?q=…, and answers with <option>s; the arrows choose one, Enter or Tab puts it in. Without a
// choice Enter is the form's.
import { make } from "./dom";

const WAIT_MS = 100;
let number = 0;

class Suggestions {
  readonly #input: HTMLInputElement;
  readonly #list: HTMLUListElement;
  #active = -1;
  #timer = 0;
  #asked: AbortController | null = null;

  constructor(input: HTMLInputElement) {
    this.#input = input;
    number += 1;
    this.#list = make("ul", {
      class: "options",
      id: `suggestions-${number}`,
      role: "listbox",
      popover: "manual",
      "aria-label": "Suggestions",
    });
    input.addEventListener("input", () => this.#look());
    input.addEventListener("blur", () => this.#close());
    input.addEventListener("keydown", (event) => this.#onKey(event));
    this.#list.addEventListener("pointerdown", (event) => event.preventDefault());
    this.#list.addEventListener("click", (event) => {
      const option = event.target instanceof Element ? event.target.closest("li") : null;
      if (option) this.#choose([...this.#list.children].indexOf(option));
    });
  }

  /** Puts the list and what is said of it beside the input, which a morph of the page takes away. */
  attach(): void {
    if (this.#list.isConnected) return;
    this.#input.after(this.#list);
    this.#input.setAttribute("role", "combobox");
    this.#input.setAttribute("aria-autocomplete", "list");
    this.#input.setAttribute("aria-expanded", "false");
    this.#input.setAttribute("aria-controls", this.#list.id);
  }

  get #isOpen(): boolean {
    return this.#list.matches(":popover-open");
  }

  /** Returns where the piece around the caret begins and ends, without the space before it. */
  #piece(): [number, number] {
    const { value } = this.#input;
    const caret = this.#input.selectionStart ?? value.length;
    let start = value.lastIndexOf(",", caret - 1) + 1;
    while (start < caret && value[start] === " ") start += 1;
    const comma = value.indexOf(",", caret);
    return [start, comma < 0 ? value.length : comma];
  }

  #look(): void {
    window.clearTimeout(this.#timer);
    const typed = this.#input.value.slice(...this.#piece()).trim();
    if (!typed) this.#close();
    else this.#timer = window.setTimeout(() => void this.#ask(typed), WAIT_MS);
  }

  async #ask(typed: string): Promise<void> {
    this.#asked?.abort();
    this.#asked = new AbortController();
    const address = new URL(this.#input.dataset.suggest ?? "", location.href);
    address.searchParams.set("q", typed);
    let text = "";
    try {
      const answer = await fetch(address, { signal: this.#asked.signal, headers: { "HX-Request": "true" } });
      if (!answer.ok) return;
      text = await answer.text();
    } catch {
      return; // Given up for what was typed since, or the server cannot be reached.
    }
    const parsed = new DOMParser().parseFromString(`<select>${text}</select>`, "text/html");
    const [start, end] = this.#piece();
    const { value } = this.#input;
    const others = `${value.slice(0, start)}${value.slice(end)}`.split(",").map((one) => one.trim().toLowerCase());
    const found = [...parsed.querySelectorAll("option")].filter(
      ({ value: tag }) => !others.includes(tag.toLowerCase()),
    );
    if (found.length === 0 || document.activeElement !== this.#input) {
      this.#close();
      return;
    }
    this.attach();
    this.#show(found);
  }

  #show(found: HTMLOptionElement[]): void {
    this.#list.replaceChildren(
      ...found.map(({ value, dataset }, at) => {
        const detail = dataset.detail ? [make("small", {}, dataset.detail)] : [];
        const id = `${this.#list.id}-${at}`;
        return make("li", { class: "option", role: "option", id, "data-value": value }, value, ...detail);
      }),
    );
    if (!this.#isOpen) this.#list.showPopover();
    const box = this.#input.getBoundingClientRect();
    const below = box.bottom + this.#list.offsetHeight + 8 < innerHeight;
    Object.assign(this.#list.style, {
      position: "fixed",
      inset: "auto",
      left: `${Math.max(8, Math.min(box.left, innerWidth - this.#list.offsetWidth - 8))}px`,
      top: `${below ? box.bottom : box.top - this.#list.offsetHeight - 8}px`,
    });
    this.#input.setAttribute("aria-expanded", "true");
    this.#move(-1);
  }

  #move(to: number): void {
    const options = [...this.#list.children];
    this.#active = to < 0 ? to : to % options.length;
    for (const [at, option] of options.entries()) {
      option.toggleAttribute("data-active", at === this.#active);
      option.setAttribute("aria-selected", String(at === this.#active));
    }
    const active = options[this.#active];
    if (active) this.#input.setAttribute("aria-activedescendant", active.id);
    else this.#input.removeAttribute("aria-activedescendant");
    active?.scrollIntoView({ block: "nearest" });
  }

  #close(): void {
    window.clearTimeout(this.#timer);
    this.#asked?.abort();
    if (this.#isOpen) this.#list.hidePopover();
    this.#active = -1;
    this.#input.setAttribute("aria-expanded", "false");
    this.#input.removeAttribute("aria-activedescendant");
  }

  #choose(at: number): void {
    const option = this.#list.children[at];
    if (!(option instanceof HTMLElement)) return;
    this.#input.setRangeText(option.dataset.value ?? "", ...this.#piece(), "end");
    this.#close();
  }

  #onKey(event: KeyboardEvent): void {
    if (!this.#isOpen || event.isComposing) return;
    const count = this.#list.children.length;
    if (event.key === "ArrowDown") this.#move(this.#active + 1);
    else if (event.key === "ArrowUp") this.#move(this.#active <= 0 ? count - 1 : this.#active - 1);
    else if (["Enter", "Tab"].includes(event.key) && this.#active >= 0) this.#choose(this.#active);
    else if (event.key === "Escape") this.#close();
    else return;
    event.preventDefault();
    event.stopPropagation();
  }
}

const known = new WeakMap<HTMLInputElement, Suggestions>();

export function startSuggestions(): void {
  document.addEventListener("focusin", (event) => {
    const input = event.target;
    if (!(input instanceof HTMLInputElement && input.dataset.suggest)) return;
    const suggestions = known.get(input) ?? new Suggestions(input);
    known.set(input, suggestions);
    suggestions.attach();
  });
}
