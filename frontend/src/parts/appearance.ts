// The theme and the sidebar: [data-set-theme=light|dark|system] and [data-toggle=sidebar].
import { closest, onEach } from "./dom";

const root = document.documentElement;

function keep(name: string, value: string | null): void {
  try {
    if (value === null) localStorage.removeItem(name);
    else localStorage.setItem(name, value);
  } catch {
    // Storage that is switched off: the choice lasts as long as the page.
  }
}

function markTheme(control: HTMLElement): void {
  const chosen = control.dataset.setTheme === (root.dataset.theme ?? "system");
  control.setAttribute(control.matches("[role=menuitemradio]") ? "aria-checked" : "aria-pressed", String(chosen));
}

function markSidebar(control: HTMLElement): void {
  control.setAttribute("aria-expanded", String(root.dataset.sidebar !== "closed"));
}

/** Whoever signs out leaves nothing behind of what they looked at: the next one at this browser may be somebody else. */
function forgetRecent(): void {
  try {
    for (const name of Object.keys(localStorage)) if (name.startsWith("recent:")) localStorage.removeItem(name);
  } catch {
    // Storage that is switched off has kept nothing.
  }
}

export function startAppearance(): void {
  document.addEventListener("submit", ({ target }) => {
    if (target instanceof HTMLFormElement && target.getAttribute("action") === "/sign-out") forgetRecent();
  });
  // On a phone the places of the settings are a line that may be longer than the screen.
  document.querySelector(".settings > nav [aria-current]")?.scrollIntoView({ block: "nearest", inline: "center" });
  onEach("[data-set-theme]", markTheme);
  onEach("[data-toggle=sidebar]", markSidebar);
  document.addEventListener("click", (event) => {
    const theme = closest(event, "[data-set-theme]")?.dataset.setTheme;
    if (theme !== undefined) {
      if (theme === "system") delete root.dataset.theme;
      else root.dataset.theme = theme;
      keep("theme", theme === "system" ? null : theme);
      for (const control of document.querySelectorAll<HTMLElement>("[data-set-theme]")) markTheme(control);
    } else if (closest(event, "[data-toggle=sidebar]")) {
      if (root.dataset.sidebar === "closed") delete root.dataset.sidebar;
      else root.dataset.sidebar = "closed";
      keep("sidebar", root.dataset.sidebar ?? null);
      for (const control of document.querySelectorAll<HTMLElement>("[data-toggle=sidebar]")) markSidebar(control);
    }
  });
}
