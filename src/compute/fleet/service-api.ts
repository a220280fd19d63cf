import { change } from '../../db/change.ts';
import type { CellDb } from '../../db/sql/queries.ts';
import {
  changeService,
  deleteService,
  findService,
  listServices,
  type ServiceChanges,
  type ServiceKey,
  type ServiceRow,
} from '../../db/stores/hosts/services.ts';
import { serviceDelete, serviceUpdate } from '../../events/compute.ts';
import type { Context } from '../../lib/context/context.ts';
import type { Policy } from '../../policy/policy.ts';
import type { ServiceGroup } from '../../servicegroup/api.ts';
import { HostBinaryNotFound, ServiceHostsServers, ServiceNotCompute, ServiceNotFound } from './errors.ts';

export type { ServiceChanges, ServiceKey };

/** A service as operators see it. */
export interface ServiceState extends ServiceRow {
  readonly isUp: boolean;
  /** Why it counts as down, or why nothing is known for certain. */
  readonly reason?: string;
}

interface Deps {
  readonly db: CellDb;
  readonly policy: Policy;
  readonly group: Pick<ServiceGroup, 'judge'>;
  /** Zone in which services that run no guests are shown. */
  readonly internalZone: string;
}

/** APIs are not listed: whoever can ask knows that they are up. */
const unlisted = ['nova-api'];

/** The services of the cloud: which exist, which are up, and which hosts get no new servers. */
export class ServiceApi {
  readonly #deps: Deps;

  constructor(deps: Deps) {
    this.#deps = deps;
  }

  async list(ctx: Context, filter: { readonly host?: string; readonly binary?: string }): Promise<readonly ServiceState[]> {
    this.#deps.policy.check(ctx, 'os_compute_api:os-services:list');
    const services = await listServices(this.#deps.db);
    return await this.#statesOf(
      services.filter(
        ({ host, binary }) => !unlisted.includes(binary) && host === (filter.host ?? host) && binary === (filter.binary ?? binary),
      ),
    );
  }

  /** Enables, disables or forces down a service that runs guests; a disabled one gets no new ones. */
  async change(ctx: Context, key: ServiceKey, changes: ServiceChanges): Promise<ServiceState> {
    this.#deps.policy.check(ctx, 'os_compute_api:os-services:update');
    const { db } = this.#deps;
    const { id, binary } = await this.#find(key);
    if (binary !== 'nova-compute') throw ServiceNotCompute({ binary });
    await change(ctx, { db, what: 'service.update' }, async ({ trx, tell }) => {
      const changed = await changeService(trx, id, changes);
      if (!changed) throw ServiceNotFound({ id });
      tell(serviceUpdate(changed));
    });
    const [state] = await this.#statesOf([await this.#find({ id })]);
    if (!state) throw ServiceNotFound({ id });
    return state;
  }

  /** Removes a service that is gone; one that still runs comes back with its next heartbeat. */
  async delete(ctx: Context, key: ServiceKey): Promise<void> {
    this.#deps.policy.check(ctx, 'os_compute_api:os-services:delete');
    const prepare = () => this.#find(key);
    await change(ctx, { db: this.#deps.db, what: 'service.delete', prepare }, async ({ trx, tell }, service) => {
      if ((await deleteService(trx, service)) === 'in use') throw ServiceHostsServers({});
      tell(serviceDelete(service));
    });
  }

  async #find(key: ServiceKey): Promise<ServiceRow> {
    const service = await findService(this.#deps.db, key);
    if (service && !unlisted.includes(service.binary)) return service;
    throw 'host' in key ? HostBinaryNotFound(key) : ServiceNotFound({ id: 'id' in key ? key.id : String(key.number) });
  }

  async #statesOf(services: readonly ServiceRow[]): Promise<readonly ServiceState[]> {
    const { group, internalZone } = this.#deps;
    const judged = await group.judge(services);
    return judged.map((service) => ({ ...service, zone: service.binary === 'nova-compute' ? service.zone : internalZone }));
  }
}
