// Pages that are asked for again and again are joined once: the same items give the same bytes.

interface Joined {
  readonly items: readonly Buffer[];
  readonly tail: string;
  readonly bytes: Buffer;
}

/** Joined pages that each list keeps; a page of a thousand servers has some 2 MB. */
const MAX_PAGES = 8;

/** Joins the items of a page between a head and a tail, with commas. Items are compared by identity: nobody changes a buffer. */
export class JoinedPages {
  readonly #head: Buffer;
  /** The most recently used first. */
  #pages: readonly Joined[] = [];

  constructor(head: string) {
    this.#head = Buffer.from(head);
  }

  join(items: readonly Buffer[], tail: string): Buffer {
    const page = this.#pages.find((one) => one.tail === tail && isSame(one.items, items)) ?? this.#joined(items, tail);
    this.#pages = [page, ...this.#pages.filter((one) => one !== page)].slice(0, MAX_PAGES);
    return page.bytes;
  }

  #joined(items: readonly Buffer[], tail: string): Joined {
    const parts = items.flatMap((item, index) => (index === 0 ? item : [COMMA, item]));
    return { items, tail, bytes: Buffer.concat([this.#head, ...parts, Buffer.from(tail)]) };
  }
}

const COMMA = Buffer.from(',');

const isSame = (some: readonly Buffer[], others: readonly Buffer[]): boolean =>
  some.length === others.length && some.every((item, index) => item === others[index]);
