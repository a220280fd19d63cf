/** The volumes of a new server: found, or planned to be made, and refused where that is known to be impossible. */
import type { ImageSources } from '../../../image/image-sources.ts';
import type { Context } from '../../../lib/context/context.ts';
import { kindOf } from '../../../lib/errors/error-type.ts';
import type { ImageMeta } from '../../../objects/image.ts';
import type { VolumeToMake } from '../../../objects/server-volume.ts';
import type { ServerVolumes } from '../../../volume/server-volumes.ts';
import { bootImage } from '../boot-image.ts';
import { MultiattachTooOld, UnknownImage } from '../errors.ts';
import { diskNeededGb } from '../image-sizes.ts';
import {
  type BlockDevice,
  BlockDevicesInvalid,
  SourceNotBootable,
  UnknownVolumeType,
  VolumeSizeMissing,
  VolumeTooSmall,
} from './block-device.ts';
import { listsVolumes } from './image-devices.ts';

/** A volume that a new server gets. */
export interface BootVolume extends Pick<BlockDevice, 'bootIndex' | 'tag' | 'isDeletedWithServer'> {
  readonly from:
    | { readonly volumeId: string; readonly isMultiattach: boolean }
    | { readonly make: Omit<VolumeToMake, 'volumeId' | 'name'> };
  /** The image that it was or will be made of, as far as the volume knows it. */
  readonly image: ImageMeta | null;
}

export interface BootVolumeDeps {
  readonly images: Pick<ImageSources, 'forBoot'>;
  readonly volumes: Pick<ServerVolumes, 'check' | 'checkSnapshot' | 'knowsType'>;
}

/** Who asks, and whether it knows that a volume may be attached to several servers. */
interface Asking {
  readonly ctx: Context;
  readonly mayShareVolumes: boolean;
}

export async function bootVolume(deps: BootVolumeDeps, asking: Asking, device: BlockDevice): Promise<BootVolume> {
  const { source, volumeType, bootIndex, tag, isDeletedWithServer } = device;
  if (volumeType !== null && source === 'volume')
    throw BlockDevicesInvalid({ because: 'Specifying volume type to existing volume is not supported.' });
  if (volumeType && !(await deps.volumes.knowsType(asking.ctx, volumeType))) throw UnknownVolumeType({ named: volumeType });
  if (source !== 'blank' && device.sourceId === null) throw BlockDevicesInvalid({ because: 'Missing device UUID.' });
  return { bootIndex, tag, isDeletedWithServer, ...(await sources[source](deps, asking, device)) };
}

type Find = (deps: BootVolumeDeps, asking: Asking, device: BlockDevice) => Promise<Pick<BootVolume, 'from' | 'image'>>;

const sources: Readonly<Record<BlockDevice['source'], Find>> = {
  volume: async ({ volumes }, { ctx, mayShareVolumes }, { bootIndex, sourceId }) => {
    const volumeId = (sourceId ?? '').toLowerCase();
    const volume = await named('volume', volumeId, volumes.check(ctx, { volumeId, serverId: null }));
    if (volume.isMultiattach && !mayShareVolumes) throw MultiattachTooOld({});
    if (bootIndex === 0 && !volume.isBootable) throw SourceNotBootable({ id: volumeId });
    return { from: { volumeId, isMultiattach: volume.isMultiattach }, image: volume.image };
  },
  snapshot: async ({ volumes }, { ctx }, { bootIndex, sourceId, size, volumeType: type }) => {
    const snapshotId = sourceId ?? '';
    const snapshot = await named('snapshot', snapshotId, volumes.checkSnapshot(ctx, snapshotId));
    if (bootIndex === 0 && !snapshot.isBootable) throw SourceNotBootable({ id: snapshotId });
    const sizeGb = size ?? snapshot.sizeGb;
    if (sizeGb < snapshot.sizeGb) throw VolumeTooSmall({ hasGb: sizeGb, needsGb: snapshot.sizeGb });
    return { from: { make: { sizeGb, type, snapshotId } }, image: snapshot.image };
  },
  image: async ({ images }, { ctx }, { sourceId, size: sizeGb, volumeType: type }) => {
    const imageId = sourceId ?? '';
    const image = await named('image', imageId, bootImage(images, ctx, imageId));
    if (sizeGb === null) throw VolumeSizeMissing({ source: 'image' });
    if (listsVolumes(image)) throw BlockDevicesInvalid({ because: `image ${imageId} is a list of volumes: boot from the image itself.` });
    const needsGb = diskNeededGb(image);
    if (sizeGb < needsGb) throw VolumeTooSmall({ hasGb: sizeGb, needsGb });
    return { from: { make: { sizeGb, type, imageId } }, image: { ...image, isOfVolume: true } };
  },
  blank: async (_deps, _asking, { size: sizeGb, volumeType: type }) => {
    if (sizeGb === null) throw VolumeSizeMissing({ source: 'blank' });
    return { from: { make: { sizeGb, type } }, image: null };
  },
};

/** What a device names; where it is not there, the device is to blame. */
async function named<T>(what: 'volume' | 'snapshot' | 'image', id: string, found: Promise<T>): Promise<T> {
  try {
    return await found;
  } catch (error) {
    if (kindOf(error) !== 'not-found' && !UnknownImage.is(error)) throw error;
    throw BlockDevicesInvalid({ because: `failed to get ${what} ${id}.` }, { cause: error });
  }
}
