import type { CloudDb } from '../../db/sql/queries.ts';
import type { Context } from '../../lib/context/context.ts';
import { type ImageApi, ImageNotFound } from '../../image/api.ts';
import { limitsOf } from '../../quota/limits.ts';
import type { QuotaLimits } from '../../quota/resources.ts';
import { ImageMetadataItemNotFound, ImageMetadataLimitExceeded, ImageNotThere } from './errors.ts';

type Image = Awaited<ReturnType<ImageApi['show']>>;

/** Which images to list. */
export type ImageListing = Pick<Parameters<ImageApi['list']>[1], 'values' | 'tests' | 'properties' | 'marker' | 'limit'>;

/** An image, and where the image service has it. */
export interface ShownImage {
  readonly image: Image;
  readonly alternate: string;
}

type Metadata = Readonly<Record<string, string>>;

interface Deps {
  readonly db: CloudDb;
  readonly images: Pick<ImageApi, 'list' | 'show' | 'update' | 'delete'>;
  readonly quotaLimits: QuotaLimits;
  /** Start of links to images in the image service, without a slash at the end. */
  readonly imageLinks: string;
}

/** Images, passed on to the image service, which checks who may do what. */
export class ProxiedImagesApi {
  readonly #deps: Deps;

  constructor(deps: Deps) {
    this.#deps = deps;
  }

  /** A page of images, newest first. */
  async list(ctx: Context, listing: ImageListing): Promise<readonly ShownImage[]> {
    const found = await this.#deps.images.list(ctx, { ...listing, sort: [{ key: 'created_at', direction: 'desc' }] });
    return found.map((image) => this.#shown(image));
  }

  async show(ctx: Context, id: string): Promise<ShownImage> {
    return this.#shown(await told(this.#deps.images.show(ctx, id)));
  }

  async delete(ctx: Context, id: string): Promise<void> {
    await told(this.#deps.images.delete(ctx, id));
  }

  /** The properties of an image, which are its metadata here. */
  async metadata(ctx: Context, id: string): Promise<Metadata> {
    return (await this.show(ctx, id)).image.properties;
  }

  async metadataItem(ctx: Context, id: string, key: string): Promise<Metadata> {
    return { [key]: itemOf(await this.metadata(ctx, id), key) };
  }

  /** Sets the metadata of an image or adds to them; returns all of them. */
  async setMetadata(ctx: Context, id: string, items: Metadata, how: 'merge' | 'replace'): Promise<Metadata> {
    const { db, quotaLimits } = this.#deps;
    const { user } = await limitsOf(db, { projectId: ctx.projectId ?? '', userId: ctx.userId ?? '' }, quotaLimits);
    return await this.#edit(ctx, id, (now) => {
      const metadata = how === 'merge' ? { ...now, ...items } : items;
      const count = Object.keys(metadata).length;
      if (count > 0 && user.metadata_items >= 0 && count > user.metadata_items) throw ImageMetadataLimitExceeded({});
      return metadata;
    });
  }

  async deleteMetadataItem(ctx: Context, id: string, key: string): Promise<void> {
    await this.#edit(ctx, id, (now) => {
      itemOf(now, key);
      const { [key]: _gone, ...rest } = now;
      return rest;
    });
  }

  async #edit(ctx: Context, id: string, change: (now: Metadata) => Metadata): Promise<Metadata> {
    const changed = this.#deps.images.update(ctx, id, ({ properties }) => ({ properties: change(properties) }));
    return (await told(changed)).properties;
  }

  #shown(image: Image): ShownImage {
    return { image, alternate: `${this.#deps.imageLinks}/images/${image.id}` };
  }
}

function itemOf(metadata: Metadata, key: string): string {
  const value = Object.hasOwn(metadata, key) ? metadata[key] : undefined;
  if (value === undefined) throw ImageMetadataItemNotFound({});
  return value;
}

/** Nova says in its own words that there is no such image. */
async function told<T>(asked: Promise<T>): Promise<T> {
  try {
    return await asked;
  } catch (error) {
    throw ImageNotFound.is(error) ? ImageNotThere({}, { cause: error }) : error;
  }
}
