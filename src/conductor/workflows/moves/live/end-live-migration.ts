import { noteMigration } from '../../../../db/stores/moves/migrations.ts';
import { releaseOthers } from '../../../../db/stores/moves/move-placements.ts';
import { lockServer } from '../../../../db/stores/servers/servers.ts';
import { settleServer } from '../../../../db/stores/servers/settling.ts';
import type { MarshalledError } from '../../../../lib/errors/marshal.ts';
import { WorkflowSuperseded } from '../../../../lib/workflow/errors.ts';
import type { StepContext } from '../../../../lib/workflow/step.ts';
import type { HostName } from '../../../../objects/ids.ts';
import type { MigrationStatus } from '../../../../objects/migration.ts';
import type { LiveMigrateServer } from '../../../../operations/workflows.ts';
import type { WorkflowDeps } from '../../deps.ts';
import { faultOf, inTransaction } from '../../steps/server-record.ts';

interface Ended extends Pick<LiveMigrateServer, 'serverId' | 'migrationId' | 'host' | 'earlierFailure'> {
  /** Why the work ended early, if it did. */
  readonly failure?: MarshalledError;
  /** Whether the hosts had begun to move the guest. */
  readonly hadBegun: boolean;
}

/**
 * Ends a live migration on whichever host the guest is: the server is on one host only, and as idle as before. Repeating it is a no-op.
 * If the work failed but the guest had gone, it counts as completed.
 */
export const endLiveMigration = (deps: Pick<WorkflowDeps, 'db' | 'clock'>, w: StepContext, ended: Ended): Promise<void> =>
  inTransaction(deps, async (trx) => {
    const { serverId, migrationId, failure, earlierFailure } = ended;
    const server = await lockServer(trx, serverId);
    const status = statusOf(ended, server?.host ?? null);
    await noteMigration(trx, migrationId, status);
    // A delete releases all of its placements itself.
    if (!server || server.vmState === 'deleted' || server.taskState === 'deleting') return;
    await releaseOthers(trx, serverId);
    const failed = status !== 'completed';
    // Somebody who ended it on purpose is not told of a fault.
    const fault = failed && failure && status !== 'cancelled' ? { fault: faultOf(failure, deps.clock.now(), earlierFailure) } : {};
    const { workflowId, ctx } = w;
    await settleServer(trx, {
      serverId,
      workflowId,
      next: { progress: 0, ...fault },
      requestId: ctx.requestId,
      failed,
      releasesPlacements: false,
    });
  });

function statusOf({ host: source, failure, hadBegun }: Ended, isOn: HostName | null): MigrationStatus {
  if (isOn !== source) return 'completed';
  if (failure?.code === WorkflowSuperseded.code) return 'cancelled';
  return hadBegun ? 'failed' : 'error';
}
