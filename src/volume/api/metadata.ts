import { createHash } from 'node:crypto';
import type { Context } from '../../lib/context/context.ts';
import { MetadataKeyNotFound, MetadataOutdated } from '../errors.ts';

type Texts = Readonly<Record<string, string>>;

/** What has metadata: volumes and snapshots. */
export interface MetadataOwner {
  read(ctx: Context, id: string): Promise<Texts>;
  /** Replaces them by what is decided under a lock. @returns all of them */
  change(ctx: Context, id: string, decide: (before: Texts) => Texts): Promise<Texts>;
}

/** Identifies metadata as they are, for a later change that must not overwrite another. */
export const etagOf = (metadata: Texts): string => createHash('md5').update(JSON.stringify({ metadata })).digest('hex');

/** The metadata of volumes and snapshots, as a whole and key by key. */
export class MetadataApi {
  readonly #owner: MetadataOwner;

  constructor(owner: MetadataOwner) {
    this.#owner = owner;
  }

  async list(ctx: Context, id: string): Promise<Texts> {
    return await this.#owner.read(ctx, id);
  }

  async show(ctx: Context, id: string, key: string): Promise<string> {
    return valueAt(await this.list(ctx, id), id, key);
  }

  /** Adds to them. @returns all of them */
  async add(ctx: Context, id: string, metadata: Texts): Promise<Texts> {
    return await this.#owner.change(ctx, id, (before) => ({ ...before, ...metadata }));
  }

  /** Replaces all, unless they have changed since the caller read them under `etag`. */
  async replace(ctx: Context, id: string, metadata: Texts, etag?: string): Promise<Texts> {
    return await this.#owner.change(ctx, id, (before) => {
      if (etag !== undefined && etagOf(before) !== etag) throw MetadataOutdated({});
      return metadata;
    });
  }

  async remove(ctx: Context, id: string, key: string): Promise<void> {
    await this.#owner.change(ctx, id, (before) => withoutKey(before, id, key));
  }
}

/** The value of a key. Throws MetadataKeyNotFound if there is none. */
function valueAt(metadata: Texts, id: string, key: string): string {
  const value = Object.hasOwn(metadata, key) ? metadata[key] : undefined;
  if (value === undefined) throw MetadataKeyNotFound({ id, key });
  return value;
}

/** Metadata without a key. Throws MetadataKeyNotFound if there is none. */
export function withoutKey(metadata: Texts, id: string, key: string): Texts {
  if (!Object.hasOwn(metadata, key)) throw MetadataKeyNotFound({ id, key });
  const { [key]: _gone, ...others } = metadata;
  return others;
}
