// Islands: elements that need more than HTML. [data-island=name] loads the module of that name once it is in the page.
import { onEach } from "./dom";

/** A module of src/islands/: `start` makes one element work. */
export interface Island {
  start(element: HTMLElement): void;
}

const ISLANDS: Record<string, () => Promise<Island>> = {
  combobox: () => import("../islands/combobox"),
  composer: () => import("../islands/composer"),
  gantt: () => import("../islands/gantt"),
  mentions: () => import("../islands/mentions"),
  plan: () => import("../islands/plan"),
};
const started = new WeakSet<HTMLElement>();

export function startIslands(): void {
  onEach<HTMLElement>("[data-island]", async (element) => {
    if (started.has(element)) return;
    started.add(element);
    const module = await ISLANDS[element.dataset.island ?? ""]?.();
    module?.start(element);
  });
}
