/** Caches what was worked out from a source while the source stays at one version. The next version empties the cache. */
export class AtVersion<K, V> {
  readonly #most: number;
  #version: string | undefined;
  #made = new Map<K, Promise<V>>();

  /** @param most how many results are kept; the oldest are evicted first */
  constructor(most: number) {
    this.#most = most;
  }

  /** What `make` answers or answered at this version, which must have been read before the call. Failures are not kept. */
  get(version: string, key: K, make: () => Promise<V>): Promise<V> {
    if (version !== this.#version) {
      this.#version = version;
      this.#made = new Map();
    }
    const made = this.#made;
    const known = made.get(key);
    if (known) return known;
    const fresh = make();
    made.set(key, fresh);
    fresh.catch(() => made.delete(key));
    for (const oldest of made.keys()) {
      if (made.size <= this.#most) break;
      made.delete(oldest);
    }
    return fresh;
  }
}
