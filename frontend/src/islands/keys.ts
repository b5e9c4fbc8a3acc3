// A button that opens a dialog with every key that works on this page: those that elements carry as data-keys, and those
// of lists where the page has one.
import { make } from "../parts/dom";

const ON_LISTS: [string, string][] = [
  ["j", "Next row"],
  ["k", "Previous row"],
  ["Enter", "Open"],
  ["x", "Choose"],
  ["e", "Edit"],
  [".", "Actions"],
  ["Escape", "Choose nothing"],
];
const PICTURES: Record<string, string> = {
  Enter: "↵",
  Escape: "Esc",
  Mod: /Mac|iP/.test(navigator.platform) ? "⌘" : "Ctrl",
};

/** Returns the keys as they are written on a keyboard: "Mod+k" is ⌘ K. */
function picture(keys: string): HTMLElement {
  const parts = keys.split(/[ +]/).filter(Boolean);
  return make("span", {}, ...parts.map((part) => make("kbd", {}, PICTURES[part] ?? part.toUpperCase())));
}

function section(title: string, entries: Iterable<[string, string]>): HTMLElement {
  const lines = [...entries].map(([keys, label]) => make("div", {}, make("span", {}, label), picture(keys)));
  return make("section", {}, make("h3", {}, title), ...lines);
}

/** Returns what a control says, without the keys and counts that stand in it. */
function wordsOf(element: HTMLElement): string {
  const copy = element.cloneNode(true) as HTMLElement;
  for (const key of copy.querySelectorAll("kbd, .pip")) key.remove();
  return copy.textContent.trim();
}

function showKeys(): void {
  const found = new Map<string, string>();
  for (const element of document.querySelectorAll<HTMLElement>("[data-keys]")) {
    const label = element.dataset.tip ?? element.getAttribute("aria-label") ?? wordsOf(element);
    if (element.dataset.keys && label && !found.has(element.dataset.keys)) found.set(element.dataset.keys, label);
  }
  const goes = [...found].filter(([keys]) => keys.startsWith("g "));
  const does = [...found].filter(([keys]) => !keys.startsWith("g "));
  const sections = [section("On this page", does), section("Go to", goes)];
  if (document.querySelector("[data-list]")) sections.push(section("In lists", ON_LISTS));
  const close = make("button", { type: "button", class: "button", "data-close": "" }, "Close");
  const dialog = make(
    "dialog",
    { class: "dialog wide", "aria-label": "Keys" },
    make(
      "div",
      { class: "dialog-frame" },
      make("div", { class: "dialog-head" }, make("h2", {}, "Keys")),
      make("div", { class: "dialog-body" }, make("div", { class: "keys" }, ...sections)),
      make("div", { class: "dialog-foot" }, close),
    ),
  );
  dialog.addEventListener("close", () => dialog.remove());
  document.body.append(dialog);
  dialog.showModal();
}

export function start(button: HTMLElement): void {
  button.addEventListener("click", showKeys);
}
