/** The builtin image service: what may be done with images, and by whom. Edges knock here; the data itself lies in an ImageStore. */
import { changeImage, findImage, type ImageRow, insertImage, listImages, markImageDeleted } from '../db/stores/images.ts';
import type { Queries } from '../db/stores/queries.ts';
import type { Ids } from '../lib/clock/ids.ts';
import type { Context } from '../lib/context/context.ts';
import type { ImageId } from '../objects/ids.ts';
import type { ImageMeta } from '../objects/image.ts';
import type { Policy } from '../policy/policy.ts';
import {
  ImageForbidden,
  ImageIdTaken,
  ImageIncomplete,
  ImageMarkerUnknown,
  ImageNotActive,
  ImageNotFound,
  ImageProtected,
  ImageTransitionRefused,
} from './errors.ts';
import type { Image, ImageChanges, ImageQuery, NewImage } from './image.ts';
import { Ingest } from './ingest.ts';
import { filterOf, sightOf } from './listing.ts';
import { columnsOf, toImage } from './row.ts';
import type { ImageStore } from './store.ts';

interface Dependencies {
  readonly db: Queries;
  readonly store: ImageStore;
  readonly ids: Ids;
  readonly policy: Policy;
  /** Of the data of one image. */
  readonly maxSizeBytes: number;
  /** Of the disk that an image unfolds to. */
  readonly maxVirtualSizeBytes?: number;
}

/** 16 TiB. */
const MAX_VIRTUAL_SIZE_BYTES = 16 * 1024 ** 4;

type Chunks = AsyncIterable<Uint8Array>;

export class ImageApi {
  readonly #with: Required<Dependencies>;

  constructor(dependencies: Dependencies) {
    this.#with = { maxVirtualSizeBytes: MAX_VIRTUAL_SIZE_BYTES, ...dependencies };
  }

  /** A new image without data: status queued. It belongs to the caller's project unless an admin says otherwise. */
  async create(ctx: Context, image: NewImage): Promise<Image> {
    const { db, ids, policy } = this.#with;
    const owner = image.owner ?? ctx.projectId;
    if (owner === null) throw ImageForbidden({ verb: 'create' });
    policy.check(ctx, 'add_image', { project_id: owner });
    this.#checkVisibility(ctx, owner, image);
    const id = image.id ?? ids.uuid();
    const row = await insertImage(db, {
      tags: [],
      properties: {},
      visibility: 'shared',
      ...columnsOf(image),
      id,
      owner,
    });
    if (!row) throw ImageIdTaken({ id });
    return toImage(row);
  }

  /** One image that the caller may see; what may not be seen does not exist. */
  async show(ctx: Context, id: string): Promise<Image> {
    return toImage(await this.#find(ctx, id));
  }

  /** A page of what the caller may see. */
  async list(ctx: Context, query: ImageQuery): Promise<readonly Image[]> {
    if (query.marker !== undefined && !(await this.#see(ctx, query.marker))) throw ImageMarkerUnknown({ id: query.marker });
    const rows = await listImages(this.#with.db, filterOf(ctx, query));
    return rows.map(toImage);
  }

  /** Changes what is said about an image. */
  async update(ctx: Context, id: string, changes: ImageChanges): Promise<Image> {
    const row = await this.#find(ctx, id);
    if (!this.#with.policy.may(ctx, 'modify_image', { project_id: row.owner })) throw ImageForbidden({ verb: 'modify' });
    this.#checkVisibility(ctx, row.owner, changes);
    const { tags, properties, ...columns } = columnsOf(changes);
    const changed = await changeImage(
      this.#with.db,
      { id, status: ['queued', 'saving', 'active'] },
      {
        ...columns,
        ...(tags && { tags: JSON.stringify(tags) }),
        ...(properties && { properties: JSON.stringify(properties) }),
      },
    );
    if (!changed) throw ImageNotFound({ id });
    return toImage(changed);
  }

  /** Removes an image and its data. */
  async delete(ctx: Context, id: string): Promise<void> {
    const row = await this.#find(ctx, id);
    if (!this.#with.policy.may(ctx, 'delete_image', { project_id: row.owner })) throw ImageForbidden({ verb: 'delete' });
    if (row.protected) throw ImageProtected({ id });
    if (!(await markImageDeleted(this.#with.db, id))) throw ImageNotFound({ id });
    // The row goes first: data without a row is swept some day, a row without data would promise what cannot be read.
    await this.#with.store.remove(id);
  }

  /** Takes the data of a queued image: it becomes active when all of it is safe on disk, and queued again if anything fails. */
  async upload(ctx: Context, id: string, chunks: Chunks): Promise<void> {
    const { db, ids, store, policy, maxSizeBytes, maxVirtualSizeBytes } = this.#with;
    const row = await this.#find(ctx, id);
    if (!policy.may(ctx, 'upload_image', { project_id: row.owner })) throw ImageForbidden({ verb: 'upload data for' });
    const { diskFormat, containerFormat } = toImage(row);
    if (!diskFormat || !containerFormat) {
      throw ImageIncomplete({ problem: 'Properties disk_format, container_format must be set prior to saving data.' });
    }
    const upload = ids.uuid();
    if (!(await changeImage(db, { id, status: ['queued'] }, { status: 'saving', upload }))) {
      throw ImageTransitionRefused({ from: (await this.#find(ctx, id)).status, to: 'saving' });
    }
    const ingest = new Ingest({ diskFormat, maxSizeBytes, maxVirtualSizeBytes });
    try {
      await store.save(id, ingest.through(chunks));
    } catch (error) {
      await changeImage(db, { id, status: ['saving'], upload }, { status: 'queued', upload: null });
      throw error;
    }
    await this.#activate(id, upload, ingest);
  }

  /** The data; undefined as long as there is none. */
  async download(ctx: Context, id: string): Promise<{ readonly image: Image; readonly data: Chunks | undefined }> {
    const image = await this.show(ctx, id);
    return { image, data: image.status === 'active' ? await this.#with.store.read(id) : undefined };
  }

  /** What a server that boots from the image keeps of it; throws ImageNotActive where there is no data. */
  async meta(ctx: Context, id: ImageId): Promise<ImageMeta> {
    const { name, diskFormat, containerFormat, sizeBytes, virtualSizeBytes, sha512, ...image } = await this.show(ctx, id);
    if (image.status !== 'active' || !diskFormat || !containerFormat || sizeBytes === null || sha512 === null) throw ImageNotActive({ id });
    const { minDiskGb, minRamMb, properties } = image;
    return {
      id,
      name: name ?? '',
      diskFormat,
      containerFormat,
      sizeBytes,
      virtualSizeBytes,
      hash: sha512,
      minDiskGb,
      minRamMb,
      properties,
    };
  }

  async #activate(id: string, upload: string, ingest: Ingest): Promise<void> {
    const { db, store } = this.#with;
    const { sizeBytes, virtualSizeBytes, md5, sha512 } = ingest.result();
    const active = { status: 'active', upload: null, size_bytes: sizeBytes, virtual_size_bytes: virtualSizeBytes, md5, sha512 } as const;
    if (await changeImage(db, { id, status: ['saving'], upload }, active)) return;
    // Deleted while it was uploaded.
    await store.remove(id);
    throw ImageNotFound({ id });
  }

  async #find(ctx: Context, id: string): Promise<ImageRow> {
    const row = await this.#see(ctx, id);
    if (!row) throw ImageNotFound({ id });
    return row;
  }

  async #see(ctx: Context, id: string): Promise<ImageRow | undefined> {
    return isUuid(id) ? await findImage(this.#with.db, id, sightOf(ctx, { community: true })) : undefined;
  }

  #checkVisibility(ctx: Context, owner: string, { visibility }: ImageChanges): void {
    if (visibility === 'public') this.#with.policy.check(ctx, 'publicize_image', { project_id: owner });
    if (visibility === 'community') this.#with.policy.check(ctx, 'communitize_image', { project_id: owner });
  }
}

const isUuid = (id: string): boolean => /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/.test(id);
