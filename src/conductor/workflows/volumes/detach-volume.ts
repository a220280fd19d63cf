import { workflow } from '../../../lib/workflow/workflow.ts';
import { detachVolumeRef } from '../../../operations/workflows.ts';
import type { WorkflowDeps } from '../deps.ts';
import { endVolumeWork, plugVolumeAgain } from '../steps/server-volumes.ts';
import { workOnHost } from '../steps/work-on-host.ts';

/**
 * Takes a volume out of a server's guest and gives it back. The guest comes first: it must have written everything before the connection
 * ends. What fails is plugged in again, unless the volume has been given back by then.
 */
export const detachVolume = (deps: WorkflowDeps) =>
  workflow(detachVolumeRef)
    .step('guest', {
      do: async ({ serverId, host, volume: { volumeId } }, w) => {
        // A server that has left its host has no guest.
        if (host !== null)
          await workOnHost(deps, w, host, (taskId) => deps.compute.detachVolume(w.ctx, { host, taskId, serverId, volumeId }));
      },
      undo: async ({ serverId, host, volume }, w) => {
        if (host !== null) await plugVolumeAgain(deps, w, { serverId, host, volume });
      },
    })
    .step('release', { do: ({ volume: { attachmentId } }, w) => deps.volumes.release(w.ctx, attachmentId) })
    .step('settle', {
      do: ({ serverId, volume }, w) => endVolumeWork(deps, w, { work: { serverId, volume }, failed: false }),
    })
    .onUnwound(({ serverId, volume }, w) => endVolumeWork(deps, w, { work: { serverId, volume }, failed: true }));
