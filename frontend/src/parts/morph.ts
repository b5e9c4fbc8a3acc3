// hx-swap="morph" and "morph:innerHTML": what arrives is made out of what stands there, so that the focus, the caret, what
// is scrolled, opened and chosen stay. What somebody is filling in stays as a whole, until they are done with it.
import htmx from "htmx.org";
import { Idiomorph } from "idiomorph";
import { isTyping } from "./dom";
import { type Control, hasChanged } from "./edit";

const MARKED = "[data-item][id], .item[id], .comment[id], form.edit[id]";
const MARKED_MS = 2400;
/** What pages keep in attributes of their own, about which what arrives knows nothing. */
const KEPT = new Set(["open", "style", "aria-expanded", "data-focused", "data-changed", "data-unsaved", "data-fits"]);

export type Way = "outerHTML" | "innerHTML";

/** Makes one element out of new content; what has changed in it is marked for a moment where `marks` says so. */
export function morph(target: Element, content: Element | HTMLCollection, way: Way, marks: boolean): Node[] {
  const before = marks ? contentsIn(target) : null;
  const { id } = target;
  const nodes = Idiomorph.morph(target, content, {
    morphStyle: way,
    callbacks: {
      beforeNodeMorphed: (old) => !isLeftAlone(old),
      beforeNodeRemoved: (old) => !(old instanceof Element && isHeld(old)),
      beforeAttributeUpdated: (name, element) => !isOwn(name, element),
    },
  });
  if (before) mark(document.getElementById(id) ?? target, before);
  return nodes instanceof Promise ? [] : nodes;
}

/** Returns whether somebody is filling something in, in an element. */
export function isHeld(element: Element): boolean {
  const forms = [...element.querySelectorAll("form")];
  if (element instanceof HTMLFormElement) forms.push(element);
  return forms.some(isBeingFilledIn);
}

/** Returns whether something in an element is being carried elsewhere. */
export function isCarried(element: Element): boolean {
  return element.querySelector("[data-carried], [data-left], [data-picked]") !== null;
}

function isLeftAlone(node: Node): boolean {
  if (!(node instanceof Element)) return false;
  return node.matches("[data-combobox]") || (node instanceof HTMLFormElement && isBeingFilledIn(node));
}

function isBeingFilledIn(form: HTMLFormElement): boolean {
  // A form around a list is there for what is chosen in it; rows keep that by themselves.
  if (form.querySelector("[data-item]")) return false;
  const isFocused = form.contains(document.activeElement) && isTyping(document.activeElement);
  return isFocused || form.querySelector(".conflict, .field-error") !== null || controlsOf(form).some(isDirty);
}

function controlsOf(form: HTMLFormElement): Control[] {
  return [...form.querySelectorAll<Control>("input:not([type=hidden]), textarea, select")];
}

function isDirty(control: Control): boolean {
  if (control instanceof HTMLSelectElement && ![...control.options].some((option) => option.defaultSelected)) {
    return control.selectedIndex > 0;
  }
  return hasChanged(control);
}

function isOwn(name: string, element: Element): boolean {
  if (name === "checked") return element.matches("[data-item] .checkbox, [data-choose-all]");
  return KEPT.has(name) || (name === "tabindex" && element.matches("[data-item]"));
}

/** Returns what rows say, by their ids, apart from how long ago things were. */
function contentsIn(place: Element): Map<string, string> {
  return new Map(rowsIn(place).map((one) => [one.id, contentOf(one)]));
}

function rowsIn(place: Element): HTMLElement[] {
  const rows = [...place.querySelectorAll<HTMLElement>(MARKED)];
  return place instanceof HTMLElement && place.matches(MARKED) ? [place, ...rows] : rows;
}

function contentOf(element: Element): string {
  const copy = element.cloneNode(true) as Element;
  for (const time of copy.querySelectorAll("time, .unseen")) time.remove();
  const fields = [...copy.querySelectorAll("input:not([type=hidden])")].map((field) => field.getAttribute("value"));
  const bars = [...copy.querySelectorAll("progress")].map(({ value, max }) => `${value}/${max}`);
  const place = element.closest<HTMLElement>(".column, [data-phase]")?.dataset;
  return [copy.textContent.replace(/\s+/g, " ").trim(), ...fields, ...bars, place?.key ?? place?.phase].join("|");
}

function mark(place: Element, before: Map<string, string>): void {
  for (const one of rowsIn(place)) {
    if (before.get(one.id) === contentOf(one) || one.parentElement?.closest("[data-changed]")) continue;
    showChange(one);
  }
}

/** Marks an element for a moment as changed by somebody else. */
export function showChange(element: HTMLElement): void {
  element.dataset.changed = "";
  window.setTimeout(() => delete element.dataset.changed, MARKED_MS);
}

let marksNext = false;

/** Has the swap that htmx is about to do mark what it changes. */
export function markNext(marks: boolean): void {
  marksNext = marks;
}

export function startMorphing(): void {
  const ways: Record<string, Way> = { morph: "outerHTML", "morph:innerHTML": "innerHTML" };
  htmx.defineExtension("morph", {
    isInlineSwap: (style) => ways[style] === "outerHTML",
    handleSwap: (style, target, fragment) => {
      const way = ways[style];
      if (!way || !(target instanceof Element)) return false;
      return morph(target, (fragment as DocumentFragment).children, way, marksNext);
    },
  });
}
