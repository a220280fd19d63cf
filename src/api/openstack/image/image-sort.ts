/** The sort order of image lists, in two syntaxes; the older one has a parameter for each key. */
import { type ImageQuery, type ImageSortKey, sortKeys } from '../../../image/image.ts';
import { ImageQueryInvalid } from './image-filters.ts';

/** The sort parameters. */
export const sortNames = ['sort', 'sort_key', 'sort_dir'] as const;

/** Either `sort=name:asc,size`, or `sort_key` and `sort_dir`, each repeatable. The newest come first by default. */
export function readSort(query: URLSearchParams): ImageQuery['sort'] {
  const keys = query.getAll('sort_key');
  const directions = query.getAll('sort_dir');
  if (query.has('sort')) {
    if (keys.length + directions.length > 0) refuse('Old and new sorting syntax cannot be combined.');
    return distinct((query.getAll('sort').at(-1) ?? '').split(',').map((pair) => pair.trim().split(':')));
  }
  if (keys.length === 0) return distinct([['created_at', directions.at(-1) ?? 'desc']]);
  if (directions.length > 1 && directions.length !== keys.length) refuse('Number of sort dirs does not match the number of sort keys.');
  return distinct(keys.map((key, index) => [key, directions[index] ?? directions.at(-1) ?? 'desc']));
}

/** Repeated keys have no effect and are dropped. */
function distinct(pairs: readonly (readonly string[])[]): ImageQuery['sort'] {
  const read = pairs.map(([key = '', direction = 'desc']) => ({ key: readKey(key), direction: readDirection(direction) }));
  return read.filter(({ key }, index) => read.findIndex((other) => other.key === key) === index);
}

const readKey = (text: string): ImageSortKey =>
  sortKeys.find((key) => key === text) ??
  refuse(`Invalid sort key: ${text.slice(0, 255)}. It must be one of the following: ${sortKeys.join(', ')}.`);

const readDirection = (text: string): 'asc' | 'desc' =>
  text === 'asc' || text === 'desc'
    ? text
    : refuse(`Invalid sort direction: ${text.slice(0, 255)}. It must be one of the following: asc, desc.`);

function refuse(problem: string): never {
  throw ImageQueryInvalid({ problem });
}
