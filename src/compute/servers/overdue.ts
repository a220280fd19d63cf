/** Ends what servers may be only for a time: deleted ones are deleted for good, rescued ones are unrescued, resizes are confirmed, shelved ones leave their hosts. */
import { latestMigration, noteMigration } from '../../db/stores/moves/migrations.ts';
import { longRescuedServers, reclaimableServers, unconfirmedServers } from '../../db/stores/servers/overdue.ts';
import { shelvedBefore } from '../../db/stores/servers/shelved.ts';
import { serviceContext } from '../../lib/context/context.ts';
import type { ServerId } from '../../objects/ids.ts';
import { confirmResizeRef, deleteServerRef, offloadServerRef, type PerformAction, performActionRef } from '../../operations/workflows.ts';
import { type BeginDeps, beginWorkOn, type Work } from './begin-work.ts';
import { ServerInWrongState, ServerNotFound } from './errors.ts';
import { hostOf } from './may-begin.ts';
import { type EndResizeDeps, endOf } from './work/end-resize.ts';

/** Which servers are overdue: those in their state since before a time, and at most so many at once. */
export interface Overdue {
  readonly before: Date;
  readonly limit: number;
}

/** Starts to delete deleted servers that can still be restored but are overdue; returns how many it looked at. */
export async function reclaimDeleted(deps: BeginDeps, overdue: Overdue): Promise<number> {
  const ids = await reclaimableServers(deps.db, overdue);
  for (const id of ids)
    await beginUnlessChanged(deps, id, {
      transition: 'delete',
      action: 'delete',
      workflow: deleteServerRef,
      inputOf: ({ vmState, taskState }) => {
        // A delete may begin during anything; this one must not end a restore.
        if (vmState !== 'soft-delete') throw ServerInWrongState({ action: 'delete', id, attribute: 'vm_state', state: vmState });
        if (taskState !== null) throw ServerInWrongState({ action: 'delete', id, attribute: 'task_state', state: taskState });
        return { serverId: id };
      },
    });
  return ids.length;
}

/** Starts to unrescue servers whose rescue is overdue; returns how many it looked at. */
export async function endLongRescues(deps: BeginDeps, overdue: Overdue): Promise<number> {
  const ids = await longRescuedServers(deps.db, overdue);
  for (const id of ids)
    await beginUnlessChanged(deps, id, {
      transition: 'unrescue',
      action: 'unrescue',
      workflow: performActionRef,
      inputOf: (server): PerformAction => {
        const host = hostOf(server);
        return { serverId: id, host, action: 'unrescue', transition: 'unrescue', input: { boots: true } };
      },
    });
  return ids.length;
}

/** Starts to confirm resizes and cold migrations that are overdue; returns how many it looked at. Those whose old host is down wait. */
export async function confirmResizes(deps: BeginDeps & Pick<EndResizeDeps, 'group'>, overdue: Overdue): Promise<number> {
  const ids = await unconfirmedServers(deps.db, overdue);
  for (const id of ids) {
    const migration = await latestMigration(deps.db, id, 'finished');
    if (!migration || !(await deps.group.isUp({ binary: 'nova-compute', host: migration.source.host }))) continue;
    await beginUnlessChanged(deps, id, {
      transition: 'confirmResize',
      action: 'confirmResize',
      workflow: confirmResizeRef,
      inputOf: async (server, trx) => {
        await noteMigration(trx, migration.id, 'confirming');
        const endsAs: 'active' | 'stopped' = server.powerState === 'shutdown' ? 'stopped' : 'active';
        return { ...endOf(migration), endsAs };
      },
    });
  }
  return ids.length;
}

/** Starts to take servers off their hosts that have been shelved there for too long; returns how many it looked at. */
export async function offloadShelved(deps: BeginDeps, overdue: Overdue): Promise<number> {
  const ids = await shelvedBefore(deps.db, overdue);
  for (const id of ids)
    await beginUnlessChanged(deps, id, {
      transition: 'shelveOffload',
      action: 'shelveOffload',
      workflow: offloadServerRef,
      inputOf: (server) => ({ serverId: id, host: hostOf(server) }),
    });
  return ids.length;
}

/** Begins work on a server, unless its owner or another conductor has changed it meanwhile. */
async function beginUnlessChanged<Input extends object>(deps: BeginDeps, id: ServerId, work: Work<Input>): Promise<void> {
  try {
    await beginWorkOn(deps, serviceContext(`req-${deps.ids.uuid()}`), id, work);
  } catch (error) {
    if (!ServerInWrongState.is(error) && !ServerNotFound.is(error)) throw error;
  }
}
