// Text areas grow with what is typed, in browsers whose CSS does not do it.
import { closest, onEach } from "./dom";

function fit(area: HTMLTextAreaElement): void {
  area.style.height = "auto";
  area.style.height = `${area.scrollHeight + area.offsetHeight - area.clientHeight}px`;
}

export function startAutosize(): void {
  if (CSS.supports("field-sizing: content")) return;
  onEach<HTMLTextAreaElement>("textarea.input", fit);
  document.addEventListener("input", (event) => {
    const area = closest<HTMLTextAreaElement>(event, "textarea.input");
    if (area) fit(area);
  });
}
