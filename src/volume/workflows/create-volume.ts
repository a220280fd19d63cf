import { change } from '../../db/change.ts';
import { listPools } from '../../db/stores/volume/pools.ts';
import { listVolumeServices } from '../../db/stores/volume/services.ts';
import { findSnapshot } from '../../db/stores/volume/snapshots.ts';
import { findType } from '../../db/stores/volume/volume-types.ts';
import { findVolume, lockVolume, updateVolume } from '../../db/stores/volume/volumes.ts';
import { volumeCreate } from '../../events/volume.ts';
import type { StepContext } from '../../lib/workflow/step.ts';
import { workflow } from '../../lib/workflow/workflow.ts';
import { type VolumeSource } from '../../objects/volume-host.ts';
import { backendOf, type Volume } from '../../objects/volume.ts';
import { NoValidBackend } from '../errors.ts';
import { choosePool } from '../scheduler/choose-pool.ts';
import type { VolumeWorkflowDeps } from './deps.ts';
import { createVolumeRef, type VolumeOrigin } from './refs.ts';
import { failVolume, heldVolume, hostOf, isHeld, settleVolume } from './volume-record.ts';

/** Makes a volume: a pool is chosen and written down before its host is told, so that whatever the host made can be found again. */
export const createVolume = (deps: VolumeWorkflowDeps) =>
  workflow(createVolumeRef)
    .step('pool', { do: async ({ volumeId }, w) => await takePool(deps, w, volumeId) })
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
      undo: async ({ volumeId, pool }, w) => {
        // Once it is settled it is the owner's; and a newer workflow deletes what is there.
        if (!(await isHeld(deps, volumeId, w))) return;
        const host = backendOf(pool.name);
        // A host that is down removes what the books do not have when it is back.
        if (!(await deps.group.isUp({ binary: 'cinder-volume', host }))) return;
        await deps.onHost(w, host, (taskId) => deps.volume.deleteVolume(w.ctx, { host, taskId, volumeId, snapshotIds: [] }));
      },
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

/** Chooses the pool and writes it into the volume's row; keeps one that an earlier attempt has chosen. */
async function takePool(deps: VolumeWorkflowDeps, w: StepContext, volumeId: string): Promise<{ readonly name: string }> {
  const volume = await heldVolume(deps, volumeId, w);
  if (volume.host !== null) return { name: volume.host };
  const type = volume.typeId === null ? undefined : await findType(deps.db, volume.typeId);
  const services = new Map((await listVolumeServices(deps.db)).map((service) => [service.host, service]));
  const candidates = await Promise.all(
    (await listPools(deps.db)).map(async (pool) => ({
      ...pool,
      isEnabled: services.get(pool.host)?.disabled === false,
      isUp: await deps.group.isUp({ binary: 'cinder-volume', host: pool.host }),
    })),
  );
  const request = { sizeGb: volume.sizeGb, extraSpecs: type?.extraSpecs ?? {}, sourcePool: await poolOfSource(deps, volume) };
  const choice = choosePool(request, candidates);
  if (choice.kind === 'refused') throw NoValidBackend({ refusals: choice.refusals });
  await change(w.ctx, { db: deps.db, what: `volume.place ${w.workflowId}` }, async ({ trx }) => {
    const now = await lockVolume(trx, volumeId);
    if (now?.workflowId === w.workflowId) await updateVolume(trx, volumeId, { host: choice.pool });
  });
  return { name: choice.pool };
}

/** The pool that has the data which the volume is made of. */
async function poolOfSource({ db }: VolumeWorkflowDeps, { snapshotId, sourceVolumeId }: Volume): Promise<string | null> {
  const sourceId = snapshotId === null ? sourceVolumeId : (await findSnapshot(db, snapshotId))?.volumeId;
  if (sourceId === null || sourceId === undefined) return null;
  return (await findVolume(db, sourceId))?.host ?? null;
}

/** Where a host gets the data from; an image with a credential for this message only. */
export async function sourceOf({ images }: VolumeWorkflowDeps, w: StepContext, origin: VolumeOrigin): Promise<VolumeSource> {
  if (origin.kind !== 'image') return origin;
  return { kind: 'image', image: await images.sourceOf(w.ctx, origin.image) };
}
