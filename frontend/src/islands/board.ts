// Cards that are carried from column to column: dragged by mouse or finger, or by keyboard: Space picks one up, the
// arrows carry it, Space puts it down, Escape leaves it where it was. What is done at once can be undone; for everything
// else the page that says what would happen, and asks why, comes up in a dialog.
//
//   [data-cards="/path"]      the pages of a card are below /path/NUMBER
//   [data-cards][data-any]    a card goes into any column at once; without it only into the next, and the others ask
//   .column[data-key]         what is sent as the place to go to (to) when a card is put into it
//     [data-asks="page"]      it is asked for by this page of the card's, whichever column the card comes from
//     [data-stays]            what is in it is not carried away
//     [data-hint]             what else happens to a card that is put into it
//   .lane[data-owner]         a row of columns: a card carried into another lane goes to its owner
import htmx from "htmx.org";
import { closest, make } from "../parts/dom";

const MOVES_FROM = 6;
const HOLD_MS = 350;
const EDGE = 56;
const STEP = 14;

interface Carried {
  card: HTMLElement;
  home: HTMLElement;
  over: HTMLElement;
  ghost: HTMLElement | null;
  left: number;
  top: number;
}

class Board {
  readonly #root: HTMLElement;
  #carried: Carried | null = null;
  #stale = false;
  #keep = "";
  #frame = 0;
  #x = 0;
  #y = 0;

  constructor(root: HTMLElement) {
    this.#root = root;
    root.addEventListener("keydown", (event) => this.#onKey(event));
    root.addEventListener("pointerdown", (event) => this.#onDown(event));
    root.addEventListener("dragstart", (event) => event.preventDefault());
    root.addEventListener("focusout", () => window.setTimeout(() => this.#checkFocus()));
    // What others change meanwhile does not take away what somebody carries.
    root.addEventListener("htmx:beforeRequest", (event) => {
      if (event.target !== root || !this.#carried) return;
      event.preventDefault();
      this.#stale = true;
    });
    root.addEventListener("htmx:beforeSwap", (event) => {
      const focused = document.activeElement?.closest<HTMLElement>("[data-card]");
      if (event.target === root && focused && root.contains(focused)) this.#keep = focused.id;
    });
    root.addEventListener("htmx:afterSettle", () => this.#focusAgain());
  }

  get #columns(): HTMLElement[] {
    return [...this.#root.querySelectorAll<HTMLElement>(".column")];
  }

  /** The columns as they stand: in each lane a row of them, or one row where there are no lanes. */
  get #rows(): HTMLElement[][] {
    const lanes = [...this.#root.querySelectorAll(".lane")];
    if (lanes.length === 0) return [this.#columns];
    return lanes.map((lane) => [...lane.querySelectorAll<HTMLElement>(".column")]);
  }

  /** Returns the row of a column, and its place in it. */
  #placeOf(column: HTMLElement): [number, number] {
    const row = this.#rows.findIndex((columns) => columns.includes(column));
    return [row, this.#rows[row]?.indexOf(column) ?? -1];
  }

  // ---- By keyboard.

  #onKey(event: KeyboardEvent): void {
    const card = closest(event, "[data-card]");
    if (!card || event.metaKey || event.ctrlKey || event.altKey) return;
    if (event.target !== card && event.target !== titleOf(card)) return;
    const sideways = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    const along = { ArrowUp: -1, ArrowDown: 1 }[event.key];
    if (event.key === " ") {
      if (this.#carried) this.#drop();
      else this.#pickUp(card);
    } else if (this.#carried && event.key === "Enter") this.#drop();
    else if (this.#carried && event.key === "Escape") this.#cancel();
    else if (this.#carried && (sideways || along)) this.#carryBy(sideways ?? 0, along ?? 0);
    else if (!this.#carried && (sideways || along)) this.#walk(card, sideways ?? 0, along ?? 0);
    else if (!this.#carried || event.key === "Tab") return;
    event.preventDefault();
    event.stopPropagation();
  }

  #carryBy(sideways: number, along: number): void {
    const carried = this.#carried;
    if (!carried) return;
    const [row, place] = this.#placeOf(carried.over);
    const next = this.#rows[row + along]?.[place + sideways];
    if (!next) return;
    this.#setOver(next);
    next.scrollIntoView({ block: "nearest", inline: "nearest" });
  }

  /** Moves the focus to the card beside, above or below. */
  #walk(card: HTMLElement, sideways: number, along: number): void {
    const home = card.closest<HTMLElement>(".column");
    if (!home) return;
    const rows = this.#rows;
    const [row, column] = this.#placeOf(home);
    const here = cardsOf(home);
    const place = here.indexOf(card);
    if (along && here[place + along]) {
      focus(here[place + along]);
      return;
    }
    for (let x = column + sideways, y = row + along; ; x += sideways, y += along) {
      const cell = rows[y]?.[x];
      if (!cell) return;
      const cards = cardsOf(cell);
      if (cards.length === 0) continue;
      if (along) focus(cards[along > 0 ? 0 : cards.length - 1]);
      else focus(cards[Math.min(place, cards.length - 1)]);
      return;
    }
  }

  #checkFocus(): void {
    if (this.#carried && !this.#carried.ghost && !this.#carried.card.contains(document.activeElement)) this.#cancel();
  }

  // ---- By pointer.

  #onDown(event: PointerEvent): void {
    const card = closest(event, "[data-card]");
    if (!card || event.button !== 0 || this.#carried || closest(event, ".button")) return;
    const start = { x: event.clientX, y: event.clientY };
    const touch = event.pointerType === "touch";
    const timer = touch ? window.setTimeout(() => this.#lift(card, start.x, start.y), HOLD_MS) : 0;
    const move = (moved: PointerEvent): void => {
      const far = Math.hypot(moved.clientX - start.x, moved.clientY - start.y) > MOVES_FROM;
      if (this.#carried) this.#follow(moved.clientX, moved.clientY);
      else if (far && touch) end(moved);
      else if (far) this.#lift(card, moved.clientX, moved.clientY);
    };
    const end = (ended: Event): void => {
      window.clearTimeout(timer);
      window.removeEventListener("pointermove", move);
      for (const name of ["pointerup", "pointercancel"]) window.removeEventListener(name, end);
      window.removeEventListener("touchmove", hold);
      window.removeEventListener("keydown", stop, true);
      if (!this.#carried) return;
      // The click that ends a drag opens nothing.
      window.addEventListener("click", refuse, true);
      window.setTimeout(() => window.removeEventListener("click", refuse, true));
      if (ended.type === "pointerup") this.#drop();
      else this.#cancel();
    };
    const hold = (touched: TouchEvent): void => {
      if (this.#carried) touched.preventDefault();
    };
    const stop = (pressed: KeyboardEvent): void => {
      if (pressed.key !== "Escape" || !this.#carried) return;
      pressed.preventDefault();
      pressed.stopPropagation();
      end(pressed);
    };
    window.addEventListener("pointermove", move);
    for (const name of ["pointerup", "pointercancel"]) window.addEventListener(name, end);
    window.addEventListener("touchmove", hold, { passive: false });
    window.addEventListener("keydown", stop, true);
  }

  #lift(card: HTMLElement, x: number, y: number): void {
    if (card.closest<HTMLElement>(".column")?.dataset.stays !== undefined) return;
    const box = card.getBoundingClientRect();
    const ghost = make("div", { class: "board-card board-ghost", "aria-hidden": "true", "data-carried": "" });
    for (const child of card.cloneNode(true).childNodes) ghost.append(child.cloneNode(true));
    for (const named of ghost.querySelectorAll("[id]")) named.removeAttribute("id");
    ghost.style.width = `${box.width}px`;
    document.body.append(ghost);
    this.#pickUp(card, ghost, x - box.left, y - box.top);
    this.#follow(x, y);
    this.#scroll();
  }

  #follow(x: number, y: number): void {
    const carried = this.#carried;
    if (!carried?.ghost) return;
    this.#x = x;
    this.#y = y;
    carried.ghost.style.translate = `${x - carried.left}px ${y - carried.top}px`;
    const lanes = this.#root.classList.contains("lanes");
    const over = this.#columns.find((column) => {
      const { left, right, top, bottom } = column.getBoundingClientRect();
      return x >= left && x <= right && (!lanes || (y >= top && y <= bottom));
    });
    if (over) this.#setOver(over);
  }

  /** Brings what lies beyond the edge into sight while something is carried there. */
  #scroll(): void {
    if (!this.#carried) return;
    const { left, right } = this.#root.getBoundingClientRect();
    if (this.#x < left + EDGE) this.#root.scrollLeft -= STEP;
    else if (this.#x > right - EDGE) this.#root.scrollLeft += STEP;
    if (this.#root.classList.contains("lanes")) {
      if (this.#y < 2 * EDGE) window.scrollBy(0, -STEP);
      else if (this.#y > innerHeight - EDGE) window.scrollBy(0, STEP);
    }
    this.#frame = window.requestAnimationFrame(() => this.#scroll());
  }

  // ---- Both.

  #pickUp(card: HTMLElement, ghost: HTMLElement | null = null, left = 0, top = 0): void {
    const home = card.closest<HTMLElement>(".column");
    if (!home) return;
    if (home.dataset.stays !== undefined) {
      say(`${nameOf(card)} stays in ${home.dataset.name}.`);
      return;
    }
    this.#carried = { card, home, over: home, ghost, left, top };
    card.setAttribute(ghost ? "data-left" : "data-carried", "");
    home.dataset.over = "";
    say(`${nameOf(card)} is picked up in ${home.dataset.name}.`);
  }

  #setOver(column: HTMLElement): void {
    const carried = this.#carried;
    if (!carried || carried.over === column) return;
    delete carried.over.dataset.over;
    carried.over = column;
    column.dataset.over = "";
    column.dataset.says = this.#what(carried.home, column);
    say(column.dataset.says);
  }

  /** Returns what putting the card down would do. */
  #what(home: HTMLElement, over: HTMLElement): string {
    const steps = this.#steps(home, over);
    const name = over.dataset.name ?? "";
    const given = this.#givenTo(home, over);
    if (steps === 0) return given ? `${given}, in ${name}.` : `It stays in ${name}.`;
    const verb = this.#isFree ? "Move to" : steps < 0 ? "Send back to" : steps === 1 ? "Advance to" : "Skip to";
    return `${given ? `${given}. ` : ""}${verb} ${name}. ${over.dataset.hint ?? ""}`.trim();
  }

  /** Returns in words to whom another lane would give it; nothing where the lane stays the same. */
  #givenTo(home: HTMLElement, over: HTMLElement): string {
    const [from, to] = [home.closest<HTMLElement>(".lane"), over.closest<HTMLElement>(".lane")];
    if (!from || !to || from === to) return "";
    return to.dataset.owner === "nobody" ? "Take it from everybody" : `Give it to ${to.dataset.name ?? ""}`;
  }

  /** Whether a card goes from any column into any other. */
  get #isFree(): boolean {
    return this.#root.dataset.any !== undefined;
  }

  #steps(home: HTMLElement, over: HTMLElement): number {
    return this.#placeOf(over)[1] - this.#placeOf(home)[1];
  }

  #putDown(): Carried | null {
    const carried = this.#carried;
    if (!carried) return null;
    this.#carried = null;
    window.cancelAnimationFrame(this.#frame);
    carried.ghost?.remove();
    carried.card.removeAttribute("data-left");
    carried.card.removeAttribute("data-carried");
    delete carried.over.dataset.over;
    return carried;
  }

  #cancel(): void {
    const carried = this.#putDown();
    if (carried) say(`${nameOf(carried.card)} stays in ${carried.home.dataset.name}.`);
    this.#catchUp();
  }

  #drop(): void {
    const carried = this.#putDown();
    if (!carried) return;
    const { card, home, over } = carried;
    const steps = this.#steps(home, over);
    const owner = this.#givenTo(home, over) ? (over.closest<HTMLElement>(".lane")?.dataset.owner ?? "") : "";
    if (steps === 0 && owner) void this.#send(card, over, home, "owner", { csm: owner });
    else if (steps === 0) {
      say(`${nameOf(card)} stays in ${home.dataset.name}.`);
      this.#catchUp();
    } else if ((steps === 1 || this.#isFree) && !over.dataset.asks && !owner) {
      void this.#send(card, over, home, "move", { to: over.dataset.key ?? "" });
    } else this.#ask(card, over, owner);
  }

  /** Puts the card where it was dropped, and back where it was if that cannot be. */
  async #send(
    card: HTMLElement,
    over: HTMLElement,
    home: HTMLElement,
    what: string,
    values: Record<string, string>,
  ): Promise<void> {
    const next = card.nextElementSibling;
    const focused = card.contains(document.activeElement);
    over.querySelector(".column-cards")?.prepend(card);
    if (focused) focus(card);
    say(`${nameOf(card)} moves to ${over.getAttribute("aria-label") ?? over.dataset.name}.`);
    let status = 0;
    const note = (event: Event): void => {
      status = (event as CustomEvent<{ xhr: XMLHttpRequest }>).detail.xhr.status;
    };
    card.addEventListener("htmx:afterRequest", note, { once: true });
    await htmx.ajax("post", this.#pageOf(card, what), { source: card, swap: "none", values });
    if (status >= 200 && status < 300) return;
    home.querySelector(".column-cards")?.insertBefore(card, next?.isConnected ? next : null);
    if (focused) focus(card);
    // What was wrong with it stands where it can be mended.
    if (status === 422) this.#ask(card, over, "");
    else this.#refresh();
  }

  /** Brings up what moving the card would do, and does it from there. */
  #ask(card: HTMLElement, over: HTMLElement, owner: string): void {
    const query = new URLSearchParams({ to: over.dataset.key ?? "", ...(owner && { csm: owner }) });
    const href = `${this.#pageOf(card, over.dataset.asks || "move")}?${query.toString()}`;
    const link = make("a", { href, "data-dialog": "", hidden: "" });
    card.append(link);
    link.click();
    window.setTimeout(() => this.#catchUp());
  }

  #pageOf(card: HTMLElement, what: string): string {
    return `${this.#root.dataset.cards}/${card.dataset.card}/${what}`;
  }

  #catchUp(): void {
    if (this.#stale) this.#refresh();
  }

  #refresh(): void {
    this.#stale = false;
    htmx.trigger(this.#root, "live", {});
  }

  #focusAgain(): void {
    if (!this.#keep || (document.activeElement && document.activeElement !== document.body)) return;
    focus(document.getElementById(this.#keep));
    this.#keep = "";
  }
}

function refuse(event: Event): void {
  if (!event.isTrusted) return;
  event.preventDefault();
  event.stopPropagation();
}

function cardsOf(column: HTMLElement): HTMLElement[] {
  return [...column.querySelectorAll<HTMLElement>("[data-card]")];
}

function titleOf(card: HTMLElement): HTMLAnchorElement | null {
  return card.querySelector("a");
}

function nameOf(card: HTMLElement): string {
  return card.dataset.title ?? "";
}

function focus(card: HTMLElement | null | undefined): void {
  if (card) titleOf(card)?.focus();
}

function say(words: string): void {
  const place = document.getElementById("board-says");
  if (place) place.textContent = words;
}

export function start(element: HTMLElement): void {
  if (!element.classList.contains("alone")) new Board(element);
}
