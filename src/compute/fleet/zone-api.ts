import type { CellDb } from '../../db/sql/queries.ts';
import { listServices, type ServiceRow } from '../../db/stores/hosts/services.ts';
import type { Context } from '../../lib/context/context.ts';
import type { Policy } from '../../policy/policy.ts';
import type { ServiceGroup } from '../../servicegroup/api.ts';

/** One service of a zone. */
export interface ZoneService {
  readonly host: string;
  readonly binary: string;
  readonly isUp: boolean;
  readonly isEnabled: boolean;
  readonly seenAt: Date;
}

/** An availability zone with its services. */
export interface Zone {
  readonly name: string;
  /** Whether any host in it is enabled. */
  readonly isAvailable: boolean;
  readonly services: readonly ZoneService[];
}

interface Deps {
  readonly db: CellDb;
  readonly policy: Policy;
  readonly group: Pick<ServiceGroup, 'judge'>;
  /** Zone in which services that run no guests are shown. */
  readonly internalZone: string;
}

/** Availability zones. */
export class ZoneApi {
  readonly #deps: Deps;

  constructor(deps: Deps) {
    this.#deps = deps;
  }

  /** The zones in which a server can be requested. */
  async list(ctx: Context): Promise<readonly Zone[]> {
    this.#deps.policy.check(ctx, 'os_compute_api:os-availability-zone:list');
    return (await this.#zones()).filter(({ name }) => name !== this.#deps.internalZone);
  }

  /** All zones with all their services. */
  async detail(ctx: Context): Promise<readonly Zone[]> {
    this.#deps.policy.check(ctx, 'os_compute_api:os-availability-zone:detail');
    return await this.#zones();
  }

  async #zones(): Promise<readonly Zone[]> {
    const listed = (await listServices(this.#deps.db)).filter(({ binary }) => binary !== 'nova-api');
    const services = await this.#deps.group.judge(listed);
    const byZone = Map.groupBy(services, ({ binary, zone }) => (binary === 'nova-compute' ? zone : this.#deps.internalZone));
    return [...byZone]
      .map(([name, members]) => ({
        name,
        isAvailable: members.some(({ disabled }) => !disabled),
        services: members.map(zoneService),
      }))
      .toSorted((a, b) => (a.name < b.name ? -1 : 1));
  }
}

const zoneService = ({ host, binary, seenAt, disabled, isUp }: ServiceRow & { readonly isUp: boolean }): ZoneService => ({
  host,
  binary,
  seenAt,
  isUp,
  isEnabled: !disabled,
});
