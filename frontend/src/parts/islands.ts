// Islands: elements that need more than HTML. [data-island=name] loads the module of that name once it is in the page.
import { onEach } from "./dom";

/** A module of src/islands/: `start` makes one element work. */
export interface Island {
  start(element: HTMLElement): void;
}

const ISLANDS: Record<string, () => Promise<Island>> = {
  board: () => import("../islands/board"),
  colour: () => import("../islands/colour"),
  composer: () => import("../islands/composer"),
  gantt: () => import("../islands/gantt"),
  keys: () => import("../islands/keys"),
  mentions: () => import("../islands/mentions"),
  "merge-fields": () => import("../islands/merge-fields"),
  palette: () => import("../islands/palette"),
  plan: () => import("../islands/plan"),
  sortable: () => import("../islands/sortable"),
  "try-it": () => import("../islands/try-it"),
};
const started = new WeakSet<HTMLElement>();

export function startIslands(): void {
  onEach<HTMLElement>("[data-island]", async (element) => {
    if (started.has(element)) return;
    started.add(element);
    let clicked = false;
    const remember = (): void => {
      clicked = true;
    };
    element.addEventListener("click", remember);
    const module = await ISLANDS[element.dataset.island ?? ""]?.();
    element.removeEventListener("click", remember);
    module?.start(element);
    // A button that was quicker than its module.
    if (clicked && element instanceof HTMLButtonElement) element.click();
  });
}
