// Keys that lead somewhere: a link, button or field with data-keys="g c" is clicked, or focused, when they are pressed.
// "Mod" is ⌘ on a Mac and Ctrl elsewhere: data-keys="Mod+k".
import { isShown, isTyping } from "./dom";

const SEQUENCE_MS = 1200;
let pressed = "";
let timer = 0;

/** Returns the element that a sequence of keys is for; where several are, one in the open dialog or the first shown. */
function find(keys: string): HTMLElement | undefined {
  const around = document.querySelector("dialog:modal") ?? document;
  const all = around.querySelectorAll<HTMLElement>("[data-keys]");
  return [...all].find((element) => element.dataset.keys === keys && (isShown(element) || element.matches("a[href]")));
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
