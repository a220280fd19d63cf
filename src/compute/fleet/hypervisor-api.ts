import {
  type HostedServer,
  type HypervisorKey,
  type HypervisorQuery,
  type HypervisorRow,
  readHypervisors,
  serversByHost,
} from '../../db/stores/hosts/hypervisors.ts';
import type { CellDb } from '../../db/sql/queries.ts';
import type { Context } from '../../lib/context/context.ts';
import type { Policy } from '../../policy/policy.ts';
import type { PolicyRule } from '../../policy/rules.ts';
import type { ServiceGroup } from '../../servicegroup/api.ts';
import { MarkerNotFound } from '../errors.ts';
import { HypervisorIsDown, HypervisorNotFound, NoHypervisorMatches, UptimeUnknown } from './errors.ts';

/** A hypervisor, whether it is up, and its servers if they were asked for. */
export interface Hypervisor extends HypervisorRow {
  readonly isUp: boolean;
  readonly hosted: readonly HostedServer[] | undefined;
}

export type { HypervisorKey };

/** A page of hypervisors, and whether to include their servers. */
export interface HypervisorPage {
  readonly limit?: number;
  readonly after?: HypervisorKey;
  readonly withServers?: boolean;
}

interface Deps {
  readonly db: CellDb;
  readonly policy: Policy;
  readonly group: Pick<ServiceGroup, 'judge'>;
}

/** The hypervisors of the cloud, their capacity and usage. */
export class HypervisorApi {
  readonly #deps: Deps;

  constructor(deps: Deps) {
    this.#deps = deps;
  }

  /** A page, in the order in which the hypervisors joined the cloud. */
  async list(ctx: Context, page: HypervisorPage, detail: 'brief' | 'full'): Promise<readonly Hypervisor[]> {
    this.#check(ctx, detail === 'full' ? 'list-detail' : 'list');
    const { withServers = false, ...query } = page;
    return await this.#read(query, withServers);
  }

  /** All whose name contains this; finding none is an error. */
  async search(ctx: Context, namePart: string, options: { withServers: boolean; rule: 'search' | 'servers' | 'list' | 'list-detail' }) {
    this.#check(ctx, options.rule);
    const found = await this.#read({ namePart }, options.withServers);
    if (found.length === 0) throw NoHypervisorMatches({ pattern: namePart });
    return found;
  }

  async find(ctx: Context, key: HypervisorKey, { withServers = false }: { withServers?: boolean } = {}): Promise<Hypervisor> {
    this.#check(ctx, 'show');
    return await this.#one(key, withServers);
  }

  /** A hypervisor with its uptime; one that is down or never reported an uptime is an error. */
  async uptime(ctx: Context, key: HypervisorKey): Promise<Hypervisor> {
    this.#check(ctx, 'uptime');
    const found = await this.#one(key, false);
    if (!found.isUp) throw HypervisorIsDown({ hypervisor: found.node });
    if (found.uptime === null) throw UptimeUnknown({});
    return found;
  }

  /** All that are enabled, for sums over them. */
  async statistics(ctx: Context): Promise<readonly Hypervisor[]> {
    this.#check(ctx, 'statistics');
    return (await this.#read({}, false)).filter(({ service }) => !service.disabled);
  }

  #check(ctx: Context, what: 'list' | 'list-detail' | 'show' | 'search' | 'servers' | 'statistics' | 'uptime'): void {
    const rule: PolicyRule = `os_compute_api:os-hypervisors:${what}`;
    this.#deps.policy.check(ctx, rule);
  }

  async #one(key: HypervisorKey, withServers: boolean): Promise<Hypervisor> {
    const [found] = await this.#read(key, withServers);
    if (!found) throw HypervisorNotFound({ id: textOf(key) });
    return found;
  }

  async #read(query: HypervisorQuery, withServers: boolean): Promise<readonly Hypervisor[]> {
    const { db, group } = this.#deps;
    const rows = await readHypervisors(db, query);
    if (!rows) throw MarkerNotFound({ marker: query.after ? textOf(query.after) : '' });
    const servers = withServers
      ? await serversByHost(
          db,
          rows.map(({ host }) => host),
        )
      : undefined;
    const judged = await group.judge(rows.map(({ host, service }) => ({ ...service, host, binary: 'nova-compute' })));
    return rows.map((row, n) => ({
      ...row,
      isUp: judged[n]?.isUp ?? false,
      hosted: servers && (servers.get(row.host) ?? []),
    }));
  }
}

const textOf = (key: HypervisorKey): string => ('id' in key ? key.id : String(key.number));
