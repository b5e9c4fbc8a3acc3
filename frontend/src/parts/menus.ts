// Menus are popovers that open without us; here they get arrow keys, a place where the browser finds none, and close
// when something was chosen.
import { closest, isShown } from "./dom";

const ITEMS = ".menu-item:not([disabled], [aria-disabled=true])";

function items(menu: Element): HTMLElement[] {
  return [...menu.querySelectorAll<HTMLElement>(ITEMS)].filter(isShown);
}

export function startMenus(): void {
  document.addEventListener("toggle", onToggle, true);
  document.addEventListener("keydown", onKey);
  document.addEventListener("click", (event) => {
    const menu = closest(event, ".menu-item")?.closest<HTMLElement>(".menu[popover]");
    if (menu?.matches(":popover-open")) menu.hidePopover();
  });
}

function onToggle(event: Event): void {
  const menu = event.target;
  if (!(menu instanceof HTMLElement && menu.matches(".menu[popover]"))) return;
  const opens = (event as ToggleEvent).newState === "open";
  const opener = document.querySelector<HTMLElement>(`[popovertarget="${CSS.escape(menu.id)}"]`);
  opener?.setAttribute("aria-expanded", String(opens));
  if (!opens) return;
  if (opener && !CSS.supports("position-area: block-end")) place(menu, opener);
  (menu.querySelector<HTMLElement>("[autofocus]") ?? items(menu)[0])?.focus();
}

/** Puts a menu below what opened it, in browsers that do not know anchors. */
function place(menu: HTMLElement, opener: HTMLElement): void {
  const box = opener.getBoundingClientRect();
  const left = menu.matches(".end") ? box.right - menu.offsetWidth : box.left;
  const below = box.bottom + menu.offsetHeight < innerHeight;
  menu.style.position = "fixed";
  menu.style.left = `${Math.max(8, Math.min(left, innerWidth - menu.offsetWidth - 8))}px`;
  menu.style.top = `${below ? box.bottom : Math.max(8, box.top - menu.offsetHeight - 8)}px`;
}

function onKey(event: KeyboardEvent): void {
  const menu = closest(event, ".menu[popover]");
  if (!menu) return;
  const all = items(menu);
  const at = all.indexOf(document.activeElement as HTMLElement);
  const next = {
    ArrowDown: all[(at + 1) % all.length],
    ArrowUp: all[(at - 1 + all.length) % all.length],
    Home: all[0],
    End: all.at(-1),
  }[event.key];
  if (next) {
    event.preventDefault();
    next.focus();
  } else if (event.key.length === 1 && /\S/.test(event.key) && !event.metaKey && !event.ctrlKey && at >= 0) {
    // A letter leads to the next item that begins with it.
    const turned = [...all.slice(at + 1), ...all.slice(0, at + 1)];
    turned.find((item) => item.textContent.trim().toLowerCase().startsWith(event.key.toLowerCase()))?.focus();
  }
}
