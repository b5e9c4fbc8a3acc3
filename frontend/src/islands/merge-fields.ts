// Buttons with data-insert put their text into the field of the form that was written in last, where the caret is.

export function start(form: HTMLElement): void {
  const fields = [...form.querySelectorAll<HTMLInputElement | HTMLTextAreaElement>("#subject, #body")];
  let last = fields.at(-1);
  form.addEventListener("focusin", (event) => {
    last = fields.find((field) => field === event.target) ?? last;
  });
  form.addEventListener("click", (event) => {
    const button = event.target instanceof Element ? event.target.closest<HTMLElement>("[data-insert]") : null;
    if (!button || !last) return;
    last.setRangeText(button.dataset.insert ?? "", last.selectionStart ?? 0, last.selectionEnd ?? 0, "end");
    last.focus();
    last.dispatchEvent(new Event("input", { bubbles: true }));
  });
}
