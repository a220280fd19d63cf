/** Who sees an image and may do what with it: an image that the caller may not see is not found, what the caller may not do is forbidden. */
import { findImage, type ImageRow, type Sight } from '../db/stores/image/images.ts';
import type { CloudDb } from '../db/sql/queries.ts';
import type { Context } from '../lib/context/context.ts';
import type { Policy } from '../policy/policy.ts';
import type { PolicyRule } from '../policy/rules.ts';
import { ImageForbidden, ImageNotFound } from './errors.ts';
import type { MemberStatus } from './image.ts';

interface Deps {
  readonly db: CloudDb;
  readonly policy: Policy;
}

/**
 * The images that the caller sees: an admin all; others their project's, public ones, those shared with the project and, on request,
 * community ones.
 */
export const sightOf = (ctx: Context, more: { readonly community: boolean; readonly shared: MemberStatus | 'all' }): Sight =>
  ctx.isAdmin ? { all: true } : { project: ctx.projectId ?? '', ...more };

/** By id a caller sees more than in lists: community images, and shared ones whatever their member status. */
const byId = (ctx: Context): Sight => sightOf(ctx, { community: true, shared: 'all' });

/** The image, if the caller sees it. */
export async function seeImage(ctx: Context, id: string, { db, policy }: Deps): Promise<ImageRow | undefined> {
  const row = isUuid(id) ? await findImage(db, id, byId(ctx)) : undefined;
  return row && policy.may(ctx, 'get_image', targetOf(ctx, row)) ? row : undefined;
}

/** The image; throws ImageNotFound if the caller does not see it. */
export async function requireImage(ctx: Context, id: string, deps: Deps): Promise<ImageRow> {
  const row = await seeImage(ctx, id, deps);
  if (!row) throw ImageNotFound({ id });
  return row;
}

/** Throws ImageForbidden if policy forbids the action on a visible image; `verb` goes into the message. */
export function allow(
  ctx: Context,
  policy: Policy,
  row: ImageRow,
  { rule, verb }: { readonly rule: PolicyRule; readonly verb: string },
): void {
  if (!policy.may(ctx, rule, targetOf(ctx, row))) throw ImageForbidden({ verb });
}

/** The attributes of an image that policy rules use. A caller who sees another project's shared image is one of its members. */
export const targetOf = (ctx: Context, { owner, visibility }: ImageRow) => ({
  project_id: owner,
  owner,
  visibility,
  member_id: visibility === 'shared' && !ctx.isAdmin && owner !== ctx.projectId ? ctx.projectId : null,
});

const isUuid = (id: string): boolean => /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/.test(id);
