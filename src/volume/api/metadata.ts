import { createHash } from 'node:crypto';
import type { Context } from '../../lib/context/context.ts';
import { MetadataKeyNotFound, MetadataOutdated } from '../errors.ts';

type Texts = Readonly<Record<string, string>>;

/** What has metadata: volumes and snapshots. */
export interface MetadataOwner {
  read(ctx: Context, id: string): Promise<Texts>;
  write(ctx: Context, id: string, metadata: Texts): Promise<unknown>;
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
    const found = (await this.list(ctx, id))[key];
    if (found === undefined) throw MetadataKeyNotFound({ id, key });
    return found;
  }

  /** Adds to them. @returns all of them */
  async add(ctx: Context, id: string, metadata: Texts): Promise<Texts> {
    await this.#owner.write(ctx, id, { ...(await this.list(ctx, id)), ...metadata });
    return await this.list(ctx, id);
  }

  /** Replaces all, unless they have changed since the caller read them under `etag`. */
  async replace(ctx: Context, id: string, metadata: Texts, etag?: string): Promise<Texts> {
    if (etag !== undefined && etagOf(await this.list(ctx, id)) !== etag) throw MetadataOutdated({});
    await this.#owner.write(ctx, id, metadata);
    return await this.list(ctx, id);
  }

  async remove(ctx: Context, id: string, key: string): Promise<void> {
    const { [key]: gone, ...others } = await this.list(ctx, id);
    if (gone === undefined) throw MetadataKeyNotFound({ id, key });
    await this.#owner.write(ctx, id, others);
  }
}
