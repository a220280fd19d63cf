import { change } from '../db/change.ts';
import { countAlone, deleteBucket, findBucket, insertBucket, listBuckets } from '../db/stores/objectstore/buckets.ts';
import { bucketCreate, bucketDelete } from '../events/objectstore.ts';
import type { Context } from '../lib/context/context.ts';
import type { Bucket } from '../objects/stored-object.ts';
import { allow, ownProject } from './access.ts';
import type { StoreDeps } from './deps.ts';
import { BucketAlreadyExists, BucketAlreadyOwnedByYou, BucketNotEmpty, NoSuchBucket, TooManyBuckets } from './errors.ts';
import { checkBucketName, checkRegion } from './names.ts';

/** Buckets. Their names are those of the whole cloud, so that somebody else's exists, but is closed. */
export class Buckets {
  readonly #deps: StoreDeps;

  constructor(deps: StoreDeps) {
    this.#deps = deps;
  }

  /** Those of the caller's project. */
  async list(ctx: Context): Promise<readonly Bucket[]> {
    const projectId = ownProject(ctx);
    this.#deps.policy.check(ctx, 'objectstore:list_buckets', { project_id: projectId });
    return await listBuckets(this.#deps.db, projectId);
  }

  async show(ctx: Context, name: string): Promise<Bucket> {
    return await allow(this.#deps, ctx, name, 'objectstore:get_bucket');
  }

  async create(ctx: Context, name: string, region: string): Promise<Bucket> {
    const { db, policy, limits } = this.#deps;
    const projectId = ownProject(ctx);
    policy.check(ctx, 'objectstore:create_bucket', { project_id: projectId });
    checkBucketName(name);
    checkRegion(region);
    return await change(ctx, { db, what: `bucket.create ${name}`, ...memory }, async ({ trx, tell }) => {
      const before = await findBucket(trx, name);
      if (before) throw before.projectId === projectId ? BucketAlreadyOwnedByYou({ bucket: name }) : BucketAlreadyExists({ bucket: name });
      if (limits.buckets >= 0) {
        await countAlone(trx, projectId);
        if ((await listBuckets(trx, projectId)).length >= limits.buckets) throw TooManyBuckets({ most: limits.buckets });
      }
      const made = await insertBucket(trx, { name, project_id: projectId, region });
      if (!made) throw BucketAlreadyExists({ bucket: name });
      tell(bucketCreate(made));
      return made;
    });
  }

  async delete(ctx: Context, name: string): Promise<void> {
    await allow(this.#deps, ctx, name, 'objectstore:delete_bucket');
    await change(ctx, { db: this.#deps.db, what: `bucket.delete ${name}` }, async ({ trx, tell }) => {
      const gone = await deleteBucket(trx, name);
      if (gone === undefined) throw NoSuchBucket({ bucket: name });
      if (typeof gone !== 'object') throw BucketNotEmpty({ bucket: name });
      tell(bucketDelete(gone));
    });
  }
}

const memory = {
  keep: ({ createdAt, ...bucket }: Bucket) => ({ ...bucket, createdAt: createdAt.toISOString() }),
  recall: ({ createdAt, ...bucket }: Omit<Bucket, 'createdAt'> & { readonly createdAt: string }): Bucket => ({
    ...bucket,
    createdAt: new Date(createdAt),
  }),
};
