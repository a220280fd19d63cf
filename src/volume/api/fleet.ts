import { type HostUse, listPools, type Pool, useOfBackend } from '../../db/stores/volume/pools.ts';
import type { Context } from '../../lib/context/context.ts';
import { findVolumeService, listVolumeServices, setVolumeService, type VolumeService } from '../../db/stores/volume/services.ts';
import { change } from '../../db/change.ts';
import { volumeServiceUpdate } from '../../events/volume.ts';
import type { VolumeDeps } from '../deps.ts';
import { VolumeHostNotFound, VolumeServiceNotFound } from '../errors.ts';

export type { Pool };

/** A service with its zone and whether it counts as up. */
export type VolumeServiceState = VolumeService & { readonly zone: string; readonly isUp: boolean };

/** The services, hosts and pools of the volume service, for operators. */
export class VolumeFleetApi {
  readonly #deps: VolumeDeps;

  constructor(deps: VolumeDeps) {
    this.#deps = deps;
  }

  async services(ctx: Context, filter: { readonly host?: string; readonly binary?: string }): Promise<readonly VolumeServiceState[]> {
    this.#deps.policy.check(ctx, 'volume_extension:services:index');
    const all = await this.#all();
    // A host is also named without its backend.
    const isOf = (host: string) => filter.host === undefined || host === filter.host || host.startsWith(`${filter.host}@`);
    return all.filter(({ host, binary }) => isOf(host) && binary === (filter.binary ?? binary));
  }

  async setEnabled(
    ctx: Context,
    { host, binary }: { readonly host: string; readonly binary: string },
    { enabled, reason = null }: { readonly enabled: boolean; readonly reason?: string | null },
  ): Promise<void> {
    const { db, policy } = this.#deps;
    policy.check(ctx, 'volume_extension:services:update');
    await change(ctx, { db, what: `volumeService.update ${binary} ${host}` }, async ({ trx, tell }) => {
      if (!(await findVolumeService(trx, { host, binary }))) throw VolumeServiceNotFound({ host, binary });
      await setVolumeService(trx, { host, binary }, { disabled: !enabled, reason: enabled ? null : reason });
      tell(volumeServiceUpdate({ host, binary, disabled: !enabled, reason }));
    });
  }

  async pools(ctx: Context): Promise<readonly Pool[]> {
    this.#deps.policy.check(ctx, 'scheduler_extension:scheduler_stats:get_pools');
    return await listPools(this.#deps.db);
  }

  /** The pool of a backend, by `host@backend` or with the pool's own name. */
  async capabilities(ctx: Context, name: string): Promise<Pool> {
    this.#deps.policy.check(ctx, 'volume_extension:capabilities');
    const pool = (await listPools(this.#deps.db)).find((one) => one.name === name || one.host === name);
    if (!pool) throw VolumeHostNotFound({ host: name });
    return pool;
  }

  /** The services of the older host list. */
  async hosts(ctx: Context): Promise<readonly VolumeServiceState[]> {
    this.#deps.policy.check(ctx, 'volume_extension:hosts');
    return await this.#all();
  }

  /** Whether the zone has a volume host that is up. */
  async zones(ctx: Context): Promise<readonly { readonly name: string; readonly available: boolean }[]> {
    const { policy, zone } = this.#deps;
    policy.check(ctx, 'volume_extension:availability_zone_list');
    const available = (await this.#all()).some(({ binary, disabled }) => binary === 'cinder-volume' && !disabled);
    return [{ name: zone, available }];
  }

  /** What is on a host, project by project, with the sum of all first. */
  async useOfHost(ctx: Context, host: string): Promise<readonly HostUse[]> {
    this.#deps.policy.check(ctx, 'volume_extension:hosts');
    if (!(await this.#all()).some((service) => service.host === host)) throw VolumeHostNotFound({ host });
    const rows = await useOfBackend(this.#deps.db, host);
    const sum = (key: Exclude<keyof HostUse, 'project'>): number => rows.reduce((total, row) => total + row[key], 0);
    const total = { volumes: sum('volumes'), volumeGb: sum('volumeGb'), snapshots: sum('snapshots'), snapshotGb: sum('snapshotGb') };
    return [{ project: '(total)', ...total }, ...rows];
  }

  async #all(): Promise<readonly VolumeServiceState[]> {
    const { db, group, zone } = this.#deps;
    const judged = await group.judge((await listVolumeServices(db)).map((service) => ({ ...service, forcedDown: false })));
    return judged.map((service) => ({ ...service, zone }));
  }
}
