// The server's stream of what changes (/live): one for a page that is seen, closed while it is not, opened again where it
// ended. Each time the server is told up to when we know of everything, and begins with what came after.
const HIDDEN_MS = 5000;
const FIRST_WAIT_MS = 1000;
const LONGEST_WAIT_MS = 60_000;

export interface Heard {
  changed(topics: string[]): void;
  /** The stream is open again: what concerns one person alone may have been missed, and is not told anew. */
  again(): void;
  over(why: string): void;
}

export class Stream {
  readonly #heard: Heard;
  #source: EventSource | null = null;
  #since: string;
  #wait = FIRST_WAIT_MS;
  #timer = 0;
  #isStarted = false;
  #wasOpen = false;
  #isOver = false;

  constructor(heard: Heard) {
    this.#heard = heard;
    this.#since = document.querySelector<HTMLMetaElement>("meta[name=made]")?.content ?? "";
  }

  /** Begins to listen, once. */
  start(): void {
    if (this.#isStarted) return;
    this.#isStarted = true;
    document.addEventListener("visibilitychange", () => this.#onSight());
    window.addEventListener("online", () => this.#again(0));
    window.addEventListener("pagehide", () => this.#close());
    window.addEventListener("pageshow", (event) => {
      if (event.persisted) this.#again(0);
    });
    if (!document.hidden) this.#open();
  }

  #onSight(): void {
    window.clearTimeout(this.#timer);
    if (document.hidden) this.#timer = window.setTimeout(() => this.#close(), HIDDEN_MS);
    else this.#open();
  }

  #open(): void {
    if (this.#source || this.#isOver) return;
    const source = new EventSource(`/live?since=${encodeURIComponent(this.#since)}`);
    this.#source = source;
    source.addEventListener("open", () => {
      this.#wait = FIRST_WAIT_MS;
      if (this.#wasOpen) this.#heard.again();
      this.#wasOpen = true;
    });
    source.addEventListener("changed", ({ data, lastEventId }: MessageEvent<string>) => {
      if (lastEventId) this.#since = lastEventId;
      this.#heard.changed(JSON.parse(data));
    });
    source.addEventListener("over", ({ data }: MessageEvent<string>) => {
      this.#isOver = true;
      this.#close();
      this.#heard.over(data);
    });
    source.addEventListener("error", () => {
      this.#close();
      this.#again(this.#wait * (0.5 + Math.random()));
      this.#wait = Math.min(this.#wait * 2, LONGEST_WAIT_MS);
    });
  }

  #again(wait: number): void {
    window.clearTimeout(this.#timer);
    this.#timer = window.setTimeout(() => {
      if (!document.hidden) this.#open();
    }, wait);
  }

  #close(): void {
    this.#source?.close();
    this.#source = null;
  }
}
