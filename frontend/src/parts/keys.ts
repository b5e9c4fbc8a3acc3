// Keys that lead somewhere: a link, button or field with data-keys="g c" is clicked, or focused, when they are pressed.
// "Mod" is ⌘ on a Mac and Ctrl elsewhere: data-keys="Mod+k".
import { isShown, isTyping } from "./dom";

const SEQUENCE_MS = 1200;
let pressed = "";
let timer = 0;

/** Returns whether keys may reach an element: also one in a menu or sidebar that is closed, but not in a closed dialog. */
function isReachable(element: HTMLElement): boolean {
  if (isTyping(element)) return isShown(element);
  return !element.matches(":disabled") && !element.closest("dialog:not([open]), [hidden]");
}

/** Returns the element that a sequence of keys is for: of those in the open dialog, or of all, the first. */
function find(keys: string): HTMLElement | undefined {
  const around = document.querySelector("dialog:modal") ?? document;
  const all = around.querySelectorAll<HTMLElement>("[data-keys]");
  return [...all].find((element) => element.dataset.keys === keys && isReachable(element));
}

function begins(keys: string): boolean {
  return [...document.querySelectorAll<HTMLElement>("[data-keys]")].some((one) =>
    one.dataset.keys?.startsWith(`${keys} `),
  );
}

function onKey(event: KeyboardEvent): void {
  if (event.defaultPrevented || event.isComposing || event.altKey) return;
  const withMod = event.metaKey || event.ctrlKey;
  if (!withMod && (isTyping(event.target) || document.querySelector(".menu:popover-open"))) return;
  if (["Shift", "Control", "Meta", "Alt"].includes(event.key)) return;
  const key = withMod ? `Mod+${event.key.toLowerCase()}` : event.key;
  window.clearTimeout(timer);
  const keys = pressed ? `${pressed} ${key}` : key;
  const element = find(keys) ?? find(key);
  pressed = "";
  if (element) {
    event.preventDefault();
    if (isTyping(element)) element.focus();
    else element.click();
  } else if (!withMod && begins(keys)) {
    pressed = keys;
    timer = window.setTimeout(() => {
      pressed = "";
    }, SEQUENCE_MS);
  }
}

export function startKeys(): void {
  document.addEventListener("keydown", onKey);
}
