import type { SortKey } from '../../sql/paging.ts';
import { type SortColumn, sortColumns } from './columns.ts';

/** A sort key of servers. */
export interface SortBy {
  readonly column: SortColumn;
  readonly direction: 'asc' | 'desc';
}

/** The total order: ties in the requested keys are broken by creation time and id. */
export function fullOrder(asked: readonly SortBy[]): readonly SortKey[] {
  const direction = asked.at(-1)?.direction ?? 'desc';
  const columns: readonly SortBy[] = [...asked, { column: 'created_at', direction }, { column: 'uuid', direction }];
  const once = columns.filter(({ column }, index) => columns.findIndex((other) => other.column === column) === index);
  return once.map(({ column, direction: way }) => ({ by: sortColumns[column], direction: way }));
}
