// form[data-guard] says that it holds something unsaved, and asks before the page is left with it.
import { closest } from "./dom";

export function startGuard(): void {
  document.addEventListener("input", (event) => {
    const form = closest<HTMLFormElement>(event, "form[data-guard]");
    if (form) form.dataset.unsaved = "";
  });
  const settle = (event: Event): void => {
    const form = closest<HTMLFormElement>(event, "form[data-guard]");
    if (form) delete form.dataset.unsaved;
  };
  document.addEventListener("submit", settle);
  document.addEventListener("reset", settle);
  window.addEventListener("beforeunload", (event) => {
    if (document.querySelector("form[data-unsaved]")) event.preventDefault();
  });
  // A dialog that holds something unsaved is closed by its own buttons only.
  document.addEventListener(
    "cancel",
    (event) => {
      const unsaved = closest(event, "dialog")?.querySelector<HTMLFormElement>("form[data-unsaved]");
      if (!unsaved) return;
      if (window.confirm("Close without saving what you typed?")) delete unsaved.dataset.unsaved;
      else event.preventDefault();
    },
    true,
  );
}
