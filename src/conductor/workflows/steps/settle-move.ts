import { noteMigration } from '../../../db/stores/moves/migrations.ts';
import { releaseOthers } from '../../../db/stores/moves/move-placements.ts';
import { advanceServer, type ServerState } from '../../../db/stores/servers/servers.ts';
import type { MarshalledError } from '../../../lib/errors/marshal.ts';
import type { StepContext } from '../../../lib/workflow/step.ts';
import type { ServerId } from '../../../objects/ids.ts';
import type { MigrationStatus } from '../../../objects/migration.ts';
import type { VmState } from '../../../objects/states.ts';
import type { WorkflowDeps } from '../deps.ts';
import { faultOf, inTransaction, settle, settleBack } from './server-record.ts';

/** How a move ends, or waits. */
interface SettledMove {
  readonly serverId: ServerId;
  readonly migrationId: string;
  readonly status: MigrationStatus;
  /** If absent, the server's state stays. */
  readonly to?: VmState;
  readonly more?: ServerState;
  /** Why it failed. */
  readonly failure?: MarshalledError;
  /** Whether the server is on one host only from now on. */
  readonly releasesOthers?: boolean;
}

/** Settles a server and the record of its move in one transaction. Settling twice is a no-op, as is settling what another workflow holds. */
export const settleMove = (deps: Pick<WorkflowDeps, 'db' | 'clock'>, w: StepContext, move: SettledMove): Promise<void> =>
  inTransaction(deps, async (trx) => {
    const { serverId, migrationId, status, to, more = {}, failure, releasesOthers = false } = move;
    if (!(await advanceServer(trx, serverId, w.workflowId, {}))) return;
    if (releasesOthers) await releaseOthers(trx, serverId);
    await noteMigration(trx, migrationId, status);
    const held = { serverId, workflowId: w.workflowId, ctx: w.ctx };
    const fault = failure && faultOf(failure, deps.clock.now());
    if (fault !== undefined && to === undefined) await settleBack(trx, { ...held, fault });
    else await settle(trx, { ...held, ...(to === undefined ? {} : { to }), more: { ...more, ...(fault === undefined ? {} : { fault }) } });
  });
