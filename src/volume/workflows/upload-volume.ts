import { volumeUpload } from '../../events/volume.ts';
import { workflow } from '../../lib/workflow/workflow.ts';
import type { VolumeWorkflowDeps } from './deps.ts';
import { uploadVolumeRef } from './refs.ts';
import { failVolume, heldVolume, hostOf, settleVolume } from './volume-record.ts';

/** Copies a volume's data into an image, whose record it makes unless the API has. An image without its data is discarded. */
export const uploadVolume = (deps: VolumeWorkflowDeps) =>
  workflow(uploadVolumeRef)
    .step('record', {
      do: ({ image }, w) => deps.images.create(w.ctx, image),
      undo: ({ image }, w) => deps.images.discard(w.ctx, image.id),
    })
    .step('data', {
      do: async ({ volumeId, image }, w) => {
        const host = hostOf(await heldVolume(deps, volumeId, w));
        if ((await deps.images.progressOf(image.id)) !== 'waiting') return;
        await deps.onHost(w, host, (taskId) =>
          deps.volume.uploadVolume(w.ctx, { host, taskId, volumeId, image: deps.images.targetOf(image) }),
        );
      },
    })
    .step('settle', { do: ({ volumeId }, w) => settleVolume(deps, w, { volumeId, act: 'upload', tell: volumeUpload.end }) })
    .onUnwound(({ volumeId }, w) =>
      failVolume(deps, w, {
        volumeId,
        act: 'upload',
        tell: volumeUpload.error,
        eventId: 'VOLUME_VOLUME_004_001',
        text: 'copy volume to image:An unknown error occurred.',
      }),
    );
