/** Disks of a new server, as its request or its image asks for them. */
import { errorType } from '../../../lib/errors/error-type.ts';

export interface BlockDevice {
  readonly source: 'volume' | 'image' | 'snapshot' | 'blank';
  readonly destination: 'local' | 'volume';
  /** 0 for the boot disk; null for a disk that is never booted from. */
  readonly bootIndex: number | null;
  /** The id of the volume, image or snapshot; null for a blank disk. */
  readonly sourceId: string | null;
  /** In GiB, of swap in MiB; null leaves it to the source or to the flavor. */
  readonly size: number | null;
  /** The id or the name of a type of volumes. */
  readonly volumeType: string | null;
  readonly tag: string | null;
  /** Its name in the guest, such as vda: tells which device of an image it replaces. Where the guest finds it is not the caller's choice. */
  readonly name: string | null;
  readonly isDeletedWithServer: boolean;
  readonly isSwap: boolean;
}

/** A device without anything special. */
export const plainDevice = {
  bootIndex: null,
  sourceId: null,
  size: null,
  volumeType: null,
  tag: null,
  name: null,
  isDeletedWithServer: false,
  isSwap: false,
} as const satisfies Partial<BlockDevice>;

/** The root disk that a server gets of an image where nothing else is said. */
export const imageDisk = (imageId: string): BlockDevice => ({
  ...plainDevice,
  source: 'image',
  destination: 'local',
  bootIndex: 0,
  sourceId: imageId,
});

/** `vda` of `/dev/vda`. */
export const shortName = (name: string): string => name.replace(/^\/dev\//, '');

/** The name of the root disk where nobody says another. */
export const USUAL_ROOT = 'vda';

export const BlockDevicesInvalid = errorType(
  'BlockDevicesInvalid',
  'invalid',
  (p: { because: string }) => `Block Device Mapping is Invalid: ${p.because}`,
);

export const BootSequenceInvalid = errorType(
  'BootSequenceInvalid',
  'invalid',
  (_: object) => 'Block Device Mapping is Invalid: Boot sequence for the instance and image/block device mapping combination is not valid.',
);

export const VolumeSizeMissing = errorType('VolumeSizeMissing', 'invalid', (p: { source: 'blank' | 'image' }) =>
  p.source === 'image'
    ? "Images with destination_type 'volume' need to have a non-zero size specified"
    : "Blank volumes (source: 'blank', dest: 'volume') need to have non-zero size",
);

export const SourceNotBootable = errorType(
  'InvalidBDMVolumeNotBootable',
  'invalid',
  (p: { id: string }) => `Block Device ${p.id} is not bootable.`,
);

export const EphemeralTooLarge = errorType(
  'EphemeralTooLarge',
  'invalid',
  (_: object) =>
    'Ephemeral disks requested are larger than the instance type allows. If no size is given in one block device mapping, flavor ' +
    'ephemeral size will be used.',
);

export const SwapTooLarge = errorType(
  'SwapTooLarge',
  'invalid',
  (_: object) => 'Swap drive requested is larger than instance type allows.',
);

export const VolumesForSeveralServers = errorType(
  'VolumesForSeveralServers',
  'invalid',
  (_: object) => 'Cannot attach one or more volumes to multiple instances',
);

export const RootNameTaken = errorType(
  'RootNameTaken',
  'invalid',
  (p: { root: string }) => `The volume cannot be assigned the same device name as the root device ${p.root}`,
);

export const VolumeTooSmall = errorType(
  'VolumeSmallerThanMinDisk',
  'invalid',
  (p: { hasGb: number; needsGb: number }) =>
    'Volume is smaller than the minimum size specified in image metadata. ' +
    `Volume size is ${p.hasGb * GIB} bytes, minimum size is ${p.needsGb * GIB} bytes.`,
);

const GIB = 1024 ** 3;

export const UnknownVolumeType = errorType(
  'UnknownVolumeType',
  'invalid',
  (p: { named: string }) => `Volume type ${p.named} could not be found.`,
);

export const VolumePromised = errorType(
  'VolumePromised',
  'invalid',
  (p: { volumeId: string }) => `Invalid volume: volume ${p.volumeId} is already attached to another instance.`,
);
