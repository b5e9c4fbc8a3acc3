// A form that is on its way is not sent a second time by a second click: until the next page is there, or it is clear that
// none comes. Forms that htmx sends stay where they are and see to it themselves.
const GIVEN_UP_MS = 5000;

export function startOnce(): void {
  const sent = new WeakMap<HTMLFormElement, number>();
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (!(form instanceof HTMLFormElement) || event.defaultPrevented || form.method !== "post") return;
    const now = Date.now();
    if (now - (sent.get(form) ?? 0) < GIVEN_UP_MS) event.preventDefault();
    else sent.set(form, now);
  });
  // Back from the next page, as the browser kept this one.
  window.addEventListener("pageshow", (event) => {
    if (event.persisted) for (const form of document.forms) sent.delete(form);
  });
}
