// Values that are edited in place: form[data-edit]. Enter saves, and so does leaving; Escape restores. What was saved
// comes back from the server as the form anew, with data-saved, and says so for a second.
import { closest } from "./dom";

export type Control = HTMLInputElement | HTMLTextAreaElement | HTMLSelectElement;

function controls(form: HTMLFormElement): Control[] {
  return [...form.elements].filter(
    (one): one is Control =>
      one instanceof HTMLInputElement || one instanceof HTMLTextAreaElement || one instanceof HTMLSelectElement,
  );
}

/** Returns whether somebody has put something else into a control than the page came with. */
export function hasChanged(control: Control): boolean {
  if (control instanceof HTMLSelectElement) {
    return [...control.options].some((option) => option.selected !== option.defaultSelected);
  }
  if (control instanceof HTMLInputElement && ["checkbox", "radio"].includes(control.type)) {
    return control.checked !== control.defaultChecked;
  }
  return control.value !== control.defaultValue;
}

function save(form: HTMLFormElement): void {
  if (controls(form).some(hasChanged) && !form.matches(".htmx-request")) form.requestSubmit();
}

/** What a form held when it was sent, and of the one that is replaced, which control had the focus. */
const sent = new WeakMap<HTMLFormElement, string>();
let focused: { form: string; control: string } | null = null;

function contentOf(form: HTMLFormElement): string {
  return JSON.stringify([...new FormData(form)].map(([name, value]) => [name, String(value)]));
}

/** Keeps a form that somebody went on typing in, and otherwise remembers where the focus was in it. */
function onSwap(event: Event): void {
  const form = closest<HTMLFormElement>(event, "form[data-edit]");
  const { detail } = event as CustomEvent<{ target: Element; shouldSwap: boolean }>;
  if (!form || detail.target !== form) return;
  if (sent.get(form) !== contentOf(form)) detail.shouldSwap = false;
  const control = document.activeElement;
  const isControl = control instanceof HTMLElement && form.contains(control);
  focused = isControl ? { form: form.id, control: control.getAttribute("name") ?? "" } : null;
}

function restoreFocus(event: Event): void {
  const form = event.target;
  if (!(form instanceof HTMLFormElement && focused && form.id === focused.form)) return;
  const control = form.elements.namedItem(focused.control);
  focused = null;
  if (!(control instanceof HTMLElement)) return;
  control.focus({ preventScroll: true });
  if (control instanceof HTMLInputElement && control.selectionStart !== null) {
    control.setSelectionRange(control.value.length, control.value.length);
  }
}

export function startEditing(): void {
  document.addEventListener("htmx:beforeRequest", (event) => {
    const form = closest<HTMLFormElement>(event, "form[data-edit]");
    if (form) sent.set(form, contentOf(form));
  });
  document.addEventListener("htmx:beforeSwap", onSwap);
  document.addEventListener("htmx:load", restoreFocus);
  document.addEventListener("change", (event) => {
    const form = closest<HTMLFormElement>(event, "form[data-edit]");
    if (form) save(form);
  });
  document.addEventListener("keydown", (event) => {
    const form = closest<HTMLFormElement>(event, "form[data-edit]");
    if (!form || event.defaultPrevented || event.isComposing || !(event.target instanceof HTMLElement)) return;
    if (event.key === "Escape") {
      form.reset();
      event.target.blur();
    } else if (
      event.key === "Enter" &&
      event.target instanceof HTMLTextAreaElement &&
      (event.metaKey || event.ctrlKey)
    ) {
      event.preventDefault();
      save(form);
    } else if (event.key === "Enter" && event.target instanceof HTMLInputElement) {
      event.preventDefault();
      save(form);
    }
  });
}
