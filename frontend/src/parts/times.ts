// <time data-relative datetime="…"> keeps telling how long ago it is, in the words of the server, and when exactly in the
// reader's own time zone.
import { onEach } from "./dom";

const MINUTE = 60;
const HOUR = 3600;
const DAY = 86_400;
const REFRESH_MS = 30_000;
const exact = new Intl.DateTimeFormat(undefined, { dateStyle: "full", timeStyle: "short" });

function distance(days: number): string {
  if (days === 0) return "today";
  if (days === 1) return "yesterday";
  if (days <= 60) return `${days} days ago`;
  if (days <= 700) return `${Math.round(days / 30.4)} months ago`;
  return `${Math.round(days / 365.25)} years ago`;
}

/** Returns how long before `now` something was, both in milliseconds since 1970. */
export function ago(then: number, now: number): string {
  const seconds = Math.max(0, Math.floor((now - then) / 1000));
  if (seconds < MINUTE) return "just now";
  if (seconds < HOUR) return `${Math.floor(seconds / MINUTE)} min ago`;
  if (seconds < DAY) return `${Math.floor(seconds / HOUR)} h ago`;
  return distance(Math.floor(now / 1000 / DAY) - Math.floor(then / 1000 / DAY));
}

function tell(time: HTMLTimeElement): void {
  const then = Date.parse(time.dateTime);
  if (Number.isNaN(then)) return;
  const words = ago(then, Date.now());
  if (time.textContent !== words) time.textContent = words;
}

export function startTimes(): void {
  onEach<HTMLTimeElement>("time[data-relative]", (time) => {
    const then = Date.parse(time.dateTime);
    if (!Number.isNaN(then)) time.title = exact.format(then);
  });
  const refresh = (): void => {
    for (const time of document.querySelectorAll<HTMLTimeElement>("time[data-relative]")) tell(time);
  };
  window.setInterval(refresh, REFRESH_MS);
  document.addEventListener("visibilitychange", () => {
    if (!document.hidden) refresh();
  });
}
