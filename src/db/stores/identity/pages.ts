/** Pages of domains, projects, users and roles: in the order of their names, filtered by plain columns. */
import { type Expression, type Selectable, type SqlBool, sql } from 'kysely';
import type { IdentityTables } from '../../schema/identity.ts';
import { paged, type SortKey } from '../../sql/paging.ts';
import type { CloudDb } from '../../sql/queries.ts';

type NamedTable = 'domains' | 'projects' | 'users' | 'roles';

/** A page of a list; columns are names of ours, never a client's text. */
export interface NamedPageQuery<T extends NamedTable> {
  readonly columns: { readonly [K in keyof IdentityTables[T]]?: string | boolean };
  readonly conditions?: readonly Expression<SqlBool>[];
  /** The id of the last one of the page before. */
  readonly marker?: string;
  readonly limit: number;
}

/** The rows of a page; none behind a marker that does not exist. */
export async function namedPage<T extends NamedTable>(
  db: CloudDb,
  table: T,
  { columns, conditions = [], marker, limit }: NamedPageQuery<T>,
): Promise<readonly Selectable<IdentityTables[T]>[]> {
  const equal = Object.entries(columns).map(([column, value]) => sql<SqlBool>`${sql.ref(column)} = ${value}`);
  const select = db
    .selectFrom<NamedTable>(table)
    .selectAll()
    .where(sql<SqlBool>`${sql.join([sql`true`, ...equal, ...conditions], sql` AND `)}`);
  const after = marker === undefined ? undefined : { from: sql.table(table), where: sql<SqlBool>`id = ${marker}` };
  const rows = await paged(select, { order: ORDER, limit, after }).execute();
  // Seam: the query builder's types do not follow which of the tables it is; all columns are selected, so a row is that table's.
  return rows as unknown as readonly Selectable<IdentityTables[T]>[];
}

const ORDER: readonly SortKey[] = [sql.ref('name'), sql.ref('id')].map((by) => ({ by, direction: 'asc' }));
