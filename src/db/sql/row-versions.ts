import { type RawBuilder, sql } from 'kysely';
import { setNewest } from '../../lib/memo/set-newest.ts';

/**
 * The version of a row: the transaction that wrote it, its location, and the start time of the server that numbers the transactions.
 * Two reads that see the same version see the same row (PostgreSQL, "System Columns").
 */
export const rowVersion = (table: string): RawBuilder<string> =>
  // The start time is a subquery, so that a statement works it out once and not for each row.
  sql<string>`(${sql.ref(`${table}.xmin`)}::text || ${sql.ref(`${table}.ctid`)}::text || (SELECT extract(epoch FROM pg_postmaster_start_time())))`;

/**
 * A cache of values made from rows, keyed by row version. A caller that repeatedly reads many rows asks for the versions first, and reads
 * in full only the rows that are new. Entries cannot be stale, because a changed row has another version. Evicts the least recently used.
 */
export class RowVersions<Made> {
  readonly #kept = new Map<string, { readonly version: string; readonly made: Made }>();
  readonly #most: number;

  /** @param most the maximum number of entries */
  constructor(most: number) {
    this.#most = most;
  }

  /** Whatever is cached for this id, to be compared with the version that the database has. */
  peek(id: string): { readonly version: string; readonly made: Made } | undefined {
    return this.#kept.get(id);
  }

  get(id: string, version: string): Made | undefined {
    const found = this.#kept.get(id);
    if (found?.version !== version) return undefined;
    setNewest(this.#kept, [id, found], this.#most);
    return found.made;
  }

  keep(id: string, version: string, made: Made): void {
    setNewest(this.#kept, [id, { version, made }], this.#most);
  }
}
