import type { Step, StepContext } from '../../../lib/workflow/step.ts';
import { workflow } from '../../../lib/workflow/workflow.ts';
import type { HostName, ServerId, TaskId } from '../../../objects/ids.ts';
import type { ImageMeta } from '../../../objects/image.ts';
import { type UnshelveServer, unshelveServerRef } from '../../../operations/workflows.ts';
import { requestFor } from '../../../scheduler/request.ts';
import { ShelvedImageGone, ShelvedImageWithheld } from '../../errors.ts';
import type { WorkflowDeps } from '../deps.ts';
import { clearHost } from '../steps/clear-host.ts';
import { claimHost } from '../steps/claim-host.ts';
import { discardShelvedImage } from '../steps/server-image.ts';
import { plugPorts } from '../steps/server-ports.ts';
import { advance, faultOf, heldServer, isHeld, settle, settleBack } from '../steps/server-record.ts';
import { spawnGuest } from '../steps/spawn-guest.ts';
import { targetHosts } from '../steps/target-hosts.ts';
import { undoOnHost } from '../steps/undo-on-host.ts';
import { workOnHost } from '../steps/work-on-host.ts';

/**
 * Starts a shelved server: on its host its guest is powered on; one that has left its host gets a new one, its ports are bound there, and its
 * guest is made from its image. Until the server is active all is undone, and it stays shelved; its image is discarded afterwards.
 */
export const unshelveServer = (deps: WorkflowDeps) =>
  workflow(unshelveServerRef)
    .step(
      'image',
      unlessHere<UnshelveServer, ImageMeta | null>({ do: ({ serverId }, w) => shelvedImage(deps, serverId, w) }, () => null),
    )
    .step(
      'target',
      unlessHere<UnshelveServer, HostName[]>(
        {
          do: async ({ serverId, requestedHost }, w) => {
            const server = await heldServer(deps, serverId, w.workflowId);
            return await targetHosts(deps, w, requestFor(server, { requestedHost }));
          },
        },
        (host) => [host],
      ),
    )
    .step(
      'claim',
      unlessHere(claimHost(deps), (host) => ({ host })),
    )
    .step(
      'leftovers',
      unlessHere(clearHost(deps), () => null),
    )
    .step(
      'vifs',
      unlessHere(plugPorts(deps), () => []),
    )
    .step('guest', startGuest(deps))
    .step('active', {
      do: ({ serverId, host }, w) => {
        const more = host === null ? { launched_at: deps.clock.now() } : {};
        return settle(deps.db, { serverId, workflowId: w.workflowId, ctx: w.ctx, to: 'active', more });
      },
    })
    .step('discard', { do: ({ serverId }, w) => discardShelvedImage(deps, w.ctx, serverId) })
    .onUnwound(async ({ serverId, failure }, w) => {
      const held = { serverId, workflowId: w.workflowId, ctx: w.ctx };
      const fault = faultOf(failure, deps.clock.now());
      // Without its image the server can never be started again.
      if (failure.code === ShelvedImageGone.code) await settle(deps.db, { ...held, to: 'error', more: { fault } });
      else await settleBack(deps.db, { ...held, fault });
      // If it became active before the failure, its image goes all the same.
      await discardShelvedImage(deps, w.ctx, serverId);
    });

interface MaybeHere {
  readonly host: HostName | null;
}

/** A step for a server that has left its host; one that is still there needs nothing of it but its result. */
const unlessHere = <Scope, Out>(step: Step<Scope, Out>, here: (host: HostName) => Out): Step<Scope & MaybeHere, Out> => ({
  ...step,
  do: (scope, w) => (scope.host === null ? step.do(scope, w) : here(scope.host)),
  undo: (scope, w) => (scope.host === null ? step.undo?.(scope, w) : undefined),
});

/** The image that a server is started from; throws if somebody deleted it or withholds it. */
async function shelvedImage(deps: WorkflowDeps, serverId: ServerId, w: StepContext): Promise<ImageMeta | null> {
  const { shelved } = await heldServer(deps, serverId, w.workflowId);
  // It boots from a volume.
  if (shelved?.imageId === null) return null;
  const imageId = shelved?.imageId ?? '';
  const image = await deps.images.forBoot(w.ctx, imageId);
  if (image === 'unknown') throw ShelvedImageGone({ serverId, imageId });
  if (image === 'without data') throw ShelvedImageWithheld({ serverId, imageId });
  return image;
}

type Placed = Parameters<ReturnType<typeof spawnGuest>['do']>[0] & MaybeHere;

/** Powers the guest on where it is, or makes it on its new host. */
function startGuest(deps: WorkflowDeps): Step<Placed, void> {
  const spawn = spawnGuest(deps);
  return {
    do: async (scope, w) => {
      const { serverId, host } = scope;
      await advance(deps, serverId, w.workflowId, { task_state: host === null ? 'spawning' : 'powering-on' });
      if (host === null) return await spawn.do(scope, w);
      await workOnHost(deps, w, host, (taskId: TaskId) => deps.compute.start(w.ctx, { host, taskId, serverId, input: null }));
    },
    undo: async (scope, w) => {
      const { serverId, host } = scope;
      if (host === null) return await spawn.undo?.(scope, w);
      if (!(await isHeld(deps, serverId, w.workflowId))) return;
      await undoOnHost(deps, w, host, (taskId: TaskId) => deps.compute.stop(w.ctx, { host, taskId, serverId, input: null }));
    },
  };
}
