// Small tools for the page as it stands and as it changes.

/** Calls `use` with every element that a selector finds, now and in everything that htmx brings later. */
export function onEach<Kind extends Element>(selector: string, use: (element: Kind) => void): void {
  const look = (root: ParentNode): void => {
    if (root instanceof Element && root.matches(selector)) use(root as Kind);
    for (const element of root.querySelectorAll<Kind>(selector)) use(element);
  };
  look(document);
  document.addEventListener("htmx:load", (event) => {
    if (event.target instanceof Element) look(event.target);
  });
}

/** Returns the element that an event came from, or the nearest one around it, that a selector finds. */
export function closest<Kind extends Element = HTMLElement>(event: Event, selector: string): Kind | null {
  return event.target instanceof Element ? event.target.closest<Kind>(selector) : null;
}

/** Returns whether keys pressed now are text that somebody types. */
export function isTyping(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false;
  if (target.isContentEditable || target instanceof HTMLTextAreaElement || target instanceof HTMLSelectElement)
    return true;
  return (
    target instanceof HTMLInputElement && !["checkbox", "radio", "button", "submit", "range"].includes(target.type)
  );
}

/** Returns whether an element can be seen, and so used. */
export function isShown(element: HTMLElement): boolean {
  return element.checkVisibility({ visibilityProperty: true }) && !element.matches(":disabled");
}

/** Returns a new element with a class, attributes and children. */
export function make<Name extends keyof HTMLElementTagNameMap>(
  name: Name,
  attributes: Record<string, string> = {},
  ...children: (Node | string)[]
): HTMLElementTagNameMap[Name] {
  const element = document.createElement(name);
  for (const [attribute, value] of Object.entries(attributes)) element.setAttribute(attribute, value);
  element.append(...children);
  return element;
}

/** Returns an icon of the sprite that the page names in `<html data-icons>`. */
export function icon(name: string): SVGSVGElement {
  const namespace = "http://www.w3.org/2000/svg";
  const svg = document.createElementNS(namespace, "svg");
  svg.setAttribute("class", "icon");
  svg.setAttribute("aria-hidden", "true");
  const use = document.createElementNS(namespace, "use");
  use.setAttribute("href", `${document.documentElement.dataset.icons ?? ""}#${name}`);
  svg.append(use);
  return svg;
}

/** Returns the token that every request which changes something has to carry. */
export function csrfToken(): string {
  return document.querySelector<HTMLMetaElement>("meta[name=csrf]")?.content ?? "";
}
