// A .table-wrap.sticky whose table fits says so by data-fits: then its header may stay in view while the page scrolls. One
// that does not fit scrolls sideways by itself instead.
import { onEach } from "./dom";

export function startTables(): void {
  const observer = new ResizeObserver((entries) => {
    for (const wrap of new Set(entries.map(({ target }) => target.closest<HTMLElement>(".table-wrap.sticky")))) {
      wrap?.toggleAttribute("data-fits", wrap.scrollWidth <= wrap.clientWidth);
    }
  });
  onEach<HTMLElement>(".table-wrap.sticky", (wrap) => {
    observer.observe(wrap);
    for (const table of wrap.children) observer.observe(table);
  });
}
