import { type RawBuilder, type SqlBool, sql } from 'kysely';
import { type SortColumn, sortColumns } from './columns.ts';

/** By what servers are sorted, the first before all. */
export interface SortBy {
  readonly column: SortColumn;
  readonly direction: 'asc' | 'desc';
}

interface Sorted {
  readonly column: RawBuilder<unknown>;
  readonly direction: 'asc' | 'desc';
}

const word = { asc: sql`ASC`, desc: sql`DESC` };
const after = { asc: sql`>`, desc: sql`<` };

/** The order in full: what is equal in all that was asked for is told apart by time and id, so that no page repeats or leaves out a server. */
export function fullOrder(asked: readonly SortBy[]): readonly Sorted[] {
  const direction = asked.at(-1)?.direction ?? 'desc';
  const columns: readonly SortBy[] = [...asked, { column: 'created_at', direction }, { column: 'uuid', direction }];
  const once = columns.filter(({ column }, index) => columns.findIndex((other) => other.column === column) === index);
  return once.map(({ column, direction: way }) => ({ column: sortColumns[column], direction: way }));
}

export const orderBy = (order: readonly Sorted[]): RawBuilder<unknown> =>
  sql.join(order.map(({ column, direction }) => sql`${column} ${word[direction]}`));

/**
 * What comes after the server under the marker. Its values are compared inside the database: a time that came through JavaScript
 * has lost its microseconds.
 */
export function comesAfter(order: readonly Sorted[], marker: string): RawBuilder<SqlBool> {
  const directions = new Set(order.map(({ direction }) => direction));
  const [only] = directions;
  // One comparison of rows is what an index can follow.
  if (directions.size === 1 && only !== undefined) return rowAfter(order, only, marker);
  const cases = order.map(({ column, direction }, index) => {
    const equal = order.slice(0, index).map((before) => sql`${before.column} = ${valueAt(before.column, marker)}`);
    return sql<SqlBool>`(${sql.join([...equal, sql`${column} ${after[direction]} ${valueAt(column, marker)}`], sql` AND `)})`;
  });
  return sql`(${sql.join(cases, sql` OR `)})`;
}

function rowAfter(order: readonly Sorted[], direction: 'asc' | 'desc', marker: string): RawBuilder<SqlBool> {
  const columns = sql.join(order.map(({ column }) => column));
  return sql`(${columns}) ${after[direction]} (SELECT ${columns} FROM servers WHERE id = ${marker})`;
}

const valueAt = (column: RawBuilder<unknown>, marker: string): RawBuilder<unknown> =>
  sql`(SELECT ${column} FROM servers WHERE id = ${marker})`;
