/** The volumes of a new server as its record lists them from the start, so that whoever deletes it knows of all. */
import type { Ids } from '../../../lib/clock/ids.ts';
import type { ServerId } from '../../../objects/ids.ts';
import type { Server } from '../../../objects/server.ts';
import type { ServerVolume, VolumeToMake } from '../../../objects/server-volume.ts';
import { nextDevice, rootDevice } from '../volume-device.ts';
import type { BootVolume } from './boot-volumes.ts';

interface Listed {
  readonly volumes: readonly ServerVolume[];
  readonly toMake: readonly VolumeToMake[];
}

/** Gives each volume its place in the guest; one that is yet to be made gets its id now. */
export function listVolumes(
  ids: Ids,
  server: Pick<Server, 'image' | 'flavor'> & { readonly id: ServerId },
  wanted: readonly BootVolume[],
): Listed {
  const volumes: ServerVolume[] = [];
  const toMake: VolumeToMake[] = [];
  for (const { from, bootIndex, tag, isDeletedWithServer } of wanted) {
    const volumeId = 'make' in from ? ids.uuid() : from.volumeId;
    const device = bootIndex === 0 ? rootDevice(server.image) : nextDevice({ ...server, volumes });
    const place = bootIndex === null ? {} : { bootIndex };
    volumes.push({ id: ids.uuid(), volumeId, attachmentId: ids.uuid(), device, tag, isDeletedWithServer, ...place });
    if ('make' in from) toMake.push({ ...from.make, volumeId, name: isBlank(from.make) ? `${server.id}-blank-vol` : '' });
  }
  return { volumes, toMake };
}

const isBlank = ({ imageId, snapshotId }: Pick<VolumeToMake, 'imageId' | 'snapshotId'>): boolean =>
  imageId === undefined && snapshotId === undefined;
