// A colour to pick or to type: [data-picker] and the text field beside it say the same.
export function start(element: HTMLElement): void {
  const picker = element.querySelector<HTMLInputElement>("[data-picker]");
  const text = element.querySelector<HTMLInputElement>("input[name='accent']");
  if (!picker || !text) return;
  picker.disabled = false;
  picker.addEventListener("input", () => {
    text.value = picker.value.toUpperCase();
  });
  text.addEventListener("input", () => {
    const digits = text.value.trim().replace(/^#/, "");
    if (/^[0-9a-f]{6}$/i.test(digits)) picker.value = `#${digits.toLowerCase()}`;
  });
}
