import { noteFailedBuild } from '../../../db/stores/hosts/build-failures.ts';
import { advanceServer, type ServerState } from '../../../db/stores/servers/servers.ts';
import { enqueue } from '../../../lib/workflow/enqueue.ts';
import type { Step, StepContext } from '../../../lib/workflow/step.ts';
import { type Unwound, workflow } from '../../../lib/workflow/workflow.ts';
import type { HostName } from '../../../objects/ids.ts';
import { type BootServer, bootServerRef } from '../../../operations/workflows.ts';
import { requestFor } from '../../../scheduler/request.ts';
import { GroupHostsTaken, HostsTaken } from '../../errors.ts';
import type { WorkflowDeps } from '../deps.ts';
import { BOOT_STEP_TIMEOUT_MS, giveBackVolumes, takeBootVolumes } from '../steps/boot-volumes.ts';
import { claimHost } from '../steps/claim-host.ts';
import { isHostFailure } from '../steps/host-failure.ts';
import { allocatePorts, plugPorts } from '../steps/server-ports.ts';
import { faultOf, heldServer, inTransaction, isHeld, settle, takeBack } from '../steps/server-record.ts';
import { type Spawned, spawnGuest } from '../steps/spawn-guest.ts';
import { targetHosts } from '../steps/target-hosts.ts';

/**
 * Boots a server: selects a host, claims it, allocates ports, plugs them there, spawns the guest. A failure on one host is undone there and
 * retried on another; a failure that no other host can avoid becomes the server's fault. Each undo acts only while this workflow holds the
 * server: a delete that took over finds the host in the record and cleans up there itself.
 */
export const bootServer = (deps: WorkflowDeps) =>
  workflow(bootServerRef)
    .step('target', {
      do: async (boot, w) => {
        const server = await heldServer(deps, boot.serverId, w.workflowId);
        return await targetHosts(deps, w, requestFor(server, boot));
      },
    })
    .step('claim', claimHost(deps))
    .step('ports', allocatePorts(deps))
    .step('vifs', plugPorts(deps))
    .step('guest', guestWithVolumes(deps))
    .step('active', {
      do: ({ serverId }, w) =>
        settle(deps.db, {
          serverId,
          workflowId: w.workflowId,
          ctx: w.ctx,
          to: 'active',
          more: { launched_at: deps.clock.now() },
        }),
      // The commit may have succeeded though its answer was lost. If another operation has begun since, the server stays active.
      undo: ({ serverId }, w) => takeBack(deps, { serverId, workflowId: w.workflowId, from: 'active', to: unbooted }),
    })
    .onUnwound(async (boot, w) => {
      // Counted twice if this is repeated after a crash, which only makes the host a little less likely.
      if (boot.claim !== undefined && isHostFailure(boot.failure)) await noteFailedBuild(deps.db, boot.claim.host);
      return mayRetryElsewhere(boot, deps.options.maxAttempts) ? await retryElsewhere(deps, boot, w) : await giveUp(deps, boot, w);
    });

/** Spawns the guest with its volumes, those that it boots from among them. Volumes outlive a failed attempt: the next one takes them. */
function guestWithVolumes(deps: WorkflowDeps): Step<BootServer & Spawned, void> {
  const spawn = spawnGuest(deps);
  return {
    ...spawn,
    timeoutMs: BOOT_STEP_TIMEOUT_MS,
    do: async (boot, w) => {
      await takeBootVolumes(deps, boot, w);
      await spawn.do(boot, w);
    },
  };
}

/** The state of a server before it was first active. */
const unbooted = { vm_state: 'building', task_state: 'spawning', power_state: 'pending', launched_at: null } as const satisfies ServerState;

type Failed = Unwound<BootServer, { claim: { host: HostName } }>;

/** Only a failure of a host may be avoided on another; a bad request stays bad. */
const mayRetryElsewhere = ({ failure, claim, attemptNumber }: Failed, maxAttempts: number): boolean =>
  failure.code === GroupHostsTaken.code
    ? attemptNumber < Math.max(maxAttempts, MAX_GROUP_ATTEMPTS)
    : attemptNumber < maxAttempts && (failure.code === HostsTaken.code || (claim !== undefined && isHostFailure(failure)));

/** Attempts of a server that lost hosts to other members of its group. Each loss means that a member was placed, so this ends. */
const MAX_GROUP_ATTEMPTS = 30;

/** Starts the next attempt, which takes over the server from this one. */
const retryElsewhere = (deps: WorkflowDeps, { serverId, claim, failure, ...boot }: Failed, w: StepContext): Promise<void> =>
  inTransaction(deps, async (trx) => {
    const id = deps.ids.uuid();
    const server = await advanceServer(trx, serverId, w.workflowId, { workflow_id: id, task_state: 'scheduling', progress: 0 });
    if (!server) return;
    const excludedHosts = claim ? [...boot.excludedHosts, claim.host] : boot.excludedHosts;
    await enqueue(trx, bootServerRef, {
      id,
      subject: serverId,
      ctx: w.ctx,
      input: {
        serverId,
        requestedNetworks: boot.requestedNetworks,
        requestedHost: boot.requestedHost,
        excludedHosts,
        attemptNumber: boot.attemptNumber + 1,
        earlierFailure: failure,
        ...(boot.volumesToMake && { volumesToMake: boot.volumesToMake }),
      },
    });
  });

async function giveUp(deps: WorkflowDeps, { serverId, failure, earlierFailure }: Failed, w: StepContext): Promise<void> {
  if (await isHeld(deps, serverId, w.workflowId)) await giveBackVolumes(deps, await heldServer(deps, serverId, w.workflowId), w);
  await settle(deps.db, {
    serverId,
    workflowId: w.workflowId,
    ctx: w.ctx,
    to: 'error',
    more: { fault: faultOf(failure, deps.clock.now(), earlierFailure), power_state: 'pending' },
  });
}
