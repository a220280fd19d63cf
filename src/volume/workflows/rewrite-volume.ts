import { volumeRevert } from '../../events/volume.ts';
import { workflow } from '../../lib/workflow/workflow.ts';
import { imageMetadataOf } from '../image-metadata.ts';
import { sourceOf } from './create-volume.ts';
import type { VolumeWorkflowDeps } from './deps.ts';
import { rewriteVolumeRef } from './refs.ts';
import { failVolume, heldVolume, hostOf, settleVolume } from './volume-record.ts';

/** Gives a volume the data of one of its snapshots or of an image. The host puts the new data in place at once, when it has all of it. */
export const rewriteVolume = (deps: VolumeWorkflowDeps) =>
  workflow(rewriteVolumeRef)
    .step('data', {
      do: async ({ volumeId, origin }, w) => {
        const volume = await heldVolume(deps, volumeId, w);
        const host = hostOf(volume);
        await deps.onHost(w, host, async (taskId) => {
          const source = await sourceOf(deps, w, origin);
          return await deps.volume.rewriteVolume(w.ctx, { host, taskId, volume: { volumeId, sizeGb: volume.sizeGb, source } });
        });
      },
    })
    .step('settle', {
      do: ({ volumeId, act, origin }, w) =>
        settleVolume(deps, w, {
          volumeId,
          act,
          ...(origin.kind === 'image' ? { more: { image_metadata: JSON.stringify(imageMetadataOf(origin.image)) } } : {}),
          tell: volumeRevert.end,
        }),
    })
    .onUnwound(({ volumeId, act }, w) =>
      failVolume(deps, w, {
        volumeId,
        act,
        tell: volumeRevert.error,
        eventId: 'VOLUME_VOLUME_016_017',
        text: 'reimage volume:The driver failed to write the volume.',
      }),
    );
