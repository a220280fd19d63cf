/** Lists of the volume service: which rows a caller asked for, in which order, from where on. */
import { type RawBuilder, type SelectQueryBuilder, type SqlBool, sql } from 'kysely';
import { nullsAs, readPage, type SortKey } from '../../sql/paging.ts';
import type { Filter, Listing } from '../../../objects/volume-listing.ts';
import type { CloudDb } from '../../sql/queries.ts';

const signs = { equal: sql`=`, neq: sql`<>`, gt: sql`>`, gte: sql`>=`, lt: sql`<`, lte: sql`<=` } as const;

const columnOf = (table: string, column: string): RawBuilder<unknown> => sql.ref(`${table}.${column}`);

function conditionOf(table: string, { column, is, value }: Filter): RawBuilder<SqlBool> {
  const by = columnOf(table, column);
  if (value === null) return sql<SqlBool>`${by} IS NULL`;
  if (typeof value === 'object' && !(value instanceof Date)) return sql<SqlBool>`${by} @> ${JSON.stringify(value)}::jsonb`;
  if (is === 'like') return sql<SqlBool>`strpos(lower(${by}::text), lower(${String(value)})) > 0`;
  return sql<SqlBool>`${by} ${signs[is]} ${value}`;
}

/** The conditions of a listing. */
const conditionsOf = (table: string, { projectId, filters }: Pick<Listing, 'projectId' | 'filters'>): readonly RawBuilder<SqlBool>[] => [
  ...(projectId === undefined ? [] : [sql<SqlBool>`${columnOf(table, 'project_id')} = ${projectId}`]),
  ...filters.map((filter) => conditionOf(table, filter)),
];

/** The rows of a listing; undefined when its marker is unknown to the caller. */
export async function readListing<DB, TB extends keyof DB, O>(
  db: CloudDb,
  select: SelectQueryBuilder<DB, TB, O>,
  table: string,
  listing: Listing,
): Promise<readonly O[] | undefined> {
  const { sort, limit, marker, offset, projectId } = listing;
  const query = conditionsOf(table, listing).reduce((all, condition) => all.where(condition), select);
  const order: SortKey[] = [...sort, { column: 'id', direction: sort.at(-1)?.direction ?? 'desc' }].map(({ column, direction }) => ({
    by: nullsAs(column.endsWith('_at') ? sql`'-infinity'` : sql`''`, textKey(table, column)),
    direction,
  }));
  const mine = projectId === undefined ? sql`true` : sql`project_id = ${projectId}`;
  return await readPage(db, offset === undefined ? query : query.offset(offset), {
    order,
    limit,
    after: marker === undefined ? undefined : { from: sql`${sql.table(table)}`, where: sql<SqlBool>`id = ${marker} AND ${mine}` },
  });
}

const NUMBERS = ['size_gb'];

/** A sort key that compares as its column does; numbers are padded, since keys that may be null are texts. */
const textKey = (table: string, column: string): RawBuilder<unknown> => {
  const by = columnOf(table, column);
  if (column.endsWith('_at')) return by;
  if (NUMBERS.includes(column)) return sql`lpad(${by}::text, 12, '0')`;
  return sql`${by}::text`;
};

/** How many rows a listing has on all its pages. */
export async function countListing(db: CloudDb, table: string, listing: Listing): Promise<number> {
  const conditions = conditionsOf(table, listing);
  const where = conditions.length === 0 ? sql`true` : sql.join(conditions, sql` AND `);
  const { rows } = await sql<{ n: number }>`SELECT count(*)::int AS n FROM ${sql.table(table)} WHERE ${where}`.execute(db);
  return rows[0]?.n ?? 0;
}
