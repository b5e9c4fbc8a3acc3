// Values that are edited in place: form[data-edit]. Enter saves, and so does leaving; Escape restores. What was saved
// comes back from the server as the form anew, with data-saved, and says so for a second.
import { closest } from "./dom";

type Control = HTMLInputElement | HTMLTextAreaElement | HTMLSelectElement;

function controls(form: HTMLFormElement): Control[] {
  return [...form.elements].filter(
    (one): one is Control =>
      one instanceof HTMLInputElement || one instanceof HTMLTextAreaElement || one instanceof HTMLSelectElement,
  );
}

function hasChanged(control: Control): boolean {
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

export function startEditing(): void {
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
