import { change } from '../../db/change.ts';
import { deleteTransferRow, findTransfer, giveVolume } from '../../db/stores/volume/transfers.ts';
import { findType } from '../../db/stores/volume/volume-types.ts';
import { lockVolume, updateVolume } from '../../db/stores/volume/volumes.ts';
import type { InCloud } from '../../db/sql/queries.ts';
import { transferAccept } from '../../events/volume-transfers.ts';
import { volumeUpdate } from '../../events/volume.ts';
import type { Context } from '../../lib/context/context.ts';
import type { VolumeTransfer } from '../../objects/volume-transfer.ts';
import type { Volume } from '../../objects/volume.ts';
import type { VolumeDeps } from '../deps.ts';
import { InvalidVolume, VolumeNotFound } from '../errors.ts';
import { checkVolumeQuota, type VolumeLimits } from '../quota.ts';
import { TransferNotFound } from '../transfer-errors.ts';
import { ownSnapshotsOf } from './access.ts';
import { checkKey } from './transfers.ts';

/** Takes volumes that other projects offer. */
export class AcceptingApi {
  readonly #deps: VolumeDeps;

  constructor(deps: VolumeDeps) {
    this.#deps = deps;
  }

  /** Makes an offered volume the caller's, whose quota it then counts in. */
  async accept(ctx: Context, id: string, key: string): Promise<VolumeTransfer> {
    const { db, policy, quotaLimits } = this.#deps;
    policy.check(ctx, 'volume:accept_transfer');
    const projectId = ctx.projectId ?? '';
    const transfer = await findTransfer(db, id);
    if (!transfer) throw TransferNotFound({ id });
    await checkKey(this.#deps, id, key);
    await change(ctx, { db, what: `transfer.accept ${id}` }, async ({ trx, tell }) => {
      const volume = await lockVolume(trx, transfer.volumeId);
      if (!volume) throw VolumeNotFound({ id: transfer.volumeId });
      // Whoever deletes the offer has it: nobody else accepts it, or takes it back, too.
      if (!(await deleteTransferRow(trx, id))) throw TransferNotFound({ id });
      if (volume.status !== 'awaiting-transfer')
        throw InvalidVolume({ because: `status must be awaiting-transfer, but is ${volume.status}` });
      await refuseForeignType(trx, volume, projectId);
      if (volume.projectId !== projectId) await checkQuota(trx, { transfer, volume, projectId }, quotaLimits);
      await giveVolume(trx, transfer, { project_id: projectId, user_id: ctx.userId ?? '' });
      const after = await updateVolume(trx, volume.id, { status: 'available' });
      if (after) tell(volumeUpdate(after));
      tell(transferAccept({ ...transfer, destinationProjectId: projectId }));
    });
    return { ...transfer, destinationProjectId: projectId };
  }
}

/** A project cannot have volumes of a type that it may not use. */
async function refuseForeignType(trx: InCloud, { typeId }: Volume, projectId: string): Promise<void> {
  if (typeId !== null && !(await findType(trx, typeId, { projectId })))
    throw InvalidVolume({ because: 'its volume type is not available to the project that accepts it' });
}

interface Gain {
  readonly transfer: VolumeTransfer;
  readonly volume: Volume;
  readonly projectId: string;
}

async function checkQuota(trx: InCloud, { transfer, volume, projectId }: Gain, limits: VolumeLimits): Promise<void> {
  const { typeName, sizeGb } = volume;
  const snapshots = transfer.noSnapshots ? [] : await ownSnapshotsOf(trx, volume);
  const gigabytes = snapshots.reduce((sum, snapshot) => sum + snapshot.sizeGb, sizeGb);
  await checkVolumeQuota(trx, { projectId, typeName, volumes: 1, snapshots: snapshots.length, gigabytes, sizeGb }, limits);
}
