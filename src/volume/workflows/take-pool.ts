/** The pool of a new volume: chosen, and written down before its host is told. */
import { change } from '../../db/change.ts';
import { listPools } from '../../db/stores/volume/pools.ts';
import { listVolumeServices } from '../../db/stores/volume/services.ts';
import { findSnapshot } from '../../db/stores/volume/snapshots.ts';
import { findType } from '../../db/stores/volume/volume-types.ts';
import { findVolume, lockVolume, updateVolume } from '../../db/stores/volume/volumes.ts';
import type { StepContext } from '../../lib/workflow/step.ts';
import type { Volume } from '../../objects/volume.ts';
import { NoValidBackend } from '../errors.ts';
import { choosePool } from '../scheduler/choose-pool.ts';
import type { VolumeWorkflowDeps } from './deps.ts';
import { heldVolume } from './volume-record.ts';

/** Chooses the pool and writes it into the volume's row; keeps one that an earlier attempt has chosen. */
export async function takePool(
  deps: VolumeWorkflowDeps,
  w: StepContext,
  { volumeId, backupStore }: { readonly volumeId: string; readonly backupStore?: string },
): Promise<{ readonly name: string }> {
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
  const request = {
    sizeGb: volume.sizeGb,
    extraSpecs: type?.extraSpecs ?? {},
    sourcePool: await poolOfSource(deps, volume),
    ...(backupStore === undefined ? {} : { backupStore }),
  };
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
