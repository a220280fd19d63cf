import type { ImageFilter, Sight } from '../db/stores/images.ts';
import type { Context } from '../lib/context/context.ts';
import type { ImageQuery, ImageSortKey } from './image.ts';

/** Whose images the caller sees: an admin all, others their project's, the public's and, if asked, the community's. */
export const sightOf = (ctx: Context, { community }: { readonly community: boolean }): Sight =>
  ctx.isAdmin ? { all: true } : { project: ctx.projectId ?? '', community };

const columnOf: Record<ImageSortKey, ImageFilter['sort'][number]['column']> = {
  id: 'id',
  name: 'name',
  status: 'status',
  disk_format: 'disk_format',
  container_format: 'container_format',
  size: 'size_bytes',
  created_at: 'created_at',
  updated_at: 'updated_at',
};

/** The query as conditions on rows. Hidden images show only to who asks for them. */
export function filterOf(ctx: Context, query: ImageQuery): ImageFilter {
  const { visibility, owner, isHidden = false, isProtected, names, ids, statuses, diskFormats, containerFormats } = query;
  return {
    sight: sightOf(ctx, { community: visibility === 'community' || visibility === 'all' }),
    columns: {
      hidden: [isHidden],
      ...(visibility !== undefined && visibility !== 'all' && { visibility: [visibility] }),
      ...(owner !== undefined && { owner: [owner] }),
      ...(isProtected !== undefined && { protected: [isProtected] }),
      ...(names && { name: names }),
      ...(ids && { id: ids }),
      ...(statuses && { status: statuses }),
      ...(diskFormats && { disk_format: diskFormats }),
      ...(containerFormats && { container_format: containerFormats }),
    },
    tags: query.tags ?? [],
    properties: query.properties ?? {},
    sort: query.sort.map(({ key, direction }) => ({ column: columnOf[key], direction })),
    marker: query.marker,
    limit: query.limit,
  };
}
