/** Queries of lists: paging, sorting and field selection; every other name is a filter. */
import { Type as t } from '@sinclair/typebox';
import type { QueryParams } from '../../../lib/versioning/query-params.ts';
import { InvalidInput } from '../../../lib/versioning/validation.ts';
import type { ListQuery } from '../../../network/api.ts';
import { type PageSizes, pageSize } from '../../pipeline/list.ts';

/** As in Neutron, 0 means the server's maximum. */
const SIZES: PageSizes = { longest: 1_000, zero: 'longest' };
const MAX_FILTER_VALUES = 1000;

/** A list query with the fields to show (none: all). */
export interface FaceQuery extends ListQuery {
  readonly fields: readonly string[];
}

/** The query of every list. */
export const listQuery: QueryParams<FaceQuery> = { schemaAt: () => t.Object({}), parse: readQuery };

/** The query of a single resource. */
export const fieldsQuery: QueryParams<Pick<FaceQuery, 'fields'>> = {
  schemaAt: () => t.Object({}),
  parse: (query) => ({ fields: query.getAll('fields') }),
};

const PAGING = ['limit', 'marker', 'sort_key', 'sort_dir', 'page_reverse', 'fields'];

function readQuery(query: URLSearchParams): FaceQuery {
  const filters: Record<string, string[]> = Object.create(null);
  for (const [name, value] of query) if (!PAGING.includes(name)) (filters[name] ??= []).push(value);
  const crowded = Object.keys(filters).find((name) => (filters[name]?.length ?? 0) > MAX_FILTER_VALUES);
  if (crowded !== undefined) refuse(crowded, `More than ${MAX_FILTER_VALUES} values.`);
  const marker = query.get('marker');
  return {
    filters,
    fields: query.getAll('fields'),
    sort: readSort(query),
    limit: readLimit(query.get('limit')),
    ...(['true', '1'].includes(query.get('page_reverse')?.toLowerCase() ?? '') && { isReverse: true }),
    ...(marker !== null && marker !== '' && { marker }),
  };
}

function readLimit(text: string | null): number {
  if (text === null) return pageSize(undefined, SIZES);
  if (!/^\d{1,9}$/.test(text)) return refuse('limit', `'${text}' is not a whole number from 0.`);
  return pageSize(Number(text), SIZES);
}

function readSort(query: URLSearchParams): ListQuery['sort'] {
  const directions = query.getAll('sort_dir');
  return query.getAll('sort_key').map((key, index) => ({ key, direction: readDirection(directions[index] ?? 'asc') }));
}

const readDirection = (text: string): 'asc' | 'desc' =>
  text === 'asc' || text === 'desc' ? text : refuse('sort_dir', `'${text}' is neither 'asc' nor 'desc'.`);

function refuse(name: string, problem: string): never {
  throw InvalidInput({ message: `Invalid input for ${name}. Reason: ${problem}` });
}
