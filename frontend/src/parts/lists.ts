// Lists by keyboard: in [data-list], over all [data-item], j and k move, Enter opens, x chooses, e edits ([data-edits]),
// "." opens the row's menu. Beside it, what choosing does: [data-choose-all], [data-count] and Shift for a range.
import { closest, isShown, isTyping, onEach } from "./dom";

let focused: HTMLElement | null = null;
let lastChosen: HTMLInputElement | null = null;

function rows(): HTMLElement[] {
  return [...document.querySelectorAll<HTMLElement>("[data-list] [data-item]")].filter(isShown);
}

function focus(row: HTMLElement | undefined): void {
  if (!row) return;
  focused?.removeAttribute("data-focused");
  focused = row;
  row.dataset.focused = "";
  row.tabIndex = -1;
  row.focus({ preventScroll: true });
  row.scrollIntoView({ block: "nearest" });
}

function box(row: Element | null | undefined): HTMLInputElement | null {
  return row?.querySelector<HTMLInputElement>("input[type=checkbox].checkbox") ?? null;
}

function boxes(list: Element): HTMLInputElement[] {
  return [...list.querySelectorAll<HTMLInputElement>("[data-item] input[type=checkbox].checkbox")];
}

function count(list: Element): void {
  const all = boxes(list);
  const chosen = all.filter((one) => one.checked).length;
  const around = list.closest("form") ?? document;
  for (const place of around.querySelectorAll("[data-count]")) place.textContent = chosen ? `${chosen} selected` : "";
  for (const head of around.querySelectorAll<HTMLInputElement>("[data-choose-all]")) {
    head.checked = chosen > 0 && chosen === all.length;
    head.indeterminate = chosen > 0 && chosen < all.length;
  }
}

function choose(one: HTMLInputElement, checked: boolean): void {
  if (one.checked === checked) return;
  one.checked = checked;
  one.dispatchEvent(new Event("change", { bubbles: true }));
}

/** Chooses every row between the last that was chosen and this one. */
function chooseRange(to: HTMLInputElement): void {
  const list = to.closest("[data-list]");
  if (!list || !lastChosen?.isConnected) return;
  const all = boxes(list);
  const [from, until] = [all.indexOf(lastChosen), all.indexOf(to)].sort((one, other) => one - other);
  for (const between of all.slice(from, (until ?? 0) + 1)) choose(between, to.checked);
}

const ACTIONS: Record<string, (row: HTMLElement) => void> = {
  Enter: (row) => row.querySelector<HTMLElement>("a[href], [data-opens]")?.click(),
  x: (row) => box(row)?.click(),
  e: (row) => row.querySelector<HTMLElement>("[data-edits]")?.click(),
  ".": (row) => {
    const opener = row.querySelector<HTMLElement>("[popovertarget]");
    opener?.scrollIntoView({ block: "nearest", inline: "nearest" });
    opener?.click();
  },
};

function onKey(event: KeyboardEvent): void {
  const busy = event.defaultPrevented || event.isComposing || event.metaKey || event.ctrlKey || event.altKey;
  if (busy || isTyping(event.target) || document.querySelector("dialog:modal, .menu:popover-open")) return;
  const all = rows();
  if (all.length === 0) return;
  const at = focused?.isConnected ? all.indexOf(focused) : -1;
  if (event.key === "j") focus(all[Math.min(at + 1, all.length - 1)]);
  else if (event.key === "k") focus(all[Math.max(at - 1, 0)]);
  else if (event.key === "Escape") unchoose();
  else if (focused && at >= 0 && isOn(focused, event.target)) {
    const act = ACTIONS[event.key];
    if (!act) return;
    act(focused);
  } else return;
  if (event.key !== "Escape") event.preventDefault();
}

/** Returns whether a key was meant for the row: Enter on a button in it is the button's. */
function isOn(row: HTMLElement, target: EventTarget | null): boolean {
  return target === row || target === document.body || !(target instanceof Element && row.contains(target));
}

function unchoose(): void {
  for (const one of document.querySelectorAll<HTMLInputElement>("[data-list] .checkbox:checked")) choose(one, false);
}

export function startLists(): void {
  document.addEventListener("keydown", onKey);
  document.addEventListener("click", (event) => {
    const clicked = closest<HTMLInputElement>(event, "[data-item] input[type=checkbox].checkbox");
    if (clicked) {
      if (event.shiftKey) chooseRange(clicked);
      lastChosen = clicked;
    } else if (closest(event, "[data-choose-none]")) unchoose();
  });
  document.addEventListener("change", (event) => {
    const head = closest<HTMLInputElement>(event, "[data-choose-all]");
    if (head) {
      const list = (head.closest("form") ?? document).querySelector("[data-list]");
      if (list) for (const one of boxes(list)) choose(one, head.checked);
      return;
    }
    const list = closest(event, "[data-list]");
    if (list && closest(event, "[data-item]")) count(list);
  });
  onEach<HTMLElement>("[data-list]", count);
}
