// A select that can be searched: div.combobox[data-combobox] > select.input. With data-source the options come from the
// server, as HTML, for what was typed: GET source?q=… answers with <option>s. The select stays and is what is sent.
import { make, onEach } from "./dom";

const WAIT_MS = 120;
let number = 0;

interface Choice {
  value: string;
  text: string;
  detail: string;
}

function choiceOf(option: HTMLOptionElement): Choice {
  return { value: option.value, text: option.text.trim(), detail: option.dataset.detail ?? "" };
}

class Combobox {
  readonly #select: HTMLSelectElement;
  readonly #input: HTMLInputElement;
  readonly #list: HTMLUListElement;
  readonly #source: string | undefined;
  readonly #own: Choice[];
  #shown: Choice[] = [];
  #active = -1;
  #timer = 0;
  #asked: AbortController | null = null;

  constructor(element: HTMLElement, select: HTMLSelectElement) {
    this.#select = select;
    this.#source = element.dataset.source;
    this.#own = [...select.options].map(choiceOf);
    number += 1;
    this.#list = make("ul", { class: "options", id: `options-${number}`, role: "listbox", popover: "manual" });
    this.#input = make("input", {
      class: "input",
      type: "text",
      role: "combobox",
      autocomplete: "off",
      spellcheck: "false",
      "aria-expanded": "false",
      "aria-autocomplete": "list",
      "aria-controls": this.#list.id,
    });
    this.#takeOver();
    element.append(this.#input, this.#list);
    this.#input.addEventListener("input", () => this.#search());
    this.#input.addEventListener("click", () => this.#open());
    this.#input.addEventListener("focus", () => this.#input.select());
    this.#input.addEventListener("blur", () => this.#leave());
    // What was typed to find something is no value of the form: that is the select's, which tells of its own change.
    this.#input.addEventListener("change", (event) => event.stopPropagation());
    this.#input.addEventListener("keydown", (event) => this.#onKey(event));
    this.#list.addEventListener("pointerdown", (event) => event.preventDefault());
    this.#list.addEventListener("click", (event) => this.#onClick(event));
    select.form?.addEventListener("reset", () => window.setTimeout(() => this.#show()));
  }

  /** The field gets the select's name for those who hear the page, and its place among what can be tabbed to. */
  #takeOver(): void {
    const { id } = this.#select;
    this.#input.disabled = this.#select.disabled;
    for (const name of ["aria-label", "aria-labelledby", "aria-describedby", "aria-invalid"]) {
      const value = this.#select.getAttribute(name);
      if (value !== null) this.#input.setAttribute(name, value);
    }
    if (id) {
      this.#select.id = `${id}-select`;
      this.#input.id = id;
    }
    if (this.#select.autofocus) this.#input.autofocus = true;
    this.#select.tabIndex = -1;
    this.#select.setAttribute("aria-hidden", "true");
    this.#show();
  }

  #show(): void {
    this.#input.value = this.#select.selectedOptions[0]?.text.trim() ?? "";
  }

  #open(): void {
    if (this.#list.matches(":popover-open")) return;
    this.#render(this.#own);
    this.#list.showPopover();
    this.#place();
    this.#input.setAttribute("aria-expanded", "true");
    if (this.#source) void this.#ask("");
  }

  #close(): void {
    if (!this.#list.matches(":popover-open")) return;
    this.#list.hidePopover();
    this.#input.setAttribute("aria-expanded", "false");
    this.#input.removeAttribute("aria-activedescendant");
  }

  #leave(): void {
    window.clearTimeout(this.#timer);
    this.#asked?.abort();
    this.#close();
    this.#show();
  }

  #place(): void {
    const box = this.#input.getBoundingClientRect();
    const below = box.bottom + this.#list.offsetHeight + 8 < innerHeight || box.top < this.#list.offsetHeight;
    Object.assign(this.#list.style, {
      position: "fixed",
      inset: "auto",
      minWidth: `${box.width}px`,
      left: `${Math.max(8, Math.min(box.left, innerWidth - this.#list.offsetWidth - 8))}px`,
      top: below ? `${box.bottom}px` : `${box.top - this.#list.offsetHeight - 8}px`,
    });
  }

  #search(): void {
    this.#open();
    const typed = this.#input.value.trim();
    window.clearTimeout(this.#timer);
    if (this.#source) {
      this.#timer = window.setTimeout(() => void this.#ask(typed), WAIT_MS);
      return;
    }
    const words = typed.toLowerCase().split(/\s+/);
    this.#render(
      this.#own.filter(({ text, detail }) => words.every((word) => `${text} ${detail}`.toLowerCase().includes(word))),
    );
  }

  async #ask(typed: string): Promise<void> {
    this.#asked?.abort();
    this.#asked = new AbortController();
    const address = new URL(this.#source ?? "", location.href);
    address.searchParams.set("q", typed);
    try {
      const answer = await fetch(address, { signal: this.#asked.signal, headers: { "HX-Request": "true" } });
      if (!answer.ok) return;
      const parsed = new DOMParser().parseFromString(`<select>${await answer.text()}</select>`, "text/html");
      this.#render([...parsed.querySelectorAll("option")].map(choiceOf));
    } catch {
      // Given up for a later question, or the server cannot be reached: what is shown stays.
    }
  }

  #render(choices: Choice[]): void {
    this.#shown = choices;
    this.#list.replaceChildren(
      ...choices.map(({ value, text, detail }, at) =>
        make(
          "li",
          {
            class: "option",
            role: "option",
            id: `${this.#list.id}-${at}`,
            "aria-selected": String(value === this.#select.value),
          },
          text || "None",
          ...(detail ? [make("small", {}, detail)] : []),
        ),
      ),
    );
    if (choices.length === 0)
      this.#list.append(make("li", { class: "option none", role: "presentation" }, "Nothing found"));
    const chosen = choices.findIndex(({ value }) => value === this.#select.value);
    this.#move(Math.max(0, chosen));
  }

  #move(to: number): void {
    this.#active = this.#shown.length === 0 ? -1 : (to + this.#shown.length) % this.#shown.length;
    for (const [at, option] of [...this.#list.children].entries())
      option.toggleAttribute("data-active", at === this.#active);
    const active = this.#list.children[this.#active];
    if (!active || this.#active < 0) this.#input.removeAttribute("aria-activedescendant");
    else {
      this.#input.setAttribute("aria-activedescendant", active.id);
      active.scrollIntoView({ block: "nearest" });
    }
  }

  #choose(at: number): void {
    const choice = this.#shown[at];
    if (!choice) return;
    let option = [...this.#select.options].find(({ value }) => value === choice.value);
    if (!option) {
      option = new Option(choice.text, choice.value);
      this.#select.add(option);
    }
    const changed = !option.selected;
    option.selected = true;
    this.#show();
    this.#close();
    if (changed) this.#select.dispatchEvent(new Event("change", { bubbles: true }));
  }

  #onKey(event: KeyboardEvent): void {
    const opened = this.#list.matches(":popover-open");
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      if (opened) this.#move(this.#active + (event.key === "ArrowDown" ? 1 : -1));
      else this.#open();
    } else if (event.key === "Enter" && opened) {
      event.preventDefault();
      this.#choose(this.#active);
    } else if (event.key === "Escape" && opened) {
      event.preventDefault();
      event.stopPropagation();
      this.#close();
      this.#show();
    }
  }

  #onClick(event: MouseEvent): void {
    const option = event.target instanceof Element ? event.target.closest("[role=option]") : null;
    if (option) this.#choose([...this.#list.children].indexOf(option));
  }
}

export function startComboboxes(): void {
  onEach<HTMLElement>("[data-combobox]", (element) => {
    const select = element.querySelector("select");
    if (select && !element.querySelector("[role=combobox]")) new Combobox(element, select);
  });
}
