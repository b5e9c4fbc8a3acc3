// [data-tip] says what a control without words does, and [data-keys] by which keys: on hovering, and with the focus.
import { closest, make } from "./dom";

const WAIT_MS = 400;
let tip: HTMLElement | null = null;
let timer = 0;

function hide(): void {
  window.clearTimeout(timer);
  tip?.remove();
  tip = null;
}

function show(control: HTMLElement): void {
  hide();
  if (!control.isConnected || control.getAttribute("aria-expanded") === "true") return;
  // The control carries the words for those who hear the page, so the tip is for eyes only.
  tip = make("div", { class: "tip", popover: "manual", "aria-hidden": "true" }, control.dataset.tip ?? "");
  for (const key of control.dataset.keys?.split(" ") ?? []) tip.append(make("kbd", {}, key));
  (control.closest("dialog") ?? document.body).append(tip);
  tip.showPopover();
  const box = control.getBoundingClientRect();
  const top = box.bottom + tip.offsetHeight + 12 < innerHeight ? box.bottom + 6 : box.top - tip.offsetHeight - 6;
  const left = box.left + (box.width - tip.offsetWidth) / 2;
  tip.style.top = `${top}px`;
  tip.style.left = `${Math.max(8, Math.min(left, innerWidth - tip.offsetWidth - 8))}px`;
}

export function startTips(): void {
  document.addEventListener("pointerover", (event) => {
    const control = closest(event, "[data-tip]");
    if (!control || event.pointerType === "touch") return;
    window.clearTimeout(timer);
    timer = window.setTimeout(show, WAIT_MS, control);
  });
  document.addEventListener("pointerout", (event) => {
    if (closest(event, "[data-tip]")) hide();
  });
  document.addEventListener("focusin", (event) => {
    const control = closest(event, "[data-tip]");
    if (control?.matches(":focus-visible")) show(control);
    else hide();
  });
  document.addEventListener("focusout", hide);
  document.addEventListener("click", hide, true);
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape") hide();
  });
}
