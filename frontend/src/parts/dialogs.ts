// Links and buttons with data-dialog open a dialog. With the id of one, that; without, what the link leads to is brought
// into a dialog, so that the same page works by itself. [data-close] closes the dialog around it.
import htmx from "htmx.org";
import { closest, isTyping, make } from "./dom";

export function startDialogs(): void {
  document.addEventListener("done", onDone);
  document.addEventListener("click", (event) => {
    const opener = closest(event, "[data-dialog]");
    if (opener && !isElsewhere(event)) {
      event.preventDefault();
      void open(opener);
      return;
    }
    const closer = closest(event, "[data-close]");
    const around = closer?.closest("dialog");
    if (closer && !around) {
      // What stands in a dialog elsewhere is a page here: its link leads away, and its button goes back.
      if (!(closer instanceof HTMLAnchorElement)) history.back();
    } else if (around) {
      event.preventDefault();
      around.requestClose();
    } else if (event.target instanceof HTMLDialogElement && isOutside(event.target, event)) {
      event.target.requestClose();
    }
  });
}

/** Closes the dialog whose form has done what it is for: the answer to it says so by the event "done". */
function onDone(event: Event): void {
  const form = event.target;
  if (!(form instanceof HTMLFormElement && form.parentElement instanceof HTMLDialogElement)) return;
  delete form.dataset.unsaved;
  form.parentElement.close();
}

/** Opens the dialog that a control names, or brings the page that it leads to into a new one. */
async function open(opener: HTMLElement): Promise<void> {
  const id = opener.dataset.dialog;
  if (id) {
    const dialog = document.getElementById(id);
    if (dialog instanceof HTMLDialogElement) dialog.showModal();
    return;
  }
  const address = opener.getAttribute("href");
  if (!address) return;
  const dialog = make("dialog", { class: "dialog", "data-brought": "" });
  document.body.append(dialog);
  dialog.addEventListener("close", () => dialog.remove());
  // All of it, even where the opener stands in something that takes only itself out of answers.
  await htmx.ajax("get", address, { source: opener, target: dialog, swap: "innerHTML", select: "unset" });
  if (!dialog.hasChildNodes()) {
    dialog.remove();
    return;
  }
  const heading = dialog.querySelector("h2");
  if (heading) dialog.setAttribute("aria-label", heading.textContent.trim());
  dialog.showModal();
  const first = dialog.querySelector<HTMLElement>("[autofocus], .input:not([type=hidden])");
  if (first && !isTyping(document.activeElement)) first.focus();
}

/** Returns whether a click opens the link in another tab or window. */
function isElsewhere(event: MouseEvent): boolean {
  return event.metaKey || event.ctrlKey || event.shiftKey || event.button !== 0;
}

function isOutside(dialog: HTMLDialogElement, event: MouseEvent): boolean {
  const box = dialog.getBoundingClientRect();
  const inside =
    event.clientX >= box.left && event.clientX <= box.right && event.clientY >= box.top && event.clientY <= box.bottom;
  // Enter in a field clicks the form's button at (0, 0).
  return !inside && event.detail > 0;
}
