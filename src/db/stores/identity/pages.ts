/** Pages of domains, projects, users and roles: in the order of their names, filtered by plain columns. */
import { type Expression, type Selectable, type SqlBool, sql } from 'kysely';
import type { IdentityTables } from '../../schema/identity.ts';
import type { Queries } from '../../sql/queries.ts';

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
  db: Queries,
  table: T,
  { columns, conditions = [], marker, limit }: NamedPageQuery<T>,
): Promise<readonly Selectable<IdentityTables[T]>[]> {
  const equal = Object.entries(columns).map(([column, value]) => sql<SqlBool>`${sql.ref(column)} = ${value}`);
  const behind =
    marker === undefined ? [] : [sql<SqlBool>`(name, id) > (SELECT m.name, m.id FROM ${sql.table(table)} AS m WHERE m.id = ${marker})`];
  const where = sql.join([sql<SqlBool>`true`, ...equal, ...conditions, ...behind], sql` AND `);
  const { rows } = await sql<
    Selectable<IdentityTables[T]>
  >`SELECT * FROM ${sql.table(table)} WHERE ${where} ORDER BY name, id LIMIT ${limit}`.execute(db);
  return rows;
}
