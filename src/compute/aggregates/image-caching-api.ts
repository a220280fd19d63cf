import type { ConductorApi } from '../../conductor/api.ts';
import { change } from '../../db/change.ts';
import type { CellDb } from '../../db/sql/queries.ts';
import { findAggregate } from '../../db/stores/hosts/aggregates.ts';
import { aggregateCacheImages } from '../../events/compute.ts';
import type { ImageSources } from '../../image/image-sources.ts';
import type { Ids } from '../../lib/clock/ids.ts';
import type { Context } from '../../lib/context/context.ts';
import type { HostName } from '../../objects/ids.ts';
import type { ImageMeta } from '../../objects/image.ts';
import { cacheImagesRef } from '../../operations/workflows.ts';
import type { Policy } from '../../policy/policy.ts';
import { AggregateNotFound, RepeatedImage, UncacheableImage } from './errors.ts';

interface Deps {
  readonly db: CellDb;
  readonly policy: Policy;
  readonly ids: Ids;
  readonly images: Pick<ImageSources, 'forBoot'>;
  readonly conductor: Pick<ConductorApi, 'write' | 'announce'>;
  /** How many hosts fetch images at a time (`precache_concurrency`). */
  readonly hostsAtATime: number;
}

/** Has the hosts of an aggregate fetch images before servers need them. */
export class ImageCachingApi {
  readonly #deps: Deps;

  constructor(deps: Deps) {
    this.#deps = deps;
  }

  /** Starts it; whether a host succeeds is in its log. */
  async cache(ctx: Context, aggregateId: number, imageIds: readonly string[]): Promise<void> {
    const { db, policy, conductor } = this.#deps;
    policy.check(ctx, 'compute:aggregates:images');
    if (new Set(imageIds).size < imageIds.length) throw RepeatedImage({});
    const prepare = async () => {
      if (!(await findAggregate(db, aggregateId))) throw AggregateNotFound({ id: String(aggregateId) });
      return await Promise.all(imageIds.map((id) => this.#image(ctx, id)));
    };
    const begun = await change(ctx, { db, what: `aggregate.cacheImages ${aggregateId}`, prepare }, async ({ trx, tell }, images) => {
      const aggregate = await findAggregate(trx, aggregateId);
      if (!aggregate) throw AggregateNotFound({ id: String(aggregateId) });
      tell(aggregateCacheImages({ ...aggregate, imageIds: images.map(({ id }) => id) }));
      const started: string[] = [];
      for (const hosts of this.#chainsOf(aggregate.hosts)) {
        const chain = this.#deps.ids.uuid();
        started.push(await conductor.write(trx, cacheImagesRef, { subject: chain, ctx, input: { chain, hosts, images } }));
      }
      return started;
    });
    for (const id of begun) conductor.announce(ctx, id);
  }

  async #image(ctx: Context, id: string): Promise<ImageMeta> {
    const image = await this.#deps.images.forBoot(ctx, id);
    if (typeof image === 'string') throw UncacheableImage({ id, because: image });
    return image;
  }

  /** The hosts, dealt out to as many chains as may run at a time. */
  #chainsOf(hosts: readonly HostName[]): readonly (readonly HostName[])[] {
    const count = Math.min(this.#deps.hostsAtATime, hosts.length);
    return Array.from({ length: count }, (_, chain) => hosts.filter((_host, place) => place % count === chain));
  }
}
