import type { Context } from '../../lib/context/context.ts';
import { NovaError } from '../../lib/errors/error-type.ts';
import type { AskedListing } from '../../objects/volume-listing.ts';
import type { Volume, VolumeSnapshot } from '../../objects/volume.ts';
import type { Policy } from '../../policy/policy.ts';
import type { VolumeApi } from '../../volume/api.ts';
import type { NewSnapshot } from '../../volume/api/snapshots.ts';
import type { NewVolume } from '../../volume/api/volumes.ts';
import { BadVolumeRequest } from './errors.ts';

/** A page of a list. */
export interface VolumePage {
  readonly offset: number;
  readonly limit: number;
}

interface Deps {
  readonly policy: Policy;
  readonly volumes: Pick<VolumeApi, 'volumes' | 'snapshots'>;
}

/** Volumes and snapshots of the caller's project, passed on to the volume service; its conflicts are told as bad input, as Nova told them. */
export class ProxiedVolumesApi {
  readonly #deps: Deps;

  constructor(deps: Deps) {
    this.#deps = deps;
  }

  async list(ctx: Context, page: VolumePage, rule: 'list' | 'detail'): Promise<readonly Volume[]> {
    this.#deps.policy.check(ctx, `os_compute_api:os-volumes:${rule}`);
    return (await this.#deps.volumes.volumes.list(ctx, newestFirst(page))).items;
  }

  async show(ctx: Context, id: string): Promise<Volume> {
    this.#deps.policy.check(ctx, 'os_compute_api:os-volumes:show');
    return await this.#deps.volumes.volumes.show(ctx, id);
  }

  async create(ctx: Context, wanted: NewVolume): Promise<Volume> {
    this.#deps.policy.check(ctx, 'os_compute_api:os-volumes:create');
    return await told(this.#deps.volumes.volumes.create(ctx, wanted));
  }

  async delete(ctx: Context, id: string): Promise<void> {
    this.#deps.policy.check(ctx, 'os_compute_api:os-volumes:delete');
    await told(this.#deps.volumes.volumes.delete(ctx, id));
  }

  async listSnapshots(ctx: Context, page: VolumePage, rule: 'list' | 'detail'): Promise<readonly VolumeSnapshot[]> {
    this.#deps.policy.check(ctx, `os_compute_api:os-volumes:snapshots:${rule}`);
    return (await this.#deps.volumes.snapshots.list(ctx, newestFirst(page))).items;
  }

  async showSnapshot(ctx: Context, id: string): Promise<VolumeSnapshot> {
    this.#deps.policy.check(ctx, 'os_compute_api:os-volumes:snapshots:show');
    return await this.#deps.volumes.snapshots.show(ctx, id);
  }

  async createSnapshot(ctx: Context, wanted: Omit<NewSnapshot, 'metadata'>): Promise<VolumeSnapshot> {
    this.#deps.policy.check(ctx, 'os_compute_api:os-volumes:snapshots:create');
    return await told(this.#deps.volumes.snapshots.create(ctx, { ...wanted, metadata: {} }));
  }

  async deleteSnapshot(ctx: Context, id: string): Promise<void> {
    this.#deps.policy.check(ctx, 'os_compute_api:os-volumes:snapshots:delete');
    await told(this.#deps.volumes.snapshots.delete(ctx, id));
  }
}

const newestFirst = (page: VolumePage): AskedListing => ({
  ...page,
  everybodys: false,
  filters: [],
  unknown: [],
  isStrict: false,
  sort: [{ column: 'created_at', direction: 'desc' }],
});

async function told<T>(asked: Promise<T>): Promise<T> {
  try {
    return await asked;
  } catch (error) {
    throw error instanceof NovaError && error.kind === 'conflict' ? BadVolumeRequest({ message: error.message }, { cause: error }) : error;
  }
}
