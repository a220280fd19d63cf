import { advanceServer } from '../../../db/stores/servers/servers.ts';
import { enqueue } from '../../../lib/workflow/enqueue.ts';
import type { StepContext } from '../../../lib/workflow/step.ts';
import { type Unwound, workflow } from '../../../lib/workflow/workflow.ts';
import type { HostName } from '../../../objects/ids.ts';
import { type ResizeServer, resizeServerRef } from '../../../operations/workflows.ts';
import { requestFor } from '../../../scheduler/request.ts';
import type { WorkflowDeps } from '../deps.ts';
import { claimForMove } from '../steps/claim-move.ts';
import { plugThere } from '../steps/move-ports.ts';
import { attachmentsThere, holdOnBothEnds, leaveVolumes } from '../steps/moved-volumes.ts';
import { mayRetryMove } from '../steps/retry-move.ts';
import { heldServer, inTransaction } from '../steps/server-record.ts';
import { moveGuest, switchOver, turnOff, turnOn, waitForOwner } from './resize-steps.ts';
import { settleMove } from '../steps/settle-move.ts';
import { targetHosts } from '../steps/target-hosts.ts';

/**
 * Resizes a server, or migrates it cold: selects a host and claims it, turns the guest off, takes ports, volumes and disks there, makes that
 * host the server's own, and starts the guest. The host that it leaves keeps what a revert needs. A failure is undone, so that the guest runs again
 * where it was; a failure of one host is retried on another.
 */
export const resizeServer = (deps: WorkflowDeps) =>
  workflow(resizeServerRef)
    .step('target', {
      do: async (resize, w) => {
        const server = await heldServer(deps, resize.serverId, w.workflowId);
        return await targetHosts(deps, w, requestFor(server, resize));
      },
    })
    .step('claim', claimForMove(deps))
    .step('off', turnOff(deps))
    .step('attachments', attachmentsThere(deps))
    .step('volumes', holdOnBothEnds(deps))
    .step('vifs', plugThere(deps))
    .step('guest', moveGuest(deps))
    .step('switch', switchOver(deps))
    .step('on', turnOn(deps))
    .step('left', leaveVolumes(deps))
    .step('resized', waitForOwner(deps))
    .onUnwound((resize, w) => (mayRetryMove(resize, deps.options.maxAttempts) ? retryElsewhere(deps, resize, w) : giveUp(deps, resize, w)));

type Failed = Unwound<ResizeServer, { claim: { host: HostName } }>;

/** Starts the next attempt, which takes over the server from this one. */
const retryElsewhere = (deps: WorkflowDeps, { serverId, claim, ...resize }: Failed, w: StepContext): Promise<void> =>
  inTransaction(deps, async (trx) => {
    const id = deps.ids.uuid();
    if (!(await advanceServer(trx, serverId, w.workflowId, { workflow_id: id, task_state: 'resize_prep', progress: 0 }))) return;
    await enqueue(trx, resizeServerRef, {
      id,
      subject: serverId,
      ctx: w.ctx,
      input: {
        serverId,
        migrationId: resize.migrationId,
        host: resize.host,
        flavor: resize.flavor,
        wasStopped: resize.wasStopped,
        requestedHost: resize.requestedHost,
        excludedHosts: claim ? [...resize.excludedHosts, claim.host] : resize.excludedHosts,
        attemptNumber: resize.attemptNumber + 1,
      },
    });
  });

const giveUp = (deps: WorkflowDeps, { serverId, migrationId, failure }: Failed, w: StepContext): Promise<void> =>
  settleMove(deps, w, { serverId, migrationId, status: 'error', failure });
