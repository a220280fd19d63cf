import { Type as t } from '@sinclair/typebox';
import type { Window } from '../../../lib/versioning/microversion.ts';
import { param } from '../../../lib/versioning/query-params.ts';
import { computeLists } from '../../pipeline/compute-list.ts';
import { pageOf as pageIn, type Page } from '../../pipeline/list.ts';
import type { ApiRequest } from '../../pipeline/route.ts';

/** `limit` and `marker`, for every paged list. */
export const pagingParams = {
  limit: param({ type: t.String({ pattern: '^[0-9]*$', minLength: 1 }), read: Number }),
  marker: param(),
};

/** `limit` and `offset`, for a few old lists; numbers with more than 9 digits are refused. */
export const offsetPaging = {
  limit: pagingParams.limit,
  offset: param({ type: t.String({ pattern: '^[0-9]{1,9}$' }), read: Number }),
};

/** `limit` and `marker`, for lists that have pages only at some versions. */
export const pagingIn = (window: Window) => ({
  limit: { ...pagingParams.limit, ...window },
  marker: { ...pagingParams.marker, ...window },
});

/** A page, with a link to the next one when it is full. */
export const pageOf = <D>(
  items: readonly D[],
  size: number,
  req: Pick<ApiRequest, 'url' | 'rawQuery'>,
  markerOf: (item: D) => string,
): Page<D> => pageIn(computeLists, req, { items, size, markerOf });
