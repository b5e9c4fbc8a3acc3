// A list that follows what others change: [data-live-rows="/path?filters"] around rows with data-row="customer:ID". Only
// rows that are shown are fetched anew; new ones are counted in what data-live-news names, and come when somebody asks.
import htmx from "htmx.org";
import { isHeld, morph } from "./morph";

const MOST = 100;

/** Fetches the rows that have changed, or all where nobody knows which, and how many are new. */
export async function freshenRows(list: HTMLElement, changed: Set<string> | null, marks: boolean): Promise<void> {
  const shown = [...list.querySelectorAll<HTMLElement>("[data-row]")];
  const touched = shown.filter(({ dataset }) => !changed || changed.has(dataset.row ?? "")).slice(0, MOST);
  const address = new URL(list.dataset.liveRows ?? "", location.href);
  address.searchParams.set("rows", touched.map(({ dataset }) => dataset.row?.split(":")[1] ?? "").join(","));
  address.searchParams.set("made", list.dataset.made ?? "");
  let text: string;
  try {
    const answer = await fetch(address, { headers: { "HX-Request": "true" } });
    if (answer.status !== 200 || answer.redirected) return;
    text = await answer.text();
  } catch {
    return; // The stream tells when the server is back.
  }
  // Rows stand in a table, without which they are no rows.
  const { content } = Object.assign(document.createElement("template"), { innerHTML: text });
  for (const row of touched) {
    const now = content.querySelector(`[data-row="${row.dataset.row}"]`);
    if (!row.isConnected || isHeld(row)) continue;
    if (!now) {
      row.remove();
      continue;
    }
    morph(row, now, "outerHTML", marks);
    htmx.process(row);
    htmx.trigger(row, "htmx:load", {});
  }
  const news = document.getElementById(list.dataset.liveNews ?? "");
  news?.replaceChildren(...(content.querySelector("[data-news]")?.childNodes ?? []));
}
