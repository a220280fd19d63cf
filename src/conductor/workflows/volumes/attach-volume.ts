import { workflow } from '../../../lib/workflow/workflow.ts';
import { attachVolumeRef } from '../../../operations/workflows.ts';
import type { WorkflowDeps } from '../deps.ts';
import { endVolumeWork, plugVolume, unplugVolume } from '../steps/server-volumes.ts';

/**
 * Gives a server a volume that its record lists already, and plugs it into its guest. The record is not held: the workflows of a server run
 * one after the other. A failure gives the volume back before it leaves the record.
 */
export const attachVolume = (deps: WorkflowDeps) =>
  workflow(attachVolumeRef)
    .step('reserve', {
      do: async ({ serverId, volume: { attachmentId, volumeId } }, w) => {
        // Earlier work may have taken long: the volume may have become another project's since the request.
        await deps.volumes.check(w.ctx, { volumeId, serverId });
        await deps.volumes.reserve(w.ctx, { attachmentId, volumeId, serverId });
      },
      undo: ({ volume: { attachmentId } }, w) => deps.volumes.release(w.ctx, attachmentId),
    })
    // For a server that has left its host the volume is connected when its guest is made.
    .step('guest', {
      do: async ({ serverId, host, volume }, w) => {
        if (host !== null) await plugVolume(deps, w, { serverId, host, volume });
      },
      undo: async ({ serverId, host, volume: { volumeId } }, w) => {
        if (host !== null) await unplugVolume(deps, w, { serverId, host, volumeId });
      },
    })
    // As in Nova the volume is in use even if nobody is connected yet.
    .step('complete', { do: ({ volume: { attachmentId } }, w) => deps.volumes.complete(w.ctx, attachmentId) })
    .step('settle', {
      do: ({ serverId, volume }, w) => endVolumeWork(deps, w, { work: { serverId, volume }, failed: false }),
    })
    .onUnwound(({ serverId, volume }, w) => endVolumeWork(deps, w, { work: { serverId, volume }, failed: true }));
