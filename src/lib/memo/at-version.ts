import { setNewest } from './set-newest.ts';

/** Caches what was worked out from a source while the source stays at one version. The next version empties the cache. */
export class AtVersion<K, V> {
  readonly #most: number;
  #version: string | undefined;
  #entries = new Map<K, Entry<V>>();

  /** @param most how many results are kept; the oldest are evicted first */
  constructor(most: number) {
    this.#most = most;
  }

  /** The cached result of a key, and the version at which it holds. */
  peek(key: K): { readonly version: string; readonly value: V } | undefined {
    const settled = this.#entries.get(key)?.settled;
    return settled && this.#version !== undefined ? { version: this.#version, ...settled } : undefined;
  }

  /** What `make` answers or answered at this version, which must have been read before the call. Failures are not kept. */
  get(version: string, key: K, make: () => Promise<V>): Promise<V> {
    if (version !== this.#version) {
      this.#version = version;
      this.#entries = new Map();
    }
    const entries = this.#entries;
    const known = entries.get(key);
    if (known) return known.result;
    const fresh: Entry<V> = { result: make(), settled: undefined };
    setNewest(entries, [key, fresh], this.#most);
    void fresh.result.then(
      (value) => {
        fresh.settled = { value };
      },
      () => entries.delete(key),
    );
    return fresh.result;
  }
}

interface Entry<V> {
  readonly result: Promise<V>;
  settled: { readonly value: V } | undefined;
}
