/** Who sees an image, and which rules then apply to it: what a caller may not see does not exist, what it may not do is forbidden. */
import { findImage, type ImageRow, type Sight } from '../db/stores/image/images.ts';
import type { CloudDb } from '../db/sql/queries.ts';
import type { Context } from '../lib/context/context.ts';
import type { Policy } from '../policy/policy.ts';
import type { PolicyRule } from '../policy/rules.ts';
import { ImageForbidden, ImageNotFound } from './errors.ts';
import type { MemberStatus } from './image.ts';

interface Eyes {
  readonly db: CloudDb;
  readonly policy: Policy;
}

/**
 * Whose images the caller sees: an admin all; others their project's, the public's, those shared with the project and, if asked, the
 * community's.
 */
export const sightOf = (ctx: Context, more: { readonly community: boolean; readonly shared: MemberStatus | 'all' }): Sight =>
  ctx.isAdmin ? { all: true } : { project: ctx.projectId ?? '', ...more };

/** Whoever has an image's id sees more than lists show: images of the community, and such as are shared with the project at all. */
const byId = (ctx: Context): Sight => sightOf(ctx, { community: true, shared: 'all' });

/** The image, if the caller sees it. */
export async function seeImage(ctx: Context, id: string, { db, policy }: Eyes): Promise<ImageRow | undefined> {
  const row = isUuid(id) ? await findImage(db, id, byId(ctx)) : undefined;
  return row && policy.may(ctx, 'get_image', targetOf(ctx, row)) ? row : undefined;
}

/** The image, which the caller must see. */
export async function requireImage(ctx: Context, id: string, eyes: Eyes): Promise<ImageRow> {
  const row = await seeImage(ctx, id, eyes);
  if (!row) throw ImageNotFound({ id });
  return row;
}

/** Refuses what the caller may not do to an image that it sees; `verb` ends the sentence. */
export function allow(
  ctx: Context,
  policy: Policy,
  row: ImageRow,
  { rule, verb }: { readonly rule: PolicyRule; readonly verb: string },
): void {
  if (!policy.may(ctx, rule, targetOf(ctx, row))) throw ImageForbidden({ verb });
}

/** What rules may ask about an image. Whoever sees another project's shared image is one of its members. */
export const targetOf = (ctx: Context, { owner, visibility }: ImageRow) => ({
  project_id: owner,
  owner,
  visibility,
  member_id: visibility === 'shared' && !ctx.isAdmin && owner !== ctx.projectId ? ctx.projectId : null,
});

const isUuid = (id: string): boolean => /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/.test(id);
