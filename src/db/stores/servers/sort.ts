import type { SortKey } from '../../sql/paging.ts';
import { type SortColumn, sortColumns } from './columns.ts';

/** By what servers are sorted, the first before all. */
export interface SortBy {
  readonly column: SortColumn;
  readonly direction: 'asc' | 'desc';
}

/** The order in full: what is equal in all that was asked for is told apart by time and id. */
export function fullOrder(asked: readonly SortBy[]): readonly SortKey[] {
  const direction = asked.at(-1)?.direction ?? 'desc';
  const columns: readonly SortBy[] = [...asked, { column: 'created_at', direction }, { column: 'uuid', direction }];
  const once = columns.filter(({ column }, index) => columns.findIndex((other) => other.column === column) === index);
  return once.map(({ column, direction: way }) => ({ by: sortColumns[column], direction: way }));
}
