import { Type as t } from '@sinclair/typebox';
import { param } from '../../../lib/versioning/query-params.ts';
import type { Page } from '../../pipeline/answer.ts';

/** `limit` and `marker`, as every list takes them. */
export const pagingParams = {
  limit: param({ type: t.String({ pattern: '^[0-9]*$', minLength: 1 }), read: Number }),
  marker: param(),
};

/** How many items a page has: what was asked for, within what the operator allows. */
export const pageSize = (asked: number | undefined, maxLimit: number): number => Math.min(asked ?? maxLimit, maxLimit);

/** A page, with a link to the next one when it is full. */
export function pageOf<D>(
  items: readonly D[],
  size: number,
  req: { readonly url: string; readonly rawQuery: URLSearchParams },
  markerOf: (item: D) => string,
): Page<D> {
  const last = items.at(-1);
  if (last === undefined || items.length < size) return { items };
  const query = new URLSearchParams(req.rawQuery);
  query.set('marker', markerOf(last));
  return { items, next: `${req.url}?${query}` };
}
