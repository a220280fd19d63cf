/** Pages of domains, projects, users and roles, ordered by name and filtered by columns. */
import { type Expression, type Selectable, type SqlBool, sql } from 'kysely';
import type { NameMatch } from '../../../objects/identity.ts';
import type { IdentityTables } from '../../schema/identity.ts';
import { paged, type SortKey } from '../../sql/paging.ts';
import type { CloudDb } from '../../sql/queries.ts';

type NamedTable = 'domains' | 'projects' | 'users' | 'roles';

/** A page of a list. Column names are ours, never a client's text. */
export interface NamedPageQuery<T extends NamedTable> {
  readonly columns: { readonly [K in keyof IdentityTables[T]]?: string | boolean };
  readonly nameMatches?: readonly NameMatch[];
  readonly conditions?: readonly Expression<SqlBool>[];
  /** The id of the last row of the previous page. */
  readonly marker?: string;
  readonly limit: number;
}

/** The rows of a page; none after an unknown marker. */
export async function namedPage<T extends NamedTable>(
  db: CloudDb,
  table: T,
  { columns, nameMatches = [], conditions = [], marker, limit }: NamedPageQuery<T>,
): Promise<readonly Selectable<IdentityTables[T]>[]> {
  const equal = Object.entries(columns).map(([column, value]) => sql<SqlBool>`${sql.ref(column)} = ${value}`);
  const select = db
    .selectFrom<NamedTable>(table)
    .selectAll()
    .where(sql<SqlBool>`${sql.join([sql`true`, ...equal, ...nameMatches.map(matchCondition), ...conditions], sql` AND `)}`);
  const after = marker === undefined ? undefined : { from: sql.table(table), where: sql<SqlBool>`id = ${marker}` };
  const rows = await paged(select, { order: ORDER, limit, after }).execute();
  // Seam: the query builder's types do not track which table it is; all columns are selected, so a row is that table's.
  return rows as unknown as readonly Selectable<IdentityTables[T]>[];
}

const ORDER: readonly SortKey[] = [sql.ref('name'), sql.ref('id')].map((by) => ({ by, direction: 'asc' }));

/** Compares without patterns: every character of the text stands for itself. */
function matchCondition({ how, ignoreCase, text }: NameMatch) {
  const [name, part] = ignoreCase ? [sql`lower(name)`, sql`lower(${text}::text)`] : [sql`name`, sql`${text}::text`];
  if (how === 'contains') return sql<SqlBool>`position(${part} IN ${name}) > 0`;
  return how === 'startsWith' ? sql<SqlBool>`starts_with(${name}, ${part})` : sql<SqlBool>`right(${name}, length(${part})) = ${part}`;
}
