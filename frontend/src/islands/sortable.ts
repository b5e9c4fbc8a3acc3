// Rows in another order: dragged by their grip with mouse or finger, or by keyboard: Space picks one up, the arrows move
// it, Space puts it down, Escape leaves it where it was.
//
//   [data-island=sortable] > … [data-sort-list] > [data-sort][data-title] > … button[data-grip]
//
// A row goes only where data-sort-group is that of its list, and past no row with data-fixed. With data-move the server is
// told there: `position` counts from 1, and `list` is the list's data-sort-list. Without, the order of the page is all.
import htmx from "htmx.org";
import { closest } from "../parts/dom";

const EDGE = 72;
const STEP = 12;

interface Picked {
  row: HTMLElement;
  list: HTMLElement;
  next: Element | null;
  by: "keys" | "pointer";
}

class Sortable {
  readonly #root: HTMLElement;
  #picked: Picked | null = null;

  constructor(root: HTMLElement) {
    this.#root = root;
    root.addEventListener("keydown", (event) => this.#onKey(event));
    root.addEventListener("pointerdown", (event) => this.#onDown(event));
    root.addEventListener("focusout", () => window.setTimeout(() => this.#checkFocus()));
  }

  #onKey(event: KeyboardEvent): void {
    const grip = closest(event, "[data-grip]");
    const row = grip?.closest<HTMLElement>("[data-sort]");
    if (!grip || !row || event.metaKey || event.ctrlKey || event.altKey) return;
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (event.key === " " || event.key === "Enter") {
      if (this.#picked) this.#drop();
      else this.#pick(row, "keys");
    } else if (this.#picked && event.key === "Escape") this.#cancel();
    else if (this.#picked && step) {
      this.#step(step);
      grip.focus();
    } else return;
    event.preventDefault();
    event.stopPropagation();
  }

  /** Moves what is picked up by one place, over the edge of its list into the next one. */
  #step(by: number): void {
    const row = this.#picked?.row;
    if (!row) return;
    const lists = this.#lists(row);
    const list = listOf(row);
    const peers = peersIn(list);
    const other = peers[peers.indexOf(row) + by];
    const beyond = lists[lists.indexOf(list) + by];
    if (other) place(row, other, by < 0);
    else if (beyond) settle(row, beyond, by > 0);
    else return;
    row.scrollIntoView({ block: "nearest" });
    this.#say(`${title(row)}: ${where(row)}`);
  }

  #onDown(event: PointerEvent): void {
    const row = closest(event, "[data-grip]")?.closest<HTMLElement>("[data-sort]");
    if (!row || event.button !== 0 || this.#picked) return;
    event.preventDefault();
    this.#pick(row, "pointer");
    const move = (moved: PointerEvent): void => this.#follow(moved);
    const end = (ended: Event): void => {
      window.removeEventListener("pointermove", move);
      for (const name of ["pointerup", "pointercancel"]) window.removeEventListener(name, end);
      window.removeEventListener("keydown", stop, true);
      if (ended.type === "pointerup") this.#drop();
      else this.#cancel();
    };
    const stop = (pressed: KeyboardEvent): void => {
      if (pressed.key !== "Escape") return;
      pressed.preventDefault();
      end(pressed);
    };
    window.addEventListener("pointermove", move);
    for (const name of ["pointerup", "pointercancel"]) window.addEventListener(name, end);
    window.addEventListener("keydown", stop, true);
  }

  /** Puts what is dragged where the pointer is. */
  #follow(event: PointerEvent): void {
    const row = this.#picked?.row;
    if (!row) return;
    const y = event.clientY;
    const lists = this.#lists(row);
    const over = lists.flatMap(peersIn).find((peer) => isAt(peer, y));
    if (over && over !== row) {
      const box = over.getBoundingClientRect();
      place(row, over, y < box.top + box.height / 2);
    } else if (!over) {
      const list = lists.find((one) => isAt(one.closest<HTMLElement>("[data-sort-area]") ?? one, y));
      if (list && list !== listOf(row)) settle(row, list, false);
    }
    if (y < EDGE) window.scrollBy(0, -STEP);
    else if (y > innerHeight - EDGE) window.scrollBy(0, STEP);
  }

  #lists(row: HTMLElement): HTMLElement[] {
    const { sortGroup } = listOf(row).dataset;
    if (!sortGroup) return [listOf(row)];
    return [...this.#root.querySelectorAll<HTMLElement>(`[data-sort-group="${CSS.escape(sortGroup)}"]`)];
  }

  #pick(row: HTMLElement, by: Picked["by"]): void {
    this.#picked = { row, list: listOf(row), next: row.nextElementSibling, by };
    row.dataset.picked = "";
    this.#say(`${title(row)} is picked up. ${where(row)}`);
  }

  #drop(): void {
    const picked = this.#picked;
    if (!picked) return;
    this.#picked = null;
    const { row, list, next } = picked;
    delete row.dataset.picked;
    this.#say(`${title(row)} is put down. ${where(row)}`);
    if (listOf(row) === list && row.nextElementSibling === next) return;
    if (row.dataset.move) void this.#tell(picked, row.dataset.move);
    else row.dispatchEvent(new Event("input", { bubbles: true }));
  }

  /** Has the server do it too; where it does not, the row goes back. */
  async #tell({ row, list, next }: Picked, path: string): Promise<void> {
    let status = 0;
    const note = (event: Event): void => {
      status = (event as CustomEvent<{ xhr: XMLHttpRequest }>).detail.xhr.status;
    };
    row.addEventListener("htmx:afterRequest", note, { once: true });
    const values = { position: String(placeOf(row)), list: listOf(row).dataset.sortList ?? "" };
    await htmx.ajax("post", path, { source: row, swap: "none", values });
    if ((status < 200 || status >= 300) && row.isConnected) list.insertBefore(row, next?.isConnected ? next : null);
  }

  #cancel(): void {
    const picked = this.#picked;
    if (!picked) return;
    this.#picked = null;
    const { row, list, next, by } = picked;
    delete row.dataset.picked;
    list.insertBefore(row, next);
    this.#say(`${title(row)} stays where it was.`);
    if (by === "keys") row.querySelector<HTMLElement>("[data-grip]")?.focus();
  }

  #checkFocus(): void {
    if (this.#picked?.by === "keys" && !this.#picked.row.contains(document.activeElement)) this.#cancel();
  }

  #say(words: string): void {
    const told = this.#root.querySelector("[data-announce]");
    if (told) told.textContent = words;
  }
}

function listOf(row: HTMLElement): HTMLElement {
  return row.closest<HTMLElement>("[data-sort-list]") ?? document.body;
}

/** Returns the rows that another may stand before or behind. */
function peersIn(list: HTMLElement): HTMLElement[] {
  return [...list.querySelectorAll<HTMLElement>(":scope > [data-sort]:not([data-fixed])")];
}

function place(row: HTMLElement, other: HTMLElement, before: boolean): void {
  if (before) other.before(row);
  else other.after(row);
}

/** Puts a row into another list, as its first or last. */
function settle(row: HTMLElement, list: HTMLElement, first: boolean): void {
  const edge = peersIn(list).at(first ? 0 : -1);
  if (edge) place(row, edge, first);
  else list.prepend(row);
}

function isAt(element: HTMLElement, y: number): boolean {
  const { top, bottom } = element.getBoundingClientRect();
  return y >= top && y <= bottom;
}

/** Returns the place of a row in its list, from 1. */
function placeOf(row: HTMLElement): number {
  return peersIn(listOf(row)).indexOf(row) + 1;
}

function where(row: HTMLElement): string {
  const list = listOf(row);
  const name = list.dataset.sortName;
  return `Place ${placeOf(row)} of ${peersIn(list).length}${name ? ` in ${name}` : ""}.`;
}

function title(row: HTMLElement): string {
  return row.dataset.title ?? "The row";
}

export function start(element: HTMLElement): void {
  new Sortable(element);
}
