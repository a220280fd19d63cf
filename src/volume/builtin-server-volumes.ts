import { Value } from '@sinclair/typebox/value';
import { invariant } from '../lib/errors/invariant.ts';
import type { Context } from '../lib/context/context.ts';
import { heldByCompute } from '../objects/server-volume.ts';
import { connection } from '../objects/volume-connection.ts';
import type { VolumeAttachment } from '../objects/volume.ts';
import type { VolumeApi } from './api.ts';
import { byCloud, orUndefined } from './by-cloud.ts';
import { builtinServerSnapshots } from './builtin-server-snapshots.ts';
import { mayReserve } from './attaching.ts';
import { imageOfVolume } from './image-metadata.ts';
import { AttachmentNotFound, InvalidVolume, VolumeNotFound } from './errors.ts';
import type { ServerVolumes } from './server-volumes.ts';
import { VolumeTypeNotFound } from './type-errors.ts';

type Api = Pick<VolumeApi, 'volumes' | 'attachments' | 'types' | 'snapshots' | 'actions'>;

/** Volumes of servers in our own volume service. The caller's rights are checked before; the work is done by the cloud. */
export const builtinServerVolumes = ({ volumes, attachments, types, snapshots, actions }: Api): ServerVolumes => {
  const find = {
    attachment: (ctx: Context, id: string) => orUndefined(attachments.show(byCloud(ctx), id), AttachmentNotFound.is),
    volume: (ctx: Context, id: string) => orUndefined(volumes.show(byCloud(ctx), id), VolumeNotFound.is),
  };
  const release = async (ctx: Context, attachmentId: string): Promise<void> => {
    await orUndefined(attachments.delete(byCloud(ctx), attachmentId), AttachmentNotFound.is);
  };
  return {
    snapshots: builtinServerSnapshots({ snapshots }),
    check: async (ctx, { volumeId, serverId }) => {
      const volume = await volumes.show(ctx, volumeId);
      mayReserve(volume, serverId);
      return { ...volume, image: imageOfVolume(volume) };
    },
    checkSnapshot: async (ctx, snapshotId) => {
      const { smallestGb, imageMetadata, ...source } = await volumes.source(ctx, { snapshotId });
      return { ...source, sizeGb: smallestGb, image: imageOfVolume({ id: snapshotId, imageMetadata }) };
    },
    knowsType: async (ctx, named) => (await orUndefined(types.named(ctx, named), VolumeTypeNotFound.is)) !== undefined,
    make: async (ctx, { volumeId: id, type, ...volume }) => {
      await volumes.create(ctx, { ...volume, id, type, description: null, metadata: {} });
    },
    sizeOf: async (ctx, id) => (await find.volume(ctx, id))?.sizeGb,
    reimage: (ctx, { volumeId, imageId }) => actions.reimage(byCloud(ctx), volumeId, imageId, { reserved: true }),
    statusOf: async (ctx, id) => (await find.volume(ctx, id))?.status,
    reserve: async (ctx, { attachmentId, volumeId, serverId }) => {
      await attachments.create(byCloud(ctx), { id: attachmentId, volumeId, serverId, connector: null, mode: null, heldBy: heldByCompute });
    },
    connect: async (ctx, { attachmentId, volumeId, host, device }) => {
      if (!(await find.attachment(ctx, attachmentId))) return undefined;
      const { isMultiattach } = await volumes.show(byCloud(ctx), volumeId);
      const connector = { host, mountpoint: device };
      const connected = await orUndefined(attachments.connect(byCloud(ctx), attachmentId, connector), AttachmentNotFound.is);
      return (
        connected && { volumeId, device, isReadOnly: connected.mode === 'ro', isShared: isMultiattach, connection: connectionOf(connected) }
      );
    },
    complete: (ctx, attachmentId) => attachments.complete(byCloud(ctx), attachmentId),
    disconnect: async (ctx, attachmentId) => {
      await orUndefined(attachments.disconnect(byCloud(ctx), attachmentId), AttachmentNotFound.is);
    },
    fence: async (ctx, attachmentId) => {
      await orUndefined(attachments.disconnect(byCloud(ctx), attachmentId, { forCertain: true }), AttachmentNotFound.is);
    },
    release,
    releaseOthers: async (ctx, { serverId, attachmentIds }) => {
      const others = (await attachments.heldFor(byCloud(ctx), serverId, heldByCompute)).filter(({ id }) => !attachmentIds.includes(id));
      for (const { id } of others) await release(ctx, id);
    },
    isAttached: async (ctx, attachmentId) => (await find.attachment(ctx, attachmentId))?.status === 'attached',
    isHeld: async (ctx, attachmentId) => (await find.attachment(ctx, attachmentId)) !== undefined,
    discard: async (ctx, { volumeId, projectId }) => {
      const volume = await find.volume(ctx, volumeId);
      if (volume?.projectId !== projectId) return;
      const force = volume.status === 'creating' || volume.status === 'downloading';
      await orUndefined(volumes.delete(byCloud(ctx), volumeId, { force }), (error) => VolumeNotFound.is(error) || InvalidVolume.is(error));
    },
  };
};

/** How a host reaches the data, from what the attachment shows to its owner. */
function connectionOf({ connectionInfo }: VolumeAttachment) {
  const { driver_volume_type: type, attachment_id: _, ...data } = connectionInfo ?? {};
  const found = { type, data };
  invariant(Value.Check(connection, found), 'a connected attachment tells how it is reached');
  return found;
}
