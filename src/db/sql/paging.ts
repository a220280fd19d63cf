// Keyset paging, once for all lists: a page begins behind a row (its marker), whatever the rows are sorted by.
import { type Expression, type RawBuilder, type SelectQueryBuilder, type SqlBool, sql } from 'kysely';
import type { Queries } from './queries.ts';

/** What rows are sorted by. It must never be null, for nothing compares with a null: see `nullsAs`. */
export interface SortKey {
  readonly by: Expression<unknown>;
  readonly direction: 'asc' | 'desc';
}

/** The row before a page: the only one of a table that fulfils a condition. */
export interface Marker {
  /** The table, under the name that the sort keys call it by. */
  readonly from: RawBuilder<unknown>;
  /** Includes what the caller may see, where a marker that is somebody else's must count as unknown. */
  readonly where: Expression<SqlBool>;
}

/** Which rows of a list are a page. */
export interface PageOf {
  /** The first key before all others. The last ones must tell all rows apart, so that no page repeats or leaves out a row. */
  readonly order: readonly SortKey[];
  /** Rows at most; all of them when left out. */
  readonly limit?: number | undefined;
  readonly after?: Marker | undefined;
  /** The page that ends before the marker, in the same order. */
  readonly isReverse?: boolean | undefined;
}

/** A sort key without nulls: they sort where this value does. */
export const nullsAs = (value: RawBuilder<unknown>, by: Expression<unknown>): RawBuilder<unknown> => sql`coalesce(${by}, ${value})`;

/** The rows of a page; undefined when its marker is unknown. */
export async function readPage<DB, TB extends keyof DB, O>(
  db: Queries,
  select: SelectQueryBuilder<DB, TB, O>,
  page: PageOf,
): Promise<readonly O[] | undefined> {
  const rows = await paged(select, page).execute();
  return await unlessUnknown(db, page, page.isReverse ? rows.toReversed() : rows);
}

/** The query for a page, for readers that choose the columns afterwards. A reverse page comes last row first. */
export function paged<DB, TB extends keyof DB, O>(
  select: SelectQueryBuilder<DB, TB, O>,
  { order, limit, after, isReverse = false }: PageOf,
): SelectQueryBuilder<DB, TB, O> {
  const keys = isReverse ? order.map(({ by, direction }) => ({ by, direction: opposite[direction] })) : order;
  const sorted = select.orderBy(sql.join(keys.map(({ by, direction }) => sql`${by} ${word[direction]}`)));
  const behind = after ? sorted.where(comesAfter(keys, after)) : sorted;
  return limit === undefined ? behind : behind.limit(limit);
}

/** The rows that a page's query found; undefined when it found none because its marker is unknown. A page with rows has a known marker. */
export async function unlessUnknown<R>(db: Queries, { after }: PageOf, rows: readonly R[]): Promise<readonly R[] | undefined> {
  if (!after || rows.length > 0) return rows;
  const known = await sql`SELECT 1 FROM ${after.from} WHERE ${after.where} LIMIT 1`.execute(db);
  return known.rows.length > 0 ? rows : undefined;
}

const opposite = { asc: 'desc', desc: 'asc' } as const;
const word = { asc: sql`ASC`, desc: sql`DESC` };
const beyond = { asc: sql`>`, desc: sql`<` };

/** Marker values are compared inside the database: a time that came through JavaScript has lost its microseconds. */
function comesAfter(keys: readonly SortKey[], marker: Marker): RawBuilder<SqlBool> {
  const [first] = keys;
  // One comparison of rows is what an index can follow.
  if (first && keys.every(({ direction }) => direction === first.direction)) {
    const row = sql.join(keys.map(({ by }) => by));
    return sql`(${row}) ${beyond[first.direction]} (${valueAt(marker, row)})`;
  }
  const cases = keys.map(({ by, direction }, index) => {
    const equal = keys.slice(0, index).map((before) => sql`${before.by} = (${valueAt(marker, before.by)})`);
    return sql`(${sql.join([...equal, sql`${by} ${beyond[direction]} (${valueAt(marker, by)})`], sql` AND `)})`;
  });
  return sql`(${sql.join(cases, sql` OR `)})`;
}

const valueAt = ({ from, where }: Marker, what: Expression<unknown>): RawBuilder<unknown> =>
  sql`SELECT ${what} FROM ${from} WHERE ${where}`;
