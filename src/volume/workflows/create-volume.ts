import { volumeCreate } from '../../events/volume.ts';
import type { StepContext } from '../../lib/workflow/step.ts';
import { workflow } from '../../lib/workflow/workflow.ts';
import { type VolumeSource } from '../../objects/volume-host.ts';
import { backendOf } from '../../objects/volume.ts';
import { NoValidBackend } from '../errors.ts';
import type { VolumeWorkflowDeps } from './deps.ts';
import { createVolumeRef, type VolumeOrigin } from './refs.ts';
import { takePool } from './take-pool.ts';
import { failVolume, heldVolume, hostOf, isHeld, settleVolume } from './volume-record.ts';

/** Makes a volume: a pool is chosen and written down before its host is told, so that whatever the host made can be found again. */
export const createVolume = (deps: VolumeWorkflowDeps) =>
  workflow(createVolumeRef)
    .step('pool', { do: async ({ volumeId }, w) => await takePool(deps, w, { volumeId }) })
    .step('data', {
      do: async ({ volumeId, origin }, w) => {
        const volume = await heldVolume(deps, volumeId, w);
        await deps.onHost(w, hostOf(volume), async (taskId) => {
          const source = await sourceOf(deps, w, origin);
          return await deps.volume.createVolume(w.ctx, {
            host: hostOf(volume),
            taskId,
            volume: { volumeId, sizeGb: volume.sizeGb, source },
          });
        });
      },
      undo: ({ volumeId, pool }, w) => removeMade(deps, w, { volumeId, pool: pool.name }),
    })
    .step('settle', { do: ({ volumeId }, w) => settleVolume(deps, w, { volumeId, act: 'create', tell: volumeCreate.end }) })
    .onUnwound(({ volumeId, failure }, w) =>
      failVolume(deps, w, {
        volumeId,
        act: 'create',
        tell: volumeCreate.error,
        ...(failure.code === NoValidBackend.code
          ? { eventId: 'VOLUME_VOLUME_001_002', text: 'schedule allocate volume:Could not find any available weighted backend.' }
          : { eventId: 'VOLUME_VOLUME_006_007', text: 'create volume:The driver failed to create the volume.' }),
      }),
    );

/** Removes the data of a volume that could not be made. */
export async function removeMade(
  deps: VolumeWorkflowDeps,
  w: StepContext,
  { volumeId, pool }: { readonly volumeId: string; readonly pool: string },
): Promise<void> {
  // Once it is settled it is the owner's; and a newer workflow deletes what is there.
  if (!(await isHeld(deps, volumeId, w))) return;
  const host = backendOf(pool);
  // The row, which ends in error, keeps the host: what a host that is down may have goes when the volume is deleted.
  if (!(await deps.group.isUp({ binary: 'cinder-volume', host }))) return;
  await deps.onHost(w, host, (taskId) => deps.volume.deleteVolume(w.ctx, { host, taskId, volumeId, snapshotIds: [] }));
}

/** Where a host gets the data from; an image with a credential for this message only. */
export async function sourceOf({ images }: VolumeWorkflowDeps, w: StepContext, origin: VolumeOrigin): Promise<VolumeSource> {
  if (origin.kind !== 'image') return origin;
  return { kind: 'image', image: await images.sourceOf(w.ctx, origin.image) };
}
