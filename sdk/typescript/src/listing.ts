/** A page as the API answers it. */
export interface Page<Row> {
  object: "list";
  data: Row[];
  has_more: boolean;
  next_cursor: string | null;
}

/**
 * A list: `for await (const row of list)` walks all rows, page after page; `list.pages()` walks the pages; `await list`
 * is the first page. Nothing is sent before one of them is asked for, and no page is kept once the next is there.
 */
export class Listing<Row> implements AsyncIterable<Row>, PromiseLike<Page<Row>> {
  readonly #load: (cursor: string | undefined) => Promise<Page<Row>>;

  /** @param load - answers the page at a cursor, or the first */
  constructor(load: (cursor: string | undefined) => Promise<Page<Row>>) {
    this.#load = load;
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Row, void, undefined> {
    for await (const page of this.pages()) yield* page.data;
  }

  async *pages(): AsyncGenerator<Page<Row>, void, undefined> {
    for (let cursor: string | undefined; ; ) {
      const page = await this.#load(cursor);
      yield page;
      if (!page.has_more || page.next_cursor === null) return;
      cursor = page.next_cursor;
    }
  }

  firstPage(): Promise<Page<Row>> {
    return this.#load(undefined);
  }

  /** Lets `await` answer the first page. */
  // biome-ignore lint/suspicious/noThenProperty: that a list can be awaited is what this is for
  then<Kept = Page<Row>, Lost = never>(
    kept?: ((page: Page<Row>) => Kept | PromiseLike<Kept>) | null,
    lost?: ((reason: unknown) => Lost | PromiseLike<Lost>) | null,
  ): Promise<Kept | Lost> {
    return this.firstPage().then(kept, lost);
  }
}
