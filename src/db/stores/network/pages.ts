/** Pages of the network service's lists: any simple column filters and sorts, as clients of Neutron expect. */
import { type Expression, type SelectQueryBuilder, type SqlBool, sql } from 'kysely';
import type { Database } from '../../schema/index.ts';
import type { NetworkTables } from '../../schema/network.ts';
import type { Queries } from '../../sql/queries.ts';

/** A page of a list. Columns are names of ours, never a client's text. */
export interface PageQuery {
  /** Each column with the texts of the values that pass. */
  readonly columns: Readonly<Record<string, readonly string[]>>;
  /** Further conditions that are not about one column. */
  readonly conditions?: readonly Expression<SqlBool>[];
  readonly sort: readonly { readonly column: string; readonly direction: 'asc' | 'desc' }[];
  /** The id of the last one of the page before. */
  readonly marker?: string;
  /** The page that ends before the marker, in the same order. */
  readonly isReverse?: boolean;
  readonly limit: number;
}

/** @returns undefined when there is nothing under the marker */
export async function pageOf<T extends keyof NetworkTables, O>(
  db: Queries,
  base: SelectQueryBuilder<Database, T, O>,
  table: T,
  query: PageQuery,
): Promise<readonly O[] | undefined> {
  if (!query.isReverse) return await pageBehind(db, base, table, query);
  const sort = query.sort.map(({ column, direction }) => ({ column, direction: opposite[direction] }));
  return (await pageBehind(db, base, table, { ...query, sort }))?.toReversed();
}

const opposite = { asc: 'desc', desc: 'asc' } as const;

async function pageBehind<T extends keyof NetworkTables, O>(
  db: Queries,
  base: SelectQueryBuilder<Database, T, O>,
  table: T,
  query: PageQuery,
): Promise<readonly O[] | undefined> {
  let select = base.limit(query.limit);
  for (const [column, values] of Object.entries(query.columns))
    select = select.where(sql<SqlBool>`${textOf(table, column)} = ANY(${[...values]})`);
  for (const condition of query.conditions ?? []) select = select.where(condition);
  const sort = [...query.sort, { column: 'number', direction: query.isReverse ? ('desc' as const) : ('asc' as const) }];
  for (const { column, direction } of sort) select = select.orderBy(sortable(table, column), direction);
  if (query.marker === undefined) return await select.execute();
  const known = await sql<{ n: number }>`SELECT 1 AS n FROM ${sql.table(table)} WHERE id::text = ${query.marker}`.execute(db);
  return known.rows.length === 0 ? undefined : await select.where(after(table, query.marker, sort)).execute();
}

const ADDRESSES = ['gateway_ip'];

/** A column as clients write it: no value is the empty text, an address has no length behind it. */
const textOf = (table: string, column: string): Expression<unknown> =>
  sql`coalesce(${ADDRESSES.includes(column) ? sql`host(${sql.ref(`${table}.${column}`)})` : sql`${sql.ref(`${table}.${column}`)}::text`}, '')`;

/** Texts are compared as texts, times and numbers as what they are. */
const sortable = (table: string, column: string): Expression<unknown> =>
  ['number', 'created_at', 'updated_at', 'mtu'].includes(column) ? sql`${sql.ref(`${table}.${column}`)}` : textOf(table, column);

/** Rows behind the marker's, compared inside the database: a Date would lose the microseconds. */
function after(table: string, marker: string, sort: PageQuery['sort']): Expression<SqlBool> {
  const ofMarker = (column: string) => sql`(SELECT ${sortable(table, column)} FROM ${sql.table(table)} WHERE id::text = ${marker})`;
  const ways = sort.map(({ column, direction }, index) => {
    const equal = sort.slice(0, index).map((one) => sql<SqlBool>`${sortable(table, one.column)} = ${ofMarker(one.column)}`);
    const beyond = sql<SqlBool>`${sortable(table, column)} ${sql.raw(direction === 'asc' ? '>' : '<')} ${ofMarker(column)}`;
    return sql<SqlBool>`(${sql.join([...equal, beyond], sql` AND `)})`;
  });
  return sql<SqlBool>`(${sql.join(ways, sql` OR `)})`;
}
