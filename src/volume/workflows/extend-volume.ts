import { volumeExtend } from '../../events/volume.ts';
import { findVolume } from '../../db/stores/volume/volumes.ts';
import { workflow } from '../../lib/workflow/workflow.ts';
import type { VolumeWorkflowDeps } from './deps.ts';
import { extendVolumeRef } from './refs.ts';
import { failVolume, heldVolume, hostOf, settleVolume } from './volume-record.ts';

/** Makes a volume larger. A volume never shrinks again: if the row could not be settled, the larger size is harmless. */
export const extendVolume = (deps: VolumeWorkflowDeps) =>
  workflow(extendVolumeRef)
    .step('data', {
      do: async ({ volumeId, sizeGb }, w) => {
        const host = hostOf(await heldVolume(deps, volumeId, w));
        await deps.onHost(w, host, (taskId) => deps.volume.extendVolume(w.ctx, { host, taskId, volumeId, sizeGb }));
      },
    })
    .step('settle', {
      do: ({ volumeId, sizeGb }, w) =>
        settleVolume(deps, w, { volumeId, act: 'extend', more: { size_gb: sizeGb }, tell: volumeExtend.end }),
    })
    .step('tell', {
      do: async ({ volumeId }, w) => {
        const servers = (await findVolume(deps.db, volumeId))?.attachments.flatMap((one) =>
          one.status === 'attached' ? (one.serverId ?? []) : [],
        );
        for (const serverId of new Set(servers)) await deps.tellGrown(w.ctx, { serverId, volumeId });
      },
    })
    .onUnwound(({ volumeId }, w) =>
      failVolume(deps, w, {
        volumeId,
        act: 'extend',
        tell: volumeExtend.error,
        eventId: 'VOLUME_VOLUME_007_008',
        text: 'extend volume:The driver failed to extend the volume.',
      }),
    );
