// Keyset paging for all lists: a page begins after a row (its marker), whatever the sort keys.
import { type Expression, type RawBuilder, type SelectQueryBuilder, type SqlBool, sql } from 'kysely';
import type { Queries } from './queries.ts';

/** What rows are sorted by. It must never be null, because a null compares with nothing: see `nullsAs`. */
export interface SortKey {
  readonly by: Expression<unknown>;
  readonly direction: 'asc' | 'desc';
}

/** The row before a page: the only row of a table that fulfils a condition. */
export interface Marker {
  /** The table, under the name that the sort keys use. */
  readonly from: RawBuilder<unknown>;
  /** Where another project's marker must count as unknown, this includes what the caller may see. */
  readonly where: Expression<SqlBool>;
}

/** Which rows of a list are a page. */
export interface PageOf {
  /** Most significant key first. Together the keys must be unique, so that no page repeats or skips a row. */
  readonly order: readonly SortKey[];
  /** Maximum number of rows; by default all. */
  readonly limit?: number | undefined;
  readonly after?: Marker | undefined;
  /** The page that ends before the marker, in the same order. */
  readonly isReverse?: boolean | undefined;
}

/** A sort key that sorts nulls as this value. */
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

/** The query for a page, for callers that choose the columns afterwards. The rows of a reverse page come in reverse. */
export function paged<DB, TB extends keyof DB, O>(
  select: SelectQueryBuilder<DB, TB, O>,
  { order, limit, after, isReverse = false }: PageOf,
): SelectQueryBuilder<DB, TB, O> {
  const keys = isReverse ? order.map(({ by, direction }) => ({ by, direction: opposite[direction] })) : order;
  const sorted = select.orderBy(sql.join(keys.map(({ by, direction }) => sql`${by} ${word[direction]}`)));
  const behind = after ? sorted.where(comesAfter(keys, after)) : sorted;
  return limit === undefined ? behind : behind.limit(limit);
}

/** The rows of a page; undefined when there are none because the marker is unknown. */
export async function unlessUnknown<R>(db: Queries, { after }: PageOf, rows: readonly R[]): Promise<readonly R[] | undefined> {
  if (!after || rows.length > 0) return rows;
  const known = await sql`SELECT 1 FROM ${after.from} WHERE ${after.where} LIMIT 1`.execute(db);
  return known.rows.length > 0 ? rows : undefined;
}

const opposite = { asc: 'desc', desc: 'asc' } as const;
const word = { asc: sql`ASC`, desc: sql`DESC` };
const beyond = { asc: sql`>`, desc: sql`<` };

/** Marker values are compared inside the database: JavaScript would cut the microseconds of a time. */
function comesAfter(keys: readonly SortKey[], marker: Marker): RawBuilder<SqlBool> {
  const [first] = keys;
  // An index can serve a single row comparison.
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
