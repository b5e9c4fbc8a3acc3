// A timeline that is wider than its place begins a little before today.
export function start(element: HTMLElement): void {
  const today = Number(element.dataset.today);
  if (element.dataset.today) element.scrollLeft = Math.max(0, today - element.clientWidth / 3);
}
