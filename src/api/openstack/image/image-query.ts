/** The query of an image list: filters by name, the rest by property. */
import { Type as t } from '@sinclair/typebox';
import { type AttributeTest, type ImageQuery, memberStatuses, type ValueFilter, valueFilters, visibilities } from '../../../image/image.ts';
import type { QueryParams } from '../../../lib/versioning/query-params.ts';
import { ImageQueryInvalid, readBoolean, readOneOf, readSize, readTest, readValues } from './image-filters.ts';
import { imagesPerPage } from './image-lists.ts';
import { readSort, sortNames } from './image-sort.ts';

/** Known parameters; any other name filters by property. */
const OTHER_NAMES = ['limit', 'marker', 'visibility', 'member_status', 'protected', 'os_hidden', 'tag', 'size_min', 'size_max'];
const TIMES = ['created_at', 'updated_at'] as const;
const KNOWN: ReadonlySet<string> = new Set([...OTHER_NAMES, ...TIMES, ...valueFilters, ...sortNames]);

/** Parses the query of an image list. */
export const imageQuery: QueryParams<ImageQuery> = { schemaAt: () => t.Object({}), parse: readQuery };

function readQuery(query: URLSearchParams): ImageQuery {
  const one = <T>(name: string, read: (text: string) => T): T | undefined => {
    const text = query.getAll(name).at(-1);
    return text === undefined ? undefined : read(text);
  };
  return defined({
    visibility: one('visibility', (text) => readOneOf('visibility', text, [...visibilities, 'all'])),
    memberStatus: one('member_status', (text) => readOneOf('member_status', text, [...memberStatuses, 'all'])),
    isProtected: one('protected', (text) => readBoolean('protected', text)),
    isHidden: one('os_hidden', (text) => readBoolean('os_hidden', text)),
    values: readAllValues(query),
    tests: readTests(query),
    tags: query.getAll('tag'),
    properties: Object.fromEntries([...query].filter(([name]) => !KNOWN.has(name))),
    sort: readSort(query),
    marker: one('marker', String),
    limit: imagesPerPage(one('limit', readLimit)),
  });
}

/** The object without undefined values. */
const defined = (query: { readonly [K in keyof ImageQuery]: ImageQuery[K] | undefined }): ImageQuery =>
  // Seam: dropping what is undefined is exactly the difference between the two types; sort and limit are never undefined.
  Object.fromEntries(Object.entries(query).filter(([, value]) => value !== undefined)) as unknown as ImageQuery;

const readAllValues = (query: URLSearchParams): Partial<Record<ValueFilter, readonly string[]>> =>
  Object.fromEntries(
    valueFilters.flatMap((name) => {
      const text = query.getAll(name).at(-1);
      return text === undefined ? [] : [[name, readValues(name, text)]];
    }),
  );

function readTests(query: URLSearchParams): readonly AttributeTest[] {
  const sizes = [
    ...query.getAll('size_min').map((text) => readSize('size_min', text, 'gte')),
    ...query.getAll('size_max').map((text) => readSize('size_max', text, 'lte')),
  ];
  return [...sizes, ...TIMES.flatMap((column) => query.getAll(column).map((text) => readTest(column, text)))];
}

function readLimit(text: string): number {
  if (!/^-?\d+$/.test(text)) throw ImageQueryInvalid({ problem: 'limit param must be an integer' });
  if (text.startsWith('-')) throw ImageQueryInvalid({ problem: 'limit param must be positive' });
  return Number(text);
}
