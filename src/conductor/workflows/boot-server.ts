import { placeServer, releaseClaim } from '../../db/stores/claims.ts';
import { advanceServer, type ServerState } from '../../db/stores/servers.ts';
import type { StepContext } from '../../lib/workflow/step.ts';
import { enqueue } from '../../lib/workflow/enqueue.ts';
import { type Unwound, workflow } from '../../lib/workflow/workflow.ts';
import { asId, type HostName, type TaskId } from '../../objects/ids.ts';
import type { Server } from '../../objects/server.ts';
import { HostsTaken, NoValidHost, ServerTaken } from '../errors.ts';
import { type BootServer, bootServerRef } from '../operations.ts';
import type { WorkflowDeps } from './deps.ts';
import { guestSpecOf } from './guest-spec.ts';
import { advance, faultOf, heldServer, inTransaction, isHeld, settle, takeBack } from './server-record.ts';
import { unplugIfThere } from './unplug.ts';
import { workOnHost, workOnHostIfUp } from './work-on-host.ts';

/**
 * Boots a server: a host, its claim, ports, their place on the host, the guest. What fails on one host is unwound there
 * and tried on another; what no host can mend ends as the server's fault. Each undo acts only while this workflow holds the server:
 * a delete that took it over finds the host in the record and cleans up there itself.
 */
export const bootServer = (deps: WorkflowDeps) =>
  workflow(bootServerRef)
    .step('target', {
      do: async (boot, w) => {
        const server = await heldServer(deps, boot.serverId, w.workflowId);
        const placement = await deps.scheduler.selectDestination(w.ctx, { request: requestOf(server, boot) });
        if (placement.kind === 'refused') throw NoValidHost({ hosts: placement.hosts, refusals: placement.refusals });
        return [placement.host, ...placement.alternates];
      },
    })
    .step('claim', {
      do: async ({ target, serverId }, w) => {
        for (const host of target) {
          const outcome = await placeServer(deps.db, { serverId, workflowId: w.workflowId, host });
          if (outcome === 'lost') throw ServerTaken({ serverId });
          if (outcome === 'placed') return { host };
        }
        throw HostsTaken({ candidates: target.length });
      },
      undo: ({ serverId }, w) =>
        inTransaction(deps, async (trx) => {
          const held = await advanceServer(trx, serverId, w.workflowId, { host: null, node: null, zone: null });
          if (held) await releaseClaim(trx, serverId);
        }),
    })
    .step('ports', {
      do: async ({ claim, serverId, requestedNetworks }, w) => {
        const { projectId, hostname, securityGroups } = await heldServer(deps, serverId, w.workflowId);
        const networkInfo = await deps.network.allocatePorts(w.ctx, {
          serverId,
          projectId,
          hostname,
          requested: requestedNetworks,
          securityGroups: [...securityGroups],
          host: claim.host,
          taskId: asId<TaskId>(w.taskId),
        });
        await advance(deps, serverId, w.workflowId, { network_info: JSON.stringify(networkInfo), task_state: 'spawning' });
      },
      undo: async ({ serverId }, w) => {
        if (!(await isHeld(deps, serverId, w.workflowId))) return;
        await deps.network.releasePorts(w.ctx, { serverId, taskId: asId<TaskId>(w.taskId) });
        await advanceServer(deps.db, serverId, w.workflowId, { network_info: '[]' });
      },
    })
    .step('vifs', {
      do: ({ claim, serverId }, w) => deps.network.plugPorts(w.ctx, { host: claim.host, serverId }),
      undo: async ({ claim, serverId }, w) => {
        if (await isHeld(deps, serverId, w.workflowId)) await unplugIfThere(deps, w, claim.host, serverId);
      },
    })
    .step('guest', {
      do: async ({ claim, vifs, serverId }, w) => {
        const server = await heldServer(deps, serverId, w.workflowId);
        // The pass to the image is made for each sending anew, so that none is ever stored.
        const spawn = async (taskId: TaskId) => {
          const guest = await guestSpecOf(deps, w.ctx, server, vifs);
          // A host that was asked again too late would make the guest after it was told to destroy it.
          w.signal.throwIfAborted();
          await deps.compute.spawn(w.ctx, { host: claim.host, taskId, guest });
        };
        // The scheduler chose among hosts that were up a moment ago, unless this step has been tried before.
        await workOnHost(deps, w, claim.host, spawn, { seenUp: w.attempt === 1 });
      },
      undo: async ({ claim, serverId }, w) => {
        if (!(await isHeld(deps, serverId, w.workflowId))) return;
        await workOnHostIfUp(deps, w, claim.host, (taskId) => deps.compute.destroy(w.ctx, { host: claim.host, taskId, serverId }));
      },
    })
    .step('active', {
      do: ({ serverId }, w) =>
        settle(deps.db, {
          serverId,
          workflowId: w.workflowId,
          ctx: w.ctx,
          to: 'active',
          more: { launched_at: deps.clock.now(), progress: 0 },
        }),
      // A statement whose answer was lost may have been committed. Where somebody began something with the server since, it stays active.
      undo: ({ serverId }, w) => takeBack(deps, { serverId, workflowId: w.workflowId, from: 'active', to: unbooted }),
    })
    .onUnwound((boot, w) => (mayTryElsewhere(boot, deps.options.maxAttempts) ? tryElsewhere(deps, boot, w) : giveUp(deps, boot, w)));

const requestOf = (server: Server, boot: BootServer) => ({
  serverId: server.id,
  projectId: server.projectId,
  flavor: server.flavor,
  image: server.image,
  zone: server.requestedZone,
  hints: { ...server.schedulerHints },
  excludedHosts: [...boot.excludedHosts],
  requestedHost: boot.requestedHost,
});

/** How a server stands before it was first active. */
const unbooted = { vm_state: 'building', task_state: 'spawning', power_state: 'pending', launched_at: null } as const satisfies ServerState;

type Failed = Unwound<BootServer, { claim: { host: HostName } }>;

/** Only what went wrong on a host may go better on another; a bad request stays bad. */
const mayTryElsewhere = ({ failure, claim, attemptNumber }: Failed, maxAttempts: number): boolean =>
  attemptNumber < maxAttempts &&
  (failure.code === HostsTaken.code || (claim !== undefined && (failure.kind === 'internal' || failure.kind === 'unavailable')));

/** Starts over with the next attempt, which then holds the server in this one's place. */
const tryElsewhere = (deps: WorkflowDeps, { serverId, claim, failure, ...boot }: Failed, w: StepContext): Promise<void> =>
  inTransaction(deps, async (trx) => {
    const id = deps.ids.uuid();
    const server = await advanceServer(trx, serverId, w.workflowId, { workflow_id: id, task_state: 'scheduling' });
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
      },
    });
  });

const giveUp = (deps: WorkflowDeps, { serverId, failure, earlierFailure }: Failed, w: StepContext): Promise<void> =>
  settle(deps.db, {
    serverId,
    workflowId: w.workflowId,
    ctx: w.ctx,
    to: 'error',
    more: { fault: faultOf(failure, deps.clock.now(), earlierFailure), power_state: 'pending' },
  });
