// [data-copy="text"], or [data-copy-from="#field"], puts text on the clipboard; [data-reveal="#field"] shows a secret.
import { closest } from "./dom";
import { showToast } from "./toasts";

const SHOWN_MS = 1500;

async function copy(control: HTMLElement): Promise<void> {
  const field = control.dataset.copyFrom ? document.querySelector<HTMLInputElement>(control.dataset.copyFrom) : null;
  const text = field?.value ?? control.dataset.copy ?? "";
  try {
    await navigator.clipboard.writeText(text);
    control.dataset.copied = "";
    window.setTimeout(() => delete control.dataset.copied, SHOWN_MS);
    if (!control.querySelector(".icon + .icon")) showToast("Copied.");
  } catch {
    // Without a secure address the browser keeps its clipboard to itself.
    field?.select();
    showToast("The browser does not let us copy here. Select the text and copy it.", "failure");
  }
}

export function startCopying(): void {
  document.addEventListener("click", (event) => {
    const copies = closest(event, "[data-copy], [data-copy-from]");
    if (copies) void copy(copies);
    const reveals = closest(event, "[data-reveal]");
    const field = reveals?.dataset.reveal ? document.querySelector<HTMLInputElement>(reveals.dataset.reveal) : null;
    if (reveals && field) {
      field.type = field.type === "password" ? "text" : "password";
      reveals.setAttribute("aria-pressed", String(field.type === "text"));
    }
  });
}
