import { insertMigration } from '../../../db/stores/moves/migrations.ts';
import type { WholeDb } from '../../../db/sql/queries.ts';
import type { Ids } from '../../../lib/clock/ids.ts';
import type { Context } from '../../../lib/context/context.ts';
import { NovaError } from '../../../lib/errors/error-type.ts';
import type { HostName } from '../../../objects/ids.ts';
import type { Server } from '../../../objects/server.ts';
import { insistOnSharedStorage } from '../../../operations/live-migration-checks.ts';
import type { LiveMigrateServer } from '../../../operations/workflows.ts';
import type { Policy } from '../../../policy/policy.ts';
import { requestFor } from '../../../scheduler/request.ts';
import type { SchedulerRpcApi } from '../../../scheduler/rpcapi.ts';
import type { ServiceGroup } from '../../../servicegroup/api.ts';
import type { ComputeRpcApi } from '../../rpcapi.ts';
import { ComputeServiceDown, ForcedNowhere, MoveRefused, MoveToSelf } from '../errors.ts';
import { hostOf } from '../may-begin.ts';
import type { Prepare } from './preparers.ts';
import { knownHost, numbered } from './resize.ts';

export interface LiveMigrateDeps {
  readonly db: WholeDb;
  readonly policy: Policy;
  readonly ids: Ids;
  readonly group: Pick<ServiceGroup, 'isUp'>;
  readonly scheduler: SchedulerRpcApi;
  readonly compute: ComputeRpcApi;
}

/**
 * Resolves the host that a live migration names and refuses what is known to be impossible. A caller that awaits the checks is also told
 * what scheduler and hosts say; the migration asks them again, since its work may begin much later.
 */
export const prepareLiveMigrate =
  (deps: LiveMigrateDeps): Prepare<'live-migration'> =>
  async (ctx, server, { host, copiesDisks, isForced, awaitsChecks }) => {
    const requestedHost = await hostNamed(deps, ctx, server, { host, isForced });
    if (server.host !== null) await insistOnUp(deps, server.host);
    if (requestedHost !== null) await insistOnUp(deps, requestedHost);
    const kind = await numbered(deps.db, server.flavor);
    if (server.flavor.devices?.length)
      throw MoveRefused({ because: 'Migration pre-check error: Cannot live migrate a server with PCI devices.' });
    const migrationId = deps.ids.uuid();
    const workFrom = (locked: Server, source: HostName): LiveMigrateServer => ({
      serverId: locked.id,
      migrationId,
      host: source,
      flavor: locked.flavor,
      requestedHost,
      isForced,
      copiesDisks,
      excludedHosts: [source],
      attemptNumber: 1,
    });
    if (awaitsChecks && server.host !== null) await checkNow(deps, ctx, server, workFrom(server, server.host));
    return {
      details: {},
      write: (trx, locked, source) =>
        insertMigration(trx, {
          id: migrationId,
          serverId: locked.id,
          type: 'live-migration',
          status: 'accepted',
          source: { host: source, node: locked.node ?? source },
          before: kind,
          after: kind,
          wasStopped: false,
          userId: ctx.userId,
          projectId: ctx.projectId,
        }),
      workOf: (locked) => workFrom(locked, hostOf(locked)),
    };
  };

async function hostNamed(
  { db, policy }: LiveMigrateDeps,
  ctx: Context,
  server: Server,
  { host, isForced }: { host: string | null; isForced: boolean },
): Promise<HostName | null> {
  if (host === null) {
    if (isForced) throw ForcedNowhere({});
    return null;
  }
  policy.check(ctx, 'os_compute_api:os-migrate-server:migrate_live:host', { project_id: server.projectId, user_id: server.userId });
  if (host === server.host) throw MoveToSelf({ serverId: server.id, host });
  return await knownHost(db, host);
}

async function insistOnUp({ group }: LiveMigrateDeps, host: HostName): Promise<void> {
  if (!(await group.isUp({ binary: 'nova-compute', host }))) throw ComputeServiceDown({ host });
}

/** What the conductor will ask, asked while the caller waits: whatever they refuse is a mistake of the request. */
async function checkNow(deps: LiveMigrateDeps, ctx: Context, server: Server, work: LiveMigrateServer): Promise<void> {
  try {
    const departure = await deps.compute.describeDeparture(ctx, { host: work.host, serverId: server.id });
    insistOnSharedStorage(departure, work.copiesDisks);
    const host = work.isForced && work.requestedHost !== null ? work.requestedHost : await chosen(deps, ctx, server, work);
    await deps.compute.checkArrival(ctx, { host, departure });
  } catch (error) {
    throw error instanceof NovaError && !MoveRefused.is(error) ? MoveRefused({ because: error.message }, { cause: error }) : error;
  }
}

async function chosen({ scheduler }: LiveMigrateDeps, ctx: Context, server: Server, work: LiveMigrateServer): Promise<HostName> {
  const placement = await scheduler.selectDestination(ctx, { request: requestFor(server, work) });
  if (placement.kind === 'refused') throw MoveRefused({ because: 'No valid host was found. There are not enough hosts available.' });
  return placement.host;
}
