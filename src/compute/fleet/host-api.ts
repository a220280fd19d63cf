import { change } from '../../db/change.ts';
import type { CellDb } from '../../db/sql/queries.ts';
import { readHypervisors } from '../../db/stores/hosts/hypervisors.ts';
import { changeService, findService, listServices, type ServiceRow } from '../../db/stores/hosts/services.ts';
import { type ProjectOnHost, projectsOnHost } from '../../db/stores/servers/usage.ts';
import { serviceUpdate } from '../../events/compute.ts';
import type { Context } from '../../lib/context/context.ts';
import type { Policy } from '../../policy/policy.ts';
import { HostCannot, HostNotFound } from './errors.ts';

/** A service by the host that it runs on. */
export type HostedService = Pick<ServiceRow, 'host' | 'binary' | 'zone'>;

/** Sizes of a host, or parts of them. */
export interface HostSizes {
  readonly vcpus: number;
  readonly memoryMb: number;
  readonly diskGb: number;
}

/** A compute host: its capacity, what is used of it, what its servers may use at most, and the same for each project. */
export interface HostUse {
  readonly host: string;
  readonly total: HostSizes;
  readonly used: HostSizes;
  readonly most: HostSizes;
  readonly projects: readonly ProjectOnHost[];
}

/** What to change of a host. */
export interface HostChanges {
  readonly isEnabled?: boolean | undefined;
  readonly isInMaintenance?: boolean | undefined;
}

interface Deps {
  readonly db: CellDb;
  readonly policy: Policy;
  readonly internalZone: string;
}

/** Hosts as operators saw them before there were hypervisors. */
export class HostApi {
  readonly #deps: Deps;

  constructor(deps: Deps) {
    this.#deps = deps;
  }

  /** The enabled services with their hosts: of a zone, or all; a blank zone is none. */
  async list(ctx: Context, zone?: string): Promise<readonly HostedService[]> {
    const { db, policy, internalZone } = this.#deps;
    policy.check(ctx, 'os_compute_api:os-hosts:list');
    return (await listServices(db))
      .filter(({ binary, disabled }) => binary !== 'nova-api' && !disabled)
      .map((service) => ({ ...service, zone: service.binary === 'nova-compute' ? service.zone : internalZone }))
      .filter((service) => !zone || service.zone === zone);
  }

  async show(ctx: Context, host: string): Promise<HostUse> {
    const { db, policy } = this.#deps;
    policy.check(ctx, 'os_compute_api:os-hosts:show');
    const node = (await readHypervisors(db))?.find((one) => one.host === host);
    if (!node) throw HostNotFound({ host });
    const projects = await projectsOnHost(db, host);
    const sum = (of: (one: ProjectOnHost) => number) => projects.reduce((total, one) => total + of(one), 0);
    return {
      host,
      total: { vcpus: node.vcpus, memoryMb: node.memoryMb, diskGb: node.localGb },
      used: { vcpus: node.vcpusUsed, memoryMb: node.memoryMbUsed + node.reservedMemoryMb, diskGb: node.localGbUsed },
      most: { vcpus: sum(({ vcpus }) => vcpus), memoryMb: sum(({ memoryMb }) => memoryMb), diskGb: sum(({ diskGb }) => diskGb) },
      projects,
    };
  }

  /** Enables or disables a host for new servers. Entering maintenance needs a hypervisor that can empty itself; none can. */
  async update(ctx: Context, host: string, { isEnabled, isInMaintenance }: HostChanges): Promise<void> {
    const { db, policy } = this.#deps;
    policy.check(ctx, 'os_compute_api:os-hosts:update');
    const { id } = await this.#compute(host);
    if (isInMaintenance) throw HostCannot({ what: 'maintenance mode' });
    if (isEnabled === undefined) return;
    await change(ctx, { db, what: 'service.update' }, async ({ trx, tell }) => {
      const changed = await changeService(trx, id, { disabled: !isEnabled });
      if (!changed) throw HostNotFound({ host });
      tell(serviceUpdate(changed));
    });
  }

  /** Hypervisors here have no power over their machine: refused for every host that exists. */
  async power(ctx: Context, host: string, what: 'startup' | 'shutdown' | 'reboot'): Promise<never> {
    const rules = { startup: 'start', shutdown: 'shutdown', reboot: 'reboot' } as const;
    this.#deps.policy.check(ctx, `os_compute_api:os-hosts:${rules[what]}`);
    await this.#compute(host);
    throw HostCannot({ what: 'power management' });
  }

  async #compute(host: string): Promise<ServiceRow> {
    const service = await findService(this.#deps.db, { host, binary: 'nova-compute' });
    if (!service) throw HostNotFound({ host });
    return service;
  }
}
