import { createHmac, timingSafeEqual } from 'node:crypto';
import { change } from '../../db/change.ts';
import { deleteTransferRow, findTransfer, findTransferKey, insertTransfer, toTransfer } from '../../db/stores/volume/transfers.ts';
import { lockVolume, updateVolume } from '../../db/stores/volume/volumes.ts';
import { transferCreate, transferDelete } from '../../events/volume-transfers.ts';
import { volumeUpdate } from '../../events/volume.ts';
import type { Context } from '../../lib/context/context.ts';
import type { AskedListing } from '../../objects/volume-listing.ts';
import type { VolumeTransfer } from '../../objects/volume-transfer.ts';
import type { PolicyRule } from '../../policy/rules.ts';
import type { VolumeDeps } from '../deps.ts';
import { InvalidSnapshot, InvalidVolume, VolumeNotFound } from '../errors.ts';
import { InvalidAuthKey, TransferNotFound } from '../transfer-errors.ts';
import { allowedVolume, ownSnapshotsOf } from './access.ts';
import { allowedListing, listedRows } from './listing.ts';

/** An offer to make. */
export interface NewTransfer {
  readonly volumeId: string;
  readonly name: string | null;
  readonly noSnapshots: boolean;
}

const [KEY_BYTES, SALT_BYTES] = [8, 8];

const hashOf = (salt: string, key: string): string => createHmac('sha256', salt).update(key).digest('hex');

/** Throws unless this is the key of the transfer. */
export async function checkKey({ db }: Pick<VolumeDeps, 'db'>, id: string, key: string): Promise<void> {
  const kept = await findTransferKey(db, id);
  if (!kept) throw TransferNotFound({ id });
  if (!timingSafeEqual(Buffer.from(hashOf(kept.salt, key)), Buffer.from(kept.hash))) throw InvalidAuthKey({ id });
}

/** Offers of volumes to other projects. */
export class TransfersApi {
  readonly #deps: VolumeDeps;

  constructor(deps: VolumeDeps) {
    this.#deps = deps;
  }

  /** Offers a volume. The key is told once, and kept as a hash. */
  async create(
    ctx: Context,
    { volumeId, name, noSnapshots }: NewTransfer,
  ): Promise<{ readonly transfer: VolumeTransfer; readonly key: string }> {
    const { db, ids } = this.#deps;
    await allowedVolume(this.#deps, ctx, volumeId, 'volume:create_transfer');
    const [id, key, salt] = [ids.uuid(), ids.hex(KEY_BYTES), ids.hex(SALT_BYTES)];
    await change(ctx, { db, what: 'transfer.create' }, async ({ trx, tell }) => {
      const volume = await lockVolume(trx, volumeId);
      if (!volume) throw VolumeNotFound({ id: volumeId });
      if (volume.status !== 'available' || volume.attachments.length > 0) throw InvalidVolume({ because: 'status must be available' });
      const snapshots = noSnapshots ? [] : await ownSnapshotsOf(trx, volume);
      const busy = snapshots.find(({ status, groupSnapshotId }) => status !== 'available' || groupSnapshotId !== null);
      if (busy) throw InvalidSnapshot({ because: `Snapshot ${busy.id} must be available, and not of a group, to go with its volume.` });
      const row = { id, volume_id: volumeId, project_id: volume.projectId, name, no_snapshots: noSnapshots };
      tell(transferCreate(await insertTransfer(trx, { ...row, key_salt: salt, key_hash: hashOf(salt, key) })));
      const after = await updateVolume(trx, volumeId, { status: 'awaiting-transfer' });
      if (after) tell(volumeUpdate(after));
    });
    return { transfer: await this.show(ctx, id), key };
  }

  async show(ctx: Context, id: string): Promise<VolumeTransfer> {
    return await this.#allowed(ctx, id, 'volume:get_transfer');
  }

  async list(ctx: Context, asked: AskedListing): Promise<readonly VolumeTransfer[]> {
    const { db, policy } = this.#deps;
    policy.check(ctx, 'volume:get_all_transfers');
    const listing = allowedListing(ctx, asked);
    const rows = await listedRows(db, db.selectFrom('volume_transfers').selectAll(), 'volume_transfers', listing);
    return rows.map(toTransfer);
  }

  /** Takes the offer back. */
  async delete(ctx: Context, id: string): Promise<void> {
    const transfer = await this.#allowed(ctx, id, 'volume:delete_transfer');
    await change(ctx, { db: this.#deps.db, what: `transfer.delete ${id}` }, async ({ trx, tell }) => {
      const volume = await lockVolume(trx, transfer.volumeId);
      if (!(await deleteTransferRow(trx, id))) throw TransferNotFound({ id });
      tell(transferDelete(transfer));
      if (volume?.status !== 'awaiting-transfer') return;
      const after = await updateVolume(trx, volume.id, { status: 'available' });
      if (after) tell(volumeUpdate(after));
    });
  }

  async #allowed(ctx: Context, id: string, rule: PolicyRule): Promise<VolumeTransfer> {
    const { db, policy } = this.#deps;
    const transfer = await findTransfer(db, id);
    if (!transfer || !policy.may(ctx, 'volume:get_transfer', { project_id: transfer.projectId })) throw TransferNotFound({ id });
    policy.check(ctx, rule, { project_id: transfer.projectId });
    return transfer;
  }
}
