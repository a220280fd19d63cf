import { Type as t } from '@sinclair/typebox';
import { type ImageQuery, type ImageSortKey, sortKeys, visibilities } from '../../../image/image.ts';
import { errorType } from '../../../lib/errors/error-type.ts';
import type { QueryParams } from '../../../lib/versioning/query-params.ts';

/** The query of a list makes no sense. */
export const ImageQueryInvalid = errorType('ImageQueryInvalid', 'invalid', (p: { problem: string }) => p.problem);

const DEFAULT_LIMIT = 25;
const MAX_LIMIT = 1000;

/** Filters of Glance that would be taken for an image's own property, and then find nothing. */
const UNSUPPORTED = ['size_min', 'size_max', 'created_at', 'updated_at', 'checksum', 'os_hash_value', 'size', 'min_ram', 'min_disk'];
/** Names that are not properties. `member_status` has no meaning as long as images have no members. */
const KNOWN = ['limit', 'marker', 'sort', 'sort_key', 'sort_dir', 'name', 'id', 'status', 'visibility', 'owner', 'disk_format'];
const ALSO_KNOWN = ['container_format', 'protected', 'os_hidden', 'tag', 'member_status'];

/** The query of an image list: filters by name, the rest by property. */
export const imageQuery: QueryParams<ImageQuery> = { schemaAt: () => t.Object({}), parse: readQuery };

function readQuery(query: URLSearchParams): ImageQuery {
  const unsupported = UNSUPPORTED.find((name) => query.has(name));
  if (unsupported !== undefined) return refuse(`Unsupported filter ${unsupported}`);
  const one = <T>(name: string, read: (text: string) => T): T | undefined => {
    const text = query.getAll(name).at(-1);
    return text === undefined ? undefined : read(text);
  };
  return defined({
    visibility: one('visibility', readVisibility),
    owner: one('owner', String),
    isProtected: one('protected', (text) => readBoolean('protected', text)),
    isHidden: one('os_hidden', (text) => readBoolean('os_hidden', text)),
    names: one('name', readAny),
    ids: one('id', readAny),
    statuses: one('status', readAny),
    diskFormats: one('disk_format', readAny),
    containerFormats: one('container_format', readAny),
    tags: query.getAll('tag'),
    properties: propertiesOf(query),
    sort: readSort(query),
    marker: one('marker', String),
    limit: one('limit', readLimit) ?? DEFAULT_LIMIT,
  });
}

/** The parts that were given. */
const defined = (query: { readonly [K in keyof ImageQuery]: ImageQuery[K] | undefined }): ImageQuery =>
  // Seam: dropping what is undefined is exactly the difference between the two types; sort and limit are never undefined.
  Object.fromEntries(Object.entries(query).filter(([, value]) => value !== undefined)) as unknown as ImageQuery;

const propertiesOf = (query: URLSearchParams): Record<string, string> =>
  Object.fromEntries([...query].filter(([name]) => !KNOWN.includes(name) && !ALSO_KNOWN.includes(name)));

function readLimit(text: string): number {
  if (!/^-?\d+$/.test(text)) return refuse('limit param must be an integer');
  return text.startsWith('-') ? refuse('limit param must be positive') : Math.min(Number(text), MAX_LIMIT);
}

function readBoolean(name: string, text: string): boolean {
  const word = text.toLowerCase();
  return (
    word === 'true' ||
    (word === 'false'
      ? false
      : refuse(`Invalid value '${text}' for '${name}' filter. Valid values are case insensitive 'true' or 'false'.`))
  );
}

function readVisibility(text: string): ImageQuery['visibility'] {
  const known = [...visibilities, 'all' as const].find((each) => each === text);
  return known ?? refuse(`Invalid visibility value: ${text}`);
}

/** A value, or `in:a,b` with quotes around values that hold a comma. */
function readAny(text: string): readonly string[] {
  if (!text.startsWith('in:')) return [text];
  const values = text.slice('in:'.length).match(/"[^"]*"|[^,"]+/g) ?? [];
  return values.map((value) => value.replace(/^"(.*)"$/, '$1'));
}

/** Either `sort=name:asc,size`, or `sort_key` and `sort_dir`, each repeatable. The newest come first by default. */
function readSort(query: URLSearchParams): ImageQuery['sort'] {
  const pairs = query.has('sort')
    ? (query.get('sort') ?? '').split(',').map((pair) => pair.trim().split(':'))
    : query.getAll('sort_key').map((key, index) => [key, query.getAll('sort_dir')[index] ?? query.getAll('sort_dir').at(-1)]);
  if (pairs.length === 0) return [{ key: 'created_at', direction: query.get('sort_dir') === 'asc' ? 'asc' : 'desc' }];
  return pairs.map(([key = '', direction = 'desc']) => ({ key: readSortKey(key), direction: readDirection(direction) }));
}

const readSortKey = (text: string): ImageSortKey =>
  sortKeys.find((key) => key === text) ?? refuse(`Invalid sort key: ${text}. It must be one of the following: ${sortKeys.join(', ')}.`);

const readDirection = (text: string): 'asc' | 'desc' =>
  text === 'asc' || text === 'desc' ? text : refuse(`Invalid sort direction: ${text}. It must be one of the following: asc, desc.`);

function refuse(problem: string): never {
  throw ImageQueryInvalid({ problem });
}
