// Runs before anything is painted: the theme, whether the sidebar stands open, and the language of the docs'
// samples, as chosen in this browser.
const root = document.documentElement;
root.dataset.script = "";
try {
  const theme = localStorage.getItem("theme");
  if (theme === "light" || theme === "dark") root.dataset.theme = theme;
  const language = localStorage.getItem("docs-language");
  if (language) root.dataset.language = language;
  if (localStorage.getItem("sidebar") === "closed") root.dataset.sidebar = "closed";
} catch {
  // Storage that is switched off: the system's theme, then.
}
