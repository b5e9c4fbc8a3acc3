// Runs before anything is painted: the theme, and whether the sidebar stands open, as chosen in this browser.
const root = document.documentElement;
root.dataset.script = "";
try {
  const theme = localStorage.getItem("theme");
  if (theme === "light" || theme === "dark") root.dataset.theme = theme;
  if (localStorage.getItem("sidebar") === "closed") root.dataset.sidebar = "closed";
} catch {
  // Storage that is switched off: the system's theme, then.
}
