import type { CellDb } from '../../db/sql/queries.ts';
import { listServices } from '../../db/stores/hosts/services.ts';
import { auditsOf, type HostAudit } from '../../db/stores/hosts/usage-audits.ts';
import { serversInUse, type UsedServer } from '../../db/stores/servers/usage.ts';
import type { Clock } from '../../lib/clock/clock.ts';
import type { Context } from '../../lib/context/context.ts';
import type { Policy } from '../../policy/policy.ts';
import { MarkerNotFound } from '../errors.ts';
import { type Auditing, lastPeriodBefore, type Period } from '../../objects/audit-period.ts';
import { UsageTimesReversed } from './errors.ts';

/** Which time is asked about; now, and the moment before, if nothing is said. */
export interface UsageTimes {
  readonly start?: Date | undefined;
  readonly end?: Date | undefined;
}

/** A page of the servers that usage is summed over. */
export interface UsagePage {
  readonly limit?: number | undefined;
  readonly marker?: string | undefined;
}

/** A server's share of a usage. */
export interface ServerUsage extends UsedServer {
  readonly hours: number;
  readonly uptimeSeconds: number;
}

/** What a project's servers used between two times. */
export interface ProjectUsage {
  readonly projectId: string;
  readonly start: Date;
  readonly end: Date;
  readonly servers: readonly ServerUsage[];
}

/** The audit of usage in a period: of which hosts, and of which it is done. */
export interface UsageAudit extends Period {
  readonly hosts: readonly string[];
  readonly done: readonly HostAudit[];
}

interface Deps {
  readonly db: CellDb;
  readonly policy: Policy;
  readonly clock: Pick<Clock, 'now'>;
  readonly auditing: Auditing;
}

/** How much of the cloud its projects used, computed from the records of servers, deleted ones included. */
export class UsageApi {
  readonly #deps: Deps;

  constructor(deps: Deps) {
    this.#deps = deps;
  }

  /** The usage of every project with servers in that time; also the page's last server. */
  async list(ctx: Context, times: UsageTimes, page: UsagePage) {
    this.#deps.policy.check(ctx, 'os_compute_api:os-simple-tenant-usage:list');
    return await this.#usages(times, page);
  }

  /** The usage of one project; none if it had no servers. */
  async show(ctx: Context, projectId: string, times: UsageTimes, page: UsagePage) {
    this.#deps.policy.check(ctx, 'os_compute_api:os-simple-tenant-usage:show', { project_id: projectId });
    return await this.#usages(times, { ...page, projectId });
  }

  /** The audit of the last whole period before a time. */
  async audit(ctx: Context, rule: 'list' | 'show', before = this.#deps.clock.now()): Promise<UsageAudit> {
    const { db, policy, auditing } = this.#deps;
    policy.check(ctx, `os_compute_api:os-instance-usage-audit-log:${rule}`);
    const hosts = (await listServices(db)).filter(({ binary }) => binary === 'nova-compute').map(({ host }) => host);
    const period = lastPeriodBefore(before, auditing);
    const done = await auditsOf(db, period);
    return { ...period, hosts: [...new Set([...hosts, ...done.map(({ host }) => host)])], done };
  }

  async #usages({ start, end }: UsageTimes, { marker, ...page }: UsagePage & { readonly projectId?: string }) {
    const now = this.#deps.clock.now();
    const window = { start: start ?? new Date(now.getTime() - 1), end: end ?? now };
    if (window.start >= window.end) throw UsageTimesReversed({});
    const servers = await serversInUse(this.#deps.db, { ...page, ...window, after: marker });
    if (!servers) throw MarkerNotFound({ marker: marker ?? '' });
    const usages = [...Map.groupBy(servers, ({ projectId }) => projectId)].map(
      ([projectId, members]): ProjectUsage => ({ projectId, ...window, servers: members.map((server) => usageOf(server, window, now)) }),
    );
    return { usages, servers };
  }
}

const HOUR_MS = 3_600_000;

function usageOf(server: UsedServer, { start, end }: { readonly start: Date; readonly end: Date }, now: Date): ServerUsage {
  const { launchedAt, terminatedAt } = server;
  const from = Math.max(start.getTime(), launchedAt.getTime());
  const to = Math.min(end.getTime(), terminatedAt?.getTime() ?? Number.POSITIVE_INFINITY);
  const upMs = (terminatedAt ?? now).getTime() - launchedAt.getTime();
  return { ...server, hours: Math.max(0, to - from) / HOUR_MS, uptimeSeconds: Math.max(0, Math.floor(upMs / 1000)) };
}
