import { advanceServer } from '../../../../db/stores/servers/servers.ts';
import { enqueue } from '../../../../lib/workflow/enqueue.ts';
import type { StepContext } from '../../../../lib/workflow/step.ts';
import { type Unwound, workflow } from '../../../../lib/workflow/workflow.ts';
import { WorkflowSuperseded } from '../../../../lib/workflow/errors.ts';
import type { HostName } from '../../../../objects/ids.ts';
import { type LiveMigrateServer, liveMigrateServerRef } from '../../../../operations/workflows.ts';
import { requestFor } from '../../../../scheduler/request.ts';
import type { WorkflowDeps } from '../../deps.ts';
import { clearHost } from '../../steps/clear-host.ts';
import { attachmentsThere } from '../../steps/moved-volumes.ts';
import { heldServer, inTransaction } from '../../steps/server-record.ts';
import { targetHosts } from '../../steps/target-hosts.ts';
import { endLiveMigration } from './end-live-migration.ts';
import {
  awaitTurn,
  checkArrival,
  claimDestination,
  clearSource,
  describeDeparture,
  holdBeside,
  moveRunning,
  plugBeside,
  prepareHost,
  switchToArrived,
} from './live-steps.ts';

/**
 * Moves a server to another host while it runs: claims the host, has both hosts check what they can, connects its volumes and plugs its
 * ports there beside the present ones, and lets the hypervisors move the guest. Its record follows. Wherever this fails, the guest runs on one of the two hosts,
 * its record says which, and the other one keeps nothing of it. A failure before the guest moves is retried on another host.
 */
export const liveMigrateServer = (deps: WorkflowDeps) =>
  workflow(liveMigrateServerRef)
    .step('departure', describeDeparture(deps))
    .step('target', {
      do: async (move, w) => {
        const server = await heldServer(deps, move.serverId, w.workflowId);
        if (move.isForced && move.requestedHost !== null) return [move.requestedHost];
        return await targetHosts(deps, w, requestFor(server, move));
      },
    })
    .step('claim', claimDestination(deps))
    .step('leftovers', clearHost(deps))
    .step('check', checkArrival(deps))
    .step('turn', awaitTurn(deps))
    .step('attachments', attachmentsThere(deps))
    .step('volumes', holdBeside(deps))
    .step('vifs', plugBeside(deps))
    .step('prepare', prepareHost(deps))
    .step('migrate', moveRunning(deps))
    .step('switch', switchToArrived(deps))
    .step('clear', clearSource(deps))
    .step('completed', {
      do: async (move, w) => {
        await endLiveMigration(deps, w, { ...move, hadBegun: true });
        return null;
      },
    })
    .onUnwound((move, w) =>
      mayRetryElsewhere(move, deps.options.maxAttempts)
        ? retryElsewhere(deps, move, w)
        : endLiveMigration(deps, w, { ...move, hadBegun: move.turn !== undefined }),
    );

type Failed = Unwound<LiveMigrateServer, { claim: { readonly host: HostName }; turn: null; prepare: unknown }>;

/** A named host is not exchanged for another, and a guest that began to move is not moved elsewhere. */
const mayRetryElsewhere = ({ failure, requestedHost, attemptNumber, claim, prepare }: Failed, maxAttempts: number): boolean =>
  requestedHost === null &&
  attemptNumber < maxAttempts &&
  claim !== undefined &&
  prepare === undefined &&
  failure.code !== WorkflowSuperseded.code;

/** Starts the next attempt, which takes over the server from this one. */
const retryElsewhere = (deps: WorkflowDeps, { claim, failure, ...move }: Failed, w: StepContext): Promise<void> =>
  inTransaction(deps, async (trx) => {
    const id = deps.ids.uuid();
    if (!(await advanceServer(trx, move.serverId, w.workflowId, { workflow_id: id, progress: 0 }))) return;
    await enqueue(trx, liveMigrateServerRef, {
      id,
      subject: move.serverId,
      ctx: w.ctx,
      input: {
        serverId: move.serverId,
        migrationId: move.migrationId,
        host: move.host,
        flavor: move.flavor,
        requestedHost: move.requestedHost,
        isForced: move.isForced,
        copiesDisks: move.copiesDisks,
        excludedHosts: claim ? [...move.excludedHosts, claim.host] : move.excludedHosts,
        attemptNumber: move.attemptNumber + 1,
        earlierFailure: failure,
      },
    });
  });
