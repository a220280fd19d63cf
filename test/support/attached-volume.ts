/** Volumes for the servers of a simulated cloud. */
import { insertVolume } from '../../src/db/stores/volume/volumes.ts';
import type { SimulatedCloud } from './simulated-cloud.ts';
import { VOLUME_HOST } from './simulated-volumes.ts';

/** Makes an empty volume of 1 GiB, of the project of the cloud's users unless it names another. */
export async function makeVolume(
  { db, volumes }: SimulatedCloud,
  id: string,
  { projectId = 'project-1', isMultiattach = false }: { readonly projectId?: string; readonly isMultiattach?: boolean } = {},
): Promise<void> {
  await volumes.driver.create({ volumeId: id, sizeGb: 1, source: { kind: 'empty' } }, { signal: new AbortController().signal });
  await db.transaction().execute(async (trx) => {
    await insertVolume(trx, {
      id,
      project_id: projectId,
      user_id: 'u',
      size_gb: 1,
      status: 'available',
      zone: 'nova',
      host: `${VOLUME_HOST}#fake`,
      is_multiattach: isMultiattach,
    });
  });
}
