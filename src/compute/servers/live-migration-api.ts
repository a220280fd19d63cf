import { findMigrationByNumber, liveMigrationsOf, shownStatuses } from '../../db/stores/moves/live-migrations.ts';
import { recordAction } from '../../db/stores/servers/instance-actions.ts';
import { lockServer } from '../../db/stores/servers/servers.ts';
import { change } from '../../db/change.ts';
import type { InWhole, WholeDb } from '../../db/sql/queries.ts';
import { serverMoveEvents } from '../../events/servers.ts';
import type { Context } from '../../lib/context/context.ts';
import { giveWay } from '../../lib/workflow/give-way.ts';
import type { HostName, ServerId } from '../../objects/ids.ts';
import type { Migration, MigrationStatus } from '../../objects/migration.ts';
import type { Server } from '../../objects/server.ts';
import type { Policy } from '../../policy/policy.ts';
import type { ComputeRpcApi } from '../rpcapi.ts';
import {
  MigrationInWrongState,
  MigrationNotFound,
  MigrationNotInProgress,
  NoSuchMigration,
  NotLiveMigration,
  ServerNotFound,
  UnknownMigration,
} from './errors.ts';
import { visibleServer } from './find-server.ts';
import { type Beginning, checkMayBegin } from './may-begin.ts';

export interface LiveMigrationDeps {
  readonly db: WholeDb;
  readonly policy: Policy;
  readonly compute: Pick<ComputeRpcApi, 'hurryLiveMigration'>;
}

/** When a live migration may be aborted or hurried. */
const moving = { during: ['migrating'], lockable: true } as const;
const toAbort: Beginning = { ...moving, from: 'any' };
const toHurry: Beginning = { ...moving, from: ['active'] };

/** The live migrations of a server that are in progress: what they are, their abort, and their completion at the cost of a pause. */
export class LiveMigrationApi {
  readonly #deps: LiveMigrationDeps;

  constructor(deps: LiveMigrationDeps) {
    this.#deps = deps;
  }

  async list(ctx: Context, serverId: string): Promise<readonly Migration[]> {
    const { id } = await visibleServer(this.#deps, ctx, { id: serverId, rule: 'os_compute_api:servers:migrations:index' });
    return await liveMigrationsOf(this.#deps.db, id);
  }

  async show(ctx: Context, serverId: string, id: string): Promise<Migration> {
    const server = await visibleServer(this.#deps, ctx, { id: serverId, rule: 'os_compute_api:servers:migrations:show' });
    const named = { id, serverId };
    const migration = await this.#find(this.#deps.db, server.id, id);
    if (!migration) throw MigrationNotFound(named);
    if (migration.type !== 'live-migration') throw NotLiveMigration(named);
    if (!isAmong(shownStatuses, migration.status)) throw MigrationNotInProgress(named);
    return migration;
  }

  /** Aborts a migration; the guest stays where it is. With `evenWaiting` also one that has not begun to move it. */
  async abort(ctx: Context, serverId: string, id: string, { evenWaiting }: { evenWaiting: boolean }): Promise<void> {
    const rule = 'os_compute_api:servers:migrations:delete';
    const known = await visibleServer(this.#deps, ctx, { id: serverId, rule });
    const statuses: readonly MigrationStatus[] = evenWaiting ? ['running', 'queued', 'preparing'] : ['running'];
    const words = 'abort live migration';
    await change(ctx, { db: this.#deps.db, what: `server.abortLiveMigration ${known.id} ${id}` }, async ({ trx, tell }) => {
      const server = await locked(trx, known);
      checkMayBegin(ctx, server, toAbort, words);
      const migration = await this.#find(trx, server.id, id);
      if (!migration) throw NoSuchMigration({ id, serverId });
      insistOnStatus(migration, statuses, words);
      await recordAction(trx, ctx, { serverId: server.id, name: 'live_migration_cancel' });
      tell(serverMoveEvents.cancel(server));
      if (server.workflowId !== null) await giveWay(trx, server.workflowId);
    });
  }

  /** Lets a running migration end at once, at the cost of a pause. */
  async forceComplete(ctx: Context, serverId: string, id: string): Promise<void> {
    const rule = 'os_compute_api:servers:migrations:force_complete';
    const known = await visibleServer(this.#deps, ctx, { id: serverId, rule });
    const words = 'force_complete';
    const host = await change(ctx, { db: this.#deps.db, what: `server.forceComplete ${known.id} ${id}` }, async ({ trx, tell }) => {
      const server = await locked(trx, known);
      checkMayBegin(ctx, server, toHurry, words);
      const migration = await this.#find(trx, server.id, id);
      if (!migration) throw UnknownMigration({ id, serverId });
      insistOnStatus(migration, ['running'], 'force complete');
      await recordAction(trx, ctx, { serverId: server.id, name: 'live_migration_force_complete' });
      tell(serverMoveEvents.forceComplete(server));
      return migration.source.host as HostName;
    });
    await this.#deps.compute.hurryLiveMigration(ctx, { host, serverId: known.id });
  }

  #find(db: Parameters<typeof findMigrationByNumber>[0], serverId: ServerId, id: string): Promise<Migration | undefined> {
    return /^\d{1,9}$/.test(id) ? findMigrationByNumber(db, serverId, Number(id)) : Promise.resolve(undefined);
  }
}

async function locked(trx: InWhole, { id }: Server): Promise<Server> {
  const server = await lockServer(trx, id);
  if (!server || server.vmState === 'deleted') throw ServerNotFound({ id });
  return server;
}

function insistOnStatus({ number, serverId, status }: Migration, statuses: readonly MigrationStatus[], method: string): void {
  if (!isAmong(statuses, status)) throw MigrationInWrongState({ id: String(number), serverId, state: status, method });
}

const isAmong = (statuses: readonly MigrationStatus[], status: MigrationStatus): boolean => statuses.includes(status);
