import { type RawBuilder, sql } from 'kysely';

/**
 * Which version of a row this is: the transaction that wrote it, its place, and since when the server runs that counts transactions.
 * Two reads that see the same version see the same row (PostgreSQL, "System Columns").
 */
export const rowVersion = (table: string): RawBuilder<string> =>
  sql<string>`concat_ws(' ', ${sql.ref(`${table}.xmin`)}, ${sql.ref(`${table}.ctid`)}, extract(epoch FROM pg_postmaster_start_time()))`;

/**
 * What was made of rows, by their versions: who reads many rows again and again asks for the versions first, and reads in full only the
 * rows that are new. Nothing in here can be stale, for it is found by the version alone; what was not asked for the longest goes first.
 */
export class RowVersions<Made> {
  readonly #kept = new Map<string, { readonly version: string; readonly made: Made }>();
  readonly #most: number;

  /** @param most how many rows are kept */
  constructor(most: number) {
    this.#most = most;
  }

  has(id: string, version: string): boolean {
    return this.#kept.get(id)?.version === version;
  }

  get(id: string, version: string): Made | undefined {
    const found = this.#kept.get(id);
    if (found?.version !== version) return undefined;
    // Last in the order of the map: asked for just now.
    this.#kept.delete(id);
    this.#kept.set(id, found);
    return found.made;
  }

  keep(id: string, version: string, made: Made): void {
    this.#kept.delete(id);
    this.#kept.set(id, { version, made });
    for (const oldest of this.#kept.keys()) {
      if (this.#kept.size <= this.#most) return;
      this.#kept.delete(oldest);
    }
  }
}
