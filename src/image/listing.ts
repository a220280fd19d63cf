import type { ColumnTest, ImageFilter } from '../db/stores/image/list.ts';
import type { Context } from '../lib/context/context.ts';
import type { AttributeTest, ImageQuery, ImageSortKey, ValueFilter } from './image.ts';
import { sightOf } from './visibility.ts';

type Column = ImageFilter['sort'][number]['column'];

const columnOf: Record<ImageSortKey | ValueFilter, Column> = {
  id: 'id',
  name: 'name',
  status: 'status',
  owner: 'owner',
  disk_format: 'disk_format',
  container_format: 'container_format',
  min_disk: 'min_disk_gb',
  min_ram: 'min_ram_mb',
  size: 'size_bytes',
  checksum: 'md5',
  os_hash_value: 'sha512',
  created_at: 'created_at',
  updated_at: 'updated_at',
};

/** The query as conditions on rows. Hidden images appear only when asked for. */
export function filterOf(ctx: Context, query: ImageQuery): ImageFilter {
  const { visibility, memberStatus = 'accepted', isHidden = false, isProtected, values = {} } = query;
  return {
    sight: sightOf(ctx, { community: visibility === 'community' || visibility === 'all', shared: memberStatus }),
    columns: {
      hidden: [isHidden],
      ...(visibility !== undefined && visibility !== 'all' && { visibility: [visibility] }),
      ...(isProtected !== undefined && { protected: [isProtected] }),
      // Seam: Object.entries forgets that the names are those of filters.
      ...Object.fromEntries(Object.entries(values).map(([name, wanted]) => [columnOf[name as ValueFilter], wanted])),
    },
    tests: (query.tests ?? []).map(testOf),
    tags: query.tags ?? [],
    properties: query.properties ?? {},
    sort: query.sort.map(({ key, direction }) => ({ column: columnOf[key], direction })),
    marker: query.marker,
    limit: query.limit,
  };
}

const testOf = (test: AttributeTest): ColumnTest =>
  test.attribute === 'size'
    ? { column: 'size_bytes', is: test.is, value: test.value }
    : { column: test.attribute, is: test.is, value: test.value };
