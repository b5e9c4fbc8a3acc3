// Tasks of a plan in another order: dragged by their grip, or by keyboard: Space picks one up, the arrows move it, Space
// puts it down, Escape leaves it where it was. The server is told where it came to stand.
import htmx from "htmx.org";
import { closest } from "../parts/dom";

interface Picked {
  row: HTMLElement;
  /** Its subtasks, which follow it. */
  followers: HTMLElement[];
  list: HTMLElement;
  next: Element | null;
  by: "keys" | "pointer";
}

function isSubtask(row: Element): boolean {
  return row.classList.contains("subtask");
}

function followersOf(row: HTMLElement): HTMLElement[] {
  const found: HTMLElement[] = [];
  if (isSubtask(row)) return found;
  for (
    let next = row.nextElementSibling;
    next instanceof HTMLElement && isSubtask(next);
    next = next.nextElementSibling
  )
    found.push(next);
  return found;
}

/** Returns the rows that a row may stand before or behind: top tasks of all phases, or the subtasks of its parent. */
function peersOf(row: HTMLElement): HTMLElement[] {
  if (!isSubtask(row)) return [...(row.closest(".plan")?.querySelectorAll<HTMLElement>(".task:not(.subtask)") ?? [])];
  let first: HTMLElement = row;
  while (first.previousElementSibling instanceof HTMLElement && isSubtask(first.previousElementSibling))
    first = first.previousElementSibling;
  const found = [first];
  for (
    let next = first.nextElementSibling;
    next instanceof HTMLElement && isSubtask(next);
    next = next.nextElementSibling
  )
    found.push(next);
  return found;
}

class Plan {
  readonly #root: HTMLElement;
  #picked: Picked | null = null;

  constructor(root: HTMLElement) {
    this.#root = root;
    root.addEventListener("keydown", (event) => this.#onKey(event));
    root.addEventListener("pointerdown", (event) => this.#onDown(event));
    root.addEventListener("focusout", (event) => {
      if (this.#picked?.by === "keys" && closest(event, "[data-grip]")) window.setTimeout(() => this.#checkFocus());
    });
  }

  #onKey(event: KeyboardEvent): void {
    const grip = closest(event, "[data-grip]");
    const row = grip?.closest<HTMLElement>(".task");
    if (!grip || !row) return;
    if (event.key === " " || event.key === "Enter") {
      event.preventDefault();
      if (this.#picked) this.#drop();
      else this.#pick(row, "keys");
    } else if (this.#picked && event.key === "Escape") {
      event.preventDefault();
      event.stopPropagation();
      this.#cancel();
    } else if (this.#picked && (event.key === "ArrowDown" || event.key === "ArrowUp")) {
      event.preventDefault();
      this.#step(event.key === "ArrowDown" ? 1 : -1);
      grip.focus();
    }
  }

  /** Moves what is picked up by one place, over the edge of a phase into the next one. */
  #step(by: 1 | -1): void {
    const picked = this.#picked;
    if (!picked) return;
    const { row } = picked;
    const peers = peersOf(row);
    const list = row.closest<HTMLElement>("[data-phase]");
    const other = peers[peers.indexOf(row) + by];
    if (other && other.closest("[data-phase]") === list) this.#place(other, by < 0);
    else if (!isSubtask(row)) {
      const lists = [...this.#root.querySelectorAll<HTMLElement>("[data-phase]")];
      const next = lists[lists.indexOf(list as HTMLElement) + by];
      if (!next) return;
      if (by > 0) next.prepend(row, ...picked.followers);
      else next.append(row, ...picked.followers);
    }
    this.#say(`${this.#title(row)}: ${this.#where(row)}`);
  }

  #onDown(event: PointerEvent): void {
    const row = closest(event, "[data-grip]")?.closest<HTMLElement>(".task");
    if (!row || event.button !== 0 || this.#picked) return;
    event.preventDefault();
    this.#pick(row, "pointer");
    const move = (moved: PointerEvent): void => this.#follow(moved);
    const end = (ended: Event): void => {
      window.removeEventListener("pointermove", move);
      window.removeEventListener("pointerup", end);
      window.removeEventListener("pointercancel", end);
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
    window.addEventListener("pointerup", end);
    window.addEventListener("pointercancel", end);
    window.addEventListener("keydown", stop, true);
  }

  /** Puts what is dragged where the pointer is. */
  #follow(event: PointerEvent): void {
    const picked = this.#picked;
    if (!picked) return;
    const under =
      document.elementFromPoint(innerWidth / 2, event.clientY) ??
      document.elementFromPoint(event.clientX, event.clientY);
    const over = this.#rowAt(event.clientY);
    if (over && over !== picked.row && !picked.followers.includes(over)) {
      const box = over.getBoundingClientRect();
      this.#place(over, event.clientY < box.top + box.height / 2);
    } else if (!over && !isSubtask(picked.row)) {
      const list = under?.closest(".plan-phase")?.querySelector<HTMLElement>("[data-phase]");
      if (list && !list.contains(picked.row)) list.append(picked.row, ...picked.followers);
    }
    if (event.clientY < 80) window.scrollBy(0, -12);
    else if (event.clientY > innerHeight - 60) window.scrollBy(0, 12);
  }

  #rowAt(y: number): HTMLElement | undefined {
    if (!this.#picked) return undefined;
    return peersOf(this.#picked.row).find((row) => {
      const { top, bottom } = row.getBoundingClientRect();
      return y >= top && y <= bottom;
    });
  }

  #place(other: HTMLElement, before: boolean): void {
    const picked = this.#picked;
    if (!picked) return;
    const rows = [picked.row, ...picked.followers];
    if (before) other.before(...rows);
    else (followersOf(other).at(-1) ?? other).after(...rows);
  }

  #pick(row: HTMLElement, by: Picked["by"]): void {
    const list = row.closest<HTMLElement>("[data-phase]");
    if (!list) return;
    const followers = followersOf(row);
    const next = (followers.at(-1) ?? row).nextElementSibling;
    this.#picked = { row, followers, list, next, by };
    row.dataset.picked = "";
    this.#say(`${this.#title(row)} is picked up. ${this.#where(row)}`);
  }

  #drop(): void {
    const picked = this.#picked;
    if (!picked) return;
    this.#picked = null;
    delete picked.row.dataset.picked;
    const { row, followers } = picked;
    const stays = (followers.at(-1) ?? row).nextElementSibling === picked.next && picked.list.contains(row);
    this.#say(`${this.#title(row)} is put down. ${this.#where(row)}`);
    if (stays) return;
    const phase = row.closest<HTMLElement>("[data-phase]")?.dataset.phase ?? "";
    const position = String(this.#placeOf(row));
    const values: Record<string, string> = isSubtask(row) ? { position } : { position, phase };
    void htmx.ajax("post", `/tasks/${row.dataset.task}/move`, { source: row, swap: "none", values });
  }

  #cancel(): void {
    const picked = this.#picked;
    if (!picked) return;
    this.#picked = null;
    delete picked.row.dataset.picked;
    for (const row of [picked.row, ...picked.followers]) picked.list.insertBefore(row, picked.next);
    this.#say(`${this.#title(picked.row)} stays where it was.`);
    if (picked.by === "keys") picked.row.querySelector<HTMLElement>("[data-grip]")?.focus();
  }

  #checkFocus(): void {
    if (this.#picked && !this.#picked.row.contains(document.activeElement)) this.#cancel();
  }

  /** Returns the place of a row, from 1, among the tasks of its phase or the subtasks of its parent. */
  #placeOf(row: HTMLElement): number {
    const list = row.closest("[data-phase]");
    return (
      peersOf(row)
        .filter((peer) => peer.closest("[data-phase]") === list)
        .indexOf(row) + 1
    );
  }

  #where(row: HTMLElement): string {
    const phase = row.closest(".plan-phase")?.querySelector("h2")?.textContent ?? "";
    return `Place ${this.#placeOf(row)} in ${phase}.`;
  }

  #title(row: HTMLElement): string {
    return row.dataset.title ?? "The task";
  }

  #say(words: string): void {
    const place = this.#root.querySelector("[data-announce]");
    if (place) place.textContent = words;
  }
}

export function start(element: HTMLElement): void {
  new Plan(element);
}
