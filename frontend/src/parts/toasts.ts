// Words on what was done, at the bottom of the page: those that the page came with, and those of a "toast" event, which
// an answer to htmx carries as HX-Trigger: {"toast": {"text": "…", "undo": "/path"}}.
import { closest, csrfToken, icon, make, onEach } from "./dom";

const SHOWN_MS = 6000;
const WITH_UNDO_MS = 12_000;
const LEAVING_MS = 200;

interface Told {
  text?: string;
  undo?: string | null;
}

/** Shows a word on what was done, or on what failed; `undo` is the path to which a form takes it back. */
export function showToast(text: string, kind: "success" | "failure" = "success", undo?: string | null): void {
  const toast = made(text, kind);
  if (undo) {
    const form = make("form", { method: "post", action: undo });
    form.append(
      make("input", { type: "hidden", name: "csrf", value: csrfToken() }),
      make("button", { class: "button small undo" }, "Undo"),
    );
    toast.append(form);
  }
  add(toast);
  leaveLater(toast);
}

/** Shows words that stay until somebody has read them, with a link to what can be done. */
export function keepToast(text: string, link: string, address: string): void {
  const toast = made(text, "failure");
  toast.append(make("a", { class: "button small", href: address }, link));
  add(toast);
}

function made(text: string, kind: "success" | "failure"): HTMLElement {
  const toast = make("div", { class: `toast ${kind}`, "data-toast": "" });
  toast.append(icon(kind === "success" ? "circle-check" : "circle-alert"), make("span", {}, text));
  return toast;
}

function add(toast: HTMLElement): void {
  const close = make("button", {
    type: "button",
    class: "button ghost small square",
    "aria-label": "Dismiss",
    "data-dismiss": "",
  });
  close.append(icon("x"));
  toast.append(close);
  let place = document.querySelector(".toasts");
  if (!place) {
    place = make("div", { class: "toasts", role: "status" });
    document.body.append(place);
  }
  place.append(toast);
}

function leaveLater(toast: HTMLElement): void {
  const wait = toast.querySelector("form") ? WITH_UNDO_MS : SHOWN_MS;
  let timer = window.setTimeout(() => leave(toast), wait);
  // It stays for as long as somebody reads it or is about to use it.
  const stay = (): void => window.clearTimeout(timer);
  const go = (): void => {
    timer = window.setTimeout(() => leave(toast), wait);
  };
  toast.addEventListener("pointerenter", stay);
  toast.addEventListener("pointerleave", go);
  toast.addEventListener("focusin", stay);
  toast.addEventListener("focusout", go);
}

function leave(toast: HTMLElement): void {
  toast.dataset.leaving = "";
  window.setTimeout(() => toast.remove(), LEAVING_MS);
}

export function startToasts(): void {
  onEach<HTMLElement>("[data-toast]", leaveLater);
  document.addEventListener("click", (event) => {
    const toast = closest(event, "[data-dismiss]")?.closest<HTMLElement>("[data-toast]");
    if (toast) leave(toast);
  });
  document.addEventListener("toast", (event) => {
    const { text, undo } = (event as CustomEvent<Told>).detail;
    if (text) showToast(text, "success", undo);
  });
}
