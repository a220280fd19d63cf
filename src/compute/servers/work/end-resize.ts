import { latestMigration, noteMigration } from '../../../db/stores/moves/migrations.ts';
import type { WholeDb } from '../../../db/sql/queries.ts';
import type { Migration } from '../../../objects/migration.ts';
import type { Server } from '../../../objects/server.ts';
import type { EndResize } from '../../../operations/workflows.ts';
import { checkGrowth } from '../../../quota/check.ts';
import type { QuotaLimits } from '../../../quota/resources.ts';
import type { ServiceGroup } from '../../../servicegroup/api.ts';
import { NotResized, SourceHostDown } from '../errors.ts';
import type { Prepare } from './preparers.ts';

export interface EndResizeDeps {
  readonly db: WholeDb;
  readonly quotaLimits: QuotaLimits;
  readonly group: Pick<ServiceGroup, 'isUp'>;
}

/** Finds the move that is to be confirmed. The host that the server left must be up: it has something to forget. */
export const prepareConfirmResize =
  (deps: EndResizeDeps): Prepare<'confirmResize'> =>
  async (_ctx, server) => {
    const migration = await finishedMove(deps, server);
    return {
      details: {},
      write: (trx) => noteMigration(trx, migration.id, 'confirming'),
      workOf: (locked) => ({ ...endOf(migration), endsAs: locked.powerState === 'shutdown' ? 'stopped' : 'active' }),
    };
  };

/** Finds the move that is to be reverted. The host that the server left must be up: it has the guest. */
export const prepareRevertResize =
  (deps: EndResizeDeps): Prepare<'revertResize'> =>
  async (_ctx, server) => {
    const migration = await finishedMove(deps, server);
    const { flavor } = migration.before;
    return {
      details: {},
      check: (trx, locked) => checkGrowth(trx, locked, flavor, deps.quotaLimits),
      write: (trx) => noteMigration(trx, migration.id, 'reverting'),
      workOf: () => ({ ...endOf(migration), flavor, wasStopped: migration.wasStopped }),
    };
  };

async function finishedMove({ db, group }: EndResizeDeps, server: Server): Promise<Migration> {
  const migration = await latestMigration(db, server.id, 'finished');
  // Without a move the server's state is the reason: the lifecycle refuses it in Nova's words.
  if (!migration) throw NotResized({});
  const { host } = migration.source;
  if (!(await group.isUp({ binary: 'nova-compute', host }))) throw SourceHostDown({ host });
  return migration;
}

/** The input of both ends of a move. */
export const endOf = ({ id, serverId, source, destination }: Migration): EndResize => ({
  serverId,
  migrationId: id,
  source: source.host,
  destination: destination?.host ?? source.host,
});
