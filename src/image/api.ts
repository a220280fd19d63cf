/** The builtin image service's operations and who may call them. Called by the edges; an ImageStore keeps the data. */
import { change, type Changing } from '../db/change.ts';
import { listImages } from '../db/stores/image/list.ts';
import { deleteImageMembers } from '../db/stores/image/members.ts';
import { changeImage, findImage, insertImage, lockImage, markImageDeleted } from '../db/stores/image/images.ts';
import type { CloudDb } from '../db/sql/queries.ts';
import {
  imageCreate,
  imageDeactivate,
  imageDelete,
  imageMemberDelete,
  imageReactivate,
  imageUpdate,
  imageUpload,
} from '../events/image.ts';
import type { Ids } from '../lib/clock/ids.ts';
import type { Context } from '../lib/context/context.ts';
import type { ImageId } from '../objects/ids.ts';
import type { ImageMeta } from '../objects/image.ts';
import type { Policy } from '../policy/policy.ts';
import {
  ImageActionRefused,
  ImageDeactivated,
  ImageForbidden,
  ImageFormatFixed,
  ImageIdTaken,
  ImageMarkerUnknown,
  ImageNotActive,
  ImageNotFound,
  ImagePassRefused,
  ImageProtected,
  ImageTagNotFound,
} from './errors.ts';
import type { ImagePasses } from './image-pass.ts';
import type { Image, ImageChanges, ImageQuery, NewImage } from './image.ts';
import { checkLimits } from './limits.ts';
import { filterOf } from './listing.ts';
import { ImageMembers } from './members.ts';
import { columnsOf, toImage, toMember } from './row.ts';
import { allow, requireImage, seeImage } from './visibility.ts';
import { resetUploads } from './recover.ts';
import type { ByteRange, ImageStore } from './store.ts';
import { Uploads } from './uploads.ts';

interface Dependencies {
  readonly db: CloudDb;
  readonly store: ImageStore;
  readonly ids: Ids;
  readonly policy: Policy;
  /** Lets hosts read and send the data of single images. */
  readonly passes: ImagePasses;
  /** The limit for the data of one image. */
  readonly maxSizeBytes: number;
  /** The limit for the virtual disk of one image. */
  readonly maxVirtualSizeBytes?: number;
}

/** 16 TiB. */
const MAX_VIRTUAL_SIZE_BYTES = 16 * 1024 ** 4;

/** Picks a range of data of this size; undefined is all of it. */
type PickRange = (sizeBytes: number) => ByteRange | undefined;

type Chunks = AsyncIterable<Uint8Array>;

/** An image with its data or the wanted range of it; undefined while there is none. */
export interface Download {
  readonly image: Image;
  readonly data: { readonly chunks: Chunks; readonly range: ByteRange | undefined } | undefined;
}

export { ImageNotFound } from './errors.ts';

export class ImageApi {
  /** With whom images are shared. */
  readonly members: ImageMembers;
  readonly #with: Dependencies;
  readonly #uploads: Uploads;

  constructor(dependencies: Dependencies) {
    const { maxSizeBytes, maxVirtualSizeBytes = MAX_VIRTUAL_SIZE_BYTES } = dependencies;
    this.#with = dependencies;
    this.members = new ImageMembers(dependencies);
    this.#uploads = new Uploads({ ...dependencies, rules: { maxSizeBytes, maxVirtualSizeBytes } });
  }

  /** Creates an image without data: status queued. It belongs to the caller's project unless an admin names another. */
  async create(ctx: Context, image: NewImage): Promise<Image> {
    const { db, ids } = this.#with;
    const owner = this.checkNew(ctx, image);
    return await change(ctx, { db, what: 'image.create', ...imageMemory }, async ({ trx, tell }) => {
      const id = image.id ?? ids.uuid();
      const row = await insertImage(trx, { tags: [], properties: {}, visibility: 'shared', ...columnsOf(image), id, owner });
      if (!row) throw ImageIdTaken({ id });
      const made = toImage(row);
      tell(imageCreate(made));
      return made;
    });
  }

  /** Throws if the caller may not create such an image. @returns the project that would own it */
  checkNew(ctx: Context, image: NewImage): string {
    const owner = image.owner ?? ctx.projectId;
    if (owner === null) throw ImageForbidden({ verb: 'create' });
    this.#with.policy.check(ctx, 'add_image', { project_id: owner, owner });
    this.#checkVisibility(ctx, owner, image);
    checkLimits(image);
    return owner;
  }

  /** Throws ImageNotFound if the caller may not see it. */
  async show(ctx: Context, id: string): Promise<Image> {
    return toImage(await requireImage(ctx, id, this.#with));
  }

  /** A page of what the caller may see. */
  async list(ctx: Context, query: ImageQuery): Promise<readonly Image[]> {
    const { db, policy } = this.#with;
    policy.check(ctx, 'get_images');
    if (query.marker !== undefined && !(await seeImage(ctx, query.marker, this.#with))) throw ImageMarkerUnknown({ id: query.marker });
    const rows = await listImages(db, filterOf(ctx, query));
    return rows.map(toImage);
  }

  /** Changes the attributes of an image. `decide` gets the image under lock, so that concurrent changes do not overwrite each other. */
  async update(ctx: Context, id: string, decide: (now: Image) => ImageChanges): Promise<Image> {
    const { db, policy } = this.#with;
    allow(ctx, policy, await requireImage(ctx, id, this.#with), { rule: 'modify_image', verb: 'modify' });
    return await change(ctx, { db, what: `image.update ${id}`, ...imageMemory }, async ({ trx, tell }) => {
      const row = await lockImage(trx, id);
      if (!row) throw ImageNotFound({ id });
      const now = toImage(row);
      const changes = decide(now);
      this.#checkChanges(ctx, now, changes);
      const { tags, properties, ...columns } = columnsOf(changes);
      const json = { ...(tags && { tags: JSON.stringify(tags) }), ...(properties && { properties: JSON.stringify(properties) }) };
      const changed = await changeImage(trx, { id, status: [row.status] }, { ...columns, ...json });
      if (!changed) return now;
      const after = toImage(changed);
      tell(imageUpdate(after));
      return after;
    });
  }

  /** Adds a tag to an image; a no-op if it has the tag. */
  async addTag(ctx: Context, id: string, tag: string): Promise<void> {
    await this.update(ctx, id, ({ tags }) => (tags.includes(tag) ? {} : { tags: [...tags, tag] }));
  }

  async removeTag(ctx: Context, id: string, tag: string): Promise<void> {
    await this.update(ctx, id, ({ tags }) => {
      if (!tags.includes(tag)) throw ImageTagNotFound({ tag });
      return { tags: tags.filter((each) => each !== tag) };
    });
  }

  /** Withholds the data of an image from everybody but admins. */
  async deactivate(ctx: Context, id: string): Promise<void> {
    await this.#switch(ctx, id, { verb: 'deactivate', from: 'active', to: 'deactivated' });
  }

  /** Makes the data of an image available again. */
  async reactivate(ctx: Context, id: string): Promise<void> {
    await this.#switch(ctx, id, { verb: 'reactivate', from: 'deactivated', to: 'active' });
  }

  /** Deletes an image and its data, also while servers booted from it exist: their hosts have copies of their own. */
  async delete(ctx: Context, id: string): Promise<void> {
    const { db, policy, store } = this.#with;
    const prepare = async () => {
      const row = await requireImage(ctx, id, this.#with);
      allow(ctx, policy, row, { rule: 'delete_image', verb: 'delete' });
      if (row.protected) throw ImageProtected({ id });
    };
    await change(ctx, { db, what: `image.delete ${id}`, prepare }, async ({ trx, tell }) => {
      const now = await lockImage(trx, id);
      if (now?.protected) throw ImageProtected({ id });
      if (!now || !(await markImageDeleted(trx, id))) throw ImageNotFound({ id });
      for (const member of await deleteImageMembers(trx, id)) tell(imageMemberDelete(toMember(member)));
      if (now.status === 'saving') tell(imageUpload.error(toImage(now)));
      tell(imageDelete(toImage(now)));
    });
    // The row goes first: recovery removes data without a row, but a row without data would promise what cannot be read.
    await store.remove(id);
  }

  /**
   * Deletes an image for a service that made it and no longer needs it, whatever the caller may do with images. Protection holds once there
   * is data. A no-op if there is no such image.
   */
  async discard(ctx: Context, id: ImageId): Promise<void> {
    const { db, store } = this.#with;
    const isGone = await change(ctx, { db, what: `image.discard ${id}` }, async ({ trx, tell }) => {
      const now = await lockImage(trx, id);
      if (!now) return true;
      if (now.protected && now.status !== 'queued' && now.status !== 'saving') return false;
      if (now.protected) await changeImage(trx, { id, status: [now.status] }, { protected: false });
      await markImageDeleted(trx, id);
      for (const member of await deleteImageMembers(trx, id)) tell(imageMemberDelete(toMember(member)));
      if (now.status === 'saving') tell(imageUpload.error(toImage(now)));
      tell(imageDelete(toImage(now)));
      return true;
    });
    if (isGone) await store.remove(id);
  }

  /** Completes an image that needs no data: a cloud's own, whose properties say all. */
  async completeEmpty(ctx: Context, id: ImageId): Promise<void> {
    await this.#uploads.completeEmpty(ctx, id);
  }

  /** Receives the data of a queued image, which becomes active once all of it is on disk, and queued again if anything fails. */
  async upload(ctx: Context, id: string, chunks: Chunks): Promise<void> {
    const row = await requireImage(ctx, id, this.#with);
    allow(ctx, this.#with.policy, row, { rule: 'upload_image', verb: 'upload data for' });
    await this.#uploads.take(ctx, toImage(row), chunks);
  }

  /** The same for the holder of a pass to send it. An upload that its process left unfinished does not stand in the way. */
  async uploadBy(ctx: Context, pass: string, id: string, chunks: Chunks): Promise<void> {
    const { db, passes } = this.#with;
    if (!passes.opens(pass, id, 'write')) throw ImagePassRefused({});
    await resetUploads({ db, image: id });
    const row = await findImage(db, id, { all: true });
    if (!row) throw ImageNotFound({ id });
    await this.#uploads.take(ctx, toImage(row), chunks);
  }

  /** A pass to send the data of an image, for a host that copies a guest's disk. */
  passToSend(id: ImageId): string {
    return this.#with.passes.passTo(id, 'write');
  }

  /** The status of an image, whoever asks; undefined if there is none. */
  async statusOf(id: ImageId): Promise<Image['status'] | undefined> {
    const row = await findImage(this.#with.db, id, { all: true });
    return row && toImage(row).status;
  }

  /** The data, or the range that `pick` chooses. */
  async download(ctx: Context, id: string, pick?: PickRange): Promise<Download> {
    const row = await requireImage(ctx, id, this.#with);
    allow(ctx, this.#with.policy, row, { rule: 'download_image', verb: 'download' });
    const image = toImage(row);
    if (image.status === 'deactivated' && !ctx.isAdmin) throw ImageDeactivated({});
    return await this.#read(image, pick);
  }

  /** The same for the holder of a pass to the image. */
  async downloadBy(pass: string, id: string, pick?: PickRange): Promise<Download> {
    if (!this.#with.passes.opens(pass, id)) throw ImagePassRefused({});
    const row = await findImage(this.#with.db, id, { all: true });
    if (!row) throw ImageNotFound({ id });
    const image = toImage(row);
    if (image.status === 'deactivated') throw ImageDeactivated({});
    return await this.#read(image, pick);
  }

  /** A pass to the data of an image, for a host that builds a guest of the caller's. */
  async passTo(ctx: Context, id: ImageId): Promise<string> {
    const { db, policy, passes } = this.#with;
    const row = await seeImage(ctx, id, this.#with);
    if (row) allow(ctx, policy, row, { rule: 'download_image', verb: 'download' });
    // Hosts may have copies of deleted images: then the pass opens nothing and is not needed.
    else if (await findImage(db, id, { all: true })) throw ImageNotFound({ id });
    return passes.passTo(id);
  }

  /** What a server that boots from the image stores of it; throws ImageNotActive if there is no data. */
  async meta(ctx: Context, id: ImageId): Promise<ImageMeta> {
    const { name, diskFormat, containerFormat, sizeBytes, virtualSizeBytes, sha512, ...image } = await this.show(ctx, id);
    if (image.status !== 'active' || !diskFormat || !containerFormat || sizeBytes === null || sha512 === null) throw ImageNotActive({ id });
    const { minDiskGb, minRamMb, properties } = image;
    const known = { id, name: name ?? '', diskFormat, containerFormat, minDiskGb, minRamMb, properties };
    return { ...known, sizeBytes, virtualSizeBytes, hash: sha512 };
  }

  async #read(image: Image, pick: PickRange = () => undefined): Promise<Download> {
    if (image.sizeBytes === null || image.sizeBytes === 0) return { image, data: undefined };
    const range = pick(image.sizeBytes);
    return { image, data: { chunks: await this.#with.store.read(image.id, range), range } };
  }

  async #switch(
    ctx: Context,
    id: string,
    { verb, from, to }: { readonly verb: 'deactivate' | 'reactivate'; readonly from: Image['status']; readonly to: Image['status'] },
  ): Promise<void> {
    const { db, policy } = this.#with;
    allow(ctx, policy, await requireImage(ctx, id, this.#with), { rule: verb, verb });
    const isChanged = await change(ctx, { db, what: `image.${verb} ${id}` }, async ({ trx, tell }) => {
      const changed = await changeImage(trx, { id, status: [from] }, { status: to });
      if (changed) tell((verb === 'deactivate' ? imageDeactivate : imageReactivate)(toImage(changed)));
      return changed !== undefined;
    });
    if (isChanged) return;
    const { status } = await this.show(ctx, id);
    // A repeated request is a no-op.
    if (status !== to) throw ImageActionRefused({ verb, status });
  }

  #checkChanges(ctx: Context, now: Image, changes: ImageChanges): void {
    // Changing the owner is like creating an image for another project, and needs the same right.
    if (changes.owner !== undefined && changes.owner !== now.owner)
      this.#with.policy.check(ctx, 'add_image', { project_id: changes.owner, owner: changes.owner });
    if (changes.visibility !== now.visibility) this.#checkVisibility(ctx, now.owner, changes);
    const isQueued = now.status === 'queued';
    if (!isQueued && differs(changes.diskFormat, now.diskFormat)) throw ImageFormatFixed({ attribute: 'disk_format' });
    if (!isQueued && differs(changes.containerFormat, now.containerFormat)) throw ImageFormatFixed({ attribute: 'container_format' });
    checkLimits(changes);
  }

  #checkVisibility(ctx: Context, owner: string, { visibility }: ImageChanges): void {
    if (visibility === 'public') this.#with.policy.check(ctx, 'publicize_image', { project_id: owner });
    if (visibility === 'community') this.#with.policy.check(ctx, 'communitize_image', { project_id: owner });
  }
}

/** A retried request finds its image by the id. */
const imageMemory = {
  keep: ({ id }: Image): string => id,
  recall: async (id: string, { trx }: Changing<CloudDb>): Promise<Image> => {
    const row = await lockImage(trx, id);
    if (!row) throw ImageNotFound({ id });
    return toImage(row);
  },
};

const differs = <T>(wanted: T | undefined, now: T): boolean => wanted !== undefined && wanted !== now;
