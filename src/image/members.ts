/** Sharing: which projects a shared image is offered to, and whether they accept. */
import { change, type Changing } from '../db/change.ts';
import {
  changeImageMember,
  countImageMembers,
  deleteImageMember,
  insertImageMember,
  listImageMembers,
} from '../db/stores/image/members.ts';
import { type ImageRow, lockImage } from '../db/stores/image/images.ts';
import type { CloudDb } from '../db/sql/queries.ts';
import { imageMemberCreate, imageMemberDelete, imageMemberUpdate } from '../events/image.ts';
import type { Context } from '../lib/context/context.ts';
import type { Policy } from '../policy/policy.ts';
import type { PolicyRule } from '../policy/rules.ts';
import { ImageForbidden, ImageMemberExists, ImageMemberNotFound, ImageNotFound, ImageNotShared } from './errors.ts';
import type { ImageMember, MemberStatus } from './image.ts';
import { checkLimit } from './limits.ts';
import { toMember } from './row.ts';
import { requireImage, targetOf } from './visibility.ts';

interface Dependencies {
  readonly db: CloudDb;
  readonly policy: Policy;
}

/** The owner offers and withdraws, the member accepts or rejects; a member does not see other members. */
export class ImageMembers {
  readonly #with: Dependencies;

  constructor(dependencies: Dependencies) {
    this.#with = dependencies;
  }

  /** Offers an image to a project. */
  async add(ctx: Context, id: string, member: string): Promise<ImageMember> {
    await this.#shared(ctx, id, { rule: 'add_member', verb: 'share', member: null });
    return await change(ctx, { db: this.#with.db, what: 'imageMember.create', ...memory(id) }, async ({ trx, tell }) => {
      // Locked, so that concurrent calls cannot exceed the limit, nor share an image that is being deleted.
      if (!(await lockImage(trx, id))) throw ImageNotFound({ id });
      const added = await insertImageMember(trx, { imageId: id, member });
      if (!added) throw ImageMemberExists({ id, member });
      checkLimit('members', await countImageMembers(trx, id));
      const made = toMember(added);
      tell(imageMemberCreate(made));
      return made;
    });
  }

  /** All members for the owner; a member gets only itself. */
  async list(ctx: Context, id: string): Promise<readonly ImageMember[]> {
    const row = await this.#shared(ctx, id, { rule: 'get_members', verb: 'see the members of' });
    return (await listImageMembers(this.#with.db, id, this.#onlySelf(ctx, row))).map(toMember);
  }

  /** One member, for the owner and for itself. */
  async show(ctx: Context, id: string, member: string): Promise<ImageMember> {
    const row = await this.#shared(ctx, id, { rule: 'get_member', verb: 'see the members of' });
    const only = this.#onlySelf(ctx, row) ?? member;
    const [found] = only === member ? await listImageMembers(this.#with.db, id, member) : [];
    if (!found) throw ImageMemberNotFound({ id, member });
    return toMember(found);
  }

  /** Accepts or rejects an offer; only the member may, not the owner. */
  async answer(
    ctx: Context,
    id: string,
    { member, status }: { readonly member: string; readonly status: MemberStatus },
  ): Promise<ImageMember> {
    await this.show(ctx, id, member);
    await this.#shared(ctx, id, { rule: 'modify_member', verb: 'accept or reject for others', member });
    return await change(ctx, { db: this.#with.db, what: 'imageMember.update', ...memory(id) }, async ({ trx, tell }) => {
      const changed = await changeImageMember(trx, { imageId: id, member }, status);
      if (!changed) throw ImageMemberNotFound({ id, member });
      const after = toMember(changed);
      tell(imageMemberUpdate(after));
      return after;
    });
  }

  /** Withdraws an offer, accepted or not. */
  async remove(ctx: Context, id: string, member: string): Promise<void> {
    await this.#shared(ctx, id, { rule: 'delete_member', verb: 'withdraw', member: null });
    await change(ctx, { db: this.#with.db, what: 'imageMember.delete' }, async ({ trx, tell }) => {
      const gone = await deleteImageMember(trx, { imageId: id, member });
      if (!gone) throw ImageMemberNotFound({ id, member });
      tell(imageMemberDelete(toMember(gone)));
    });
  }

  /** The image; throws unless the caller sees it, may do this, and it is shared. */
  async #shared(
    ctx: Context,
    id: string,
    { rule, verb, member }: { readonly rule: PolicyRule; readonly verb: string; readonly member?: string | null },
  ): Promise<ImageRow> {
    const row = await requireImage(ctx, id, this.#with);
    const target = { ...targetOf(ctx, row), ...(member !== undefined && { member_id: member }) };
    if (!this.#with.policy.may(ctx, rule, target)) throw ImageForbidden({ verb });
    if (row.visibility !== 'shared') throw ImageNotShared({});
    return row;
  }

  #onlySelf(ctx: Context, { owner }: ImageRow): string | undefined {
    return ctx.isAdmin || owner === ctx.projectId ? undefined : (ctx.projectId ?? '');
  }
}

/** A retried request finds its member by the project. */
const memory = (id: string) => ({
  keep: ({ member }: ImageMember): string => member,
  recall: async (member: string, { trx }: Changing<CloudDb>): Promise<ImageMember> => {
    const [found] = await listImageMembers(trx, id, member);
    if (!found) throw ImageMemberNotFound({ id, member });
    return toMember(found);
  },
});
