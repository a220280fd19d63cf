import { errorType } from '../lib/errors/error-type.ts';

// Errors of the volume service, in the words that its clients know.

export const VolumeNotFound = errorType('VolumeNotFound', 'not-found', (p: { id: string }) => `Volume ${p.id} could not be found.`);
export const SnapshotNotFound = errorType('SnapshotNotFound', 'not-found', (p: { id: string }) => `Snapshot ${p.id} could not be found.`);
export const AttachmentNotFound = errorType(
  'VolumeAttachmentNotFound',
  'not-found',
  (p: { id: string }) => `Volume attachment could not be found with filter: attachment_id = ${p.id}.`,
);
/** A server has the volume. */
export const UsedByServer = errorType(
  'ConflictNovaUsingAttachment',
  'conflict',
  (p: { id: string; serverId: string }) => `Detach volume from instance ${p.serverId} using the Compute API`,
);
/** The volume is not in a state for this. */
export const InvalidVolume = errorType('InvalidVolume', 'invalid', (p: { because: string }) => `Invalid volume: ${p.because}`);
export const InvalidSnapshot = errorType('InvalidSnapshot', 'invalid', (p: { because: string }) => `Invalid snapshot: ${p.because}`);
export const VolumeInputInvalid = errorType(
  'VolumeInputInvalid',
  'invalid',
  (p: { because: string }) => `Invalid input received: ${p.because}`,
);
export const VolumeConflict = errorType('VolumeConflict', 'conflict', (p: { because: string }) => p.because);
export const MetadataKeyNotFound = errorType(
  'VolumeMetadataNotFound',
  'not-found',
  (p: { id: string; key: string }) => `Volume ${p.id} has no metadata with key ${p.key}.`,
);
export const MetadataOutdated = errorType(
  'VolumeMetadataOutdated',
  'outdated',
  (_p: object) => 'The metadata have changed since they were read.',
);
export const VolumeMarkerNotFound = errorType(
  'VolumeMarkerNotFound',
  'not-found',
  (p: { id: string }) => `The marker ${p.id} could not be found.`,
);
export const FiltersInvalid = errorType(
  'VolumeFiltersInvalid',
  'invalid',
  (p: { names: readonly string[] }) => `Invalid filters ${p.names.join(', ').slice(0, 255)} are found in query options.`,
);
export const ZoneInvalid = errorType('VolumeZoneInvalid', 'invalid', (p: { zone: string }) => `Availability zone '${p.zone}' is invalid.`);
export const ImageNotFoundForVolume = errorType(
  'VolumeImageNotFound',
  'invalid',
  (p: { id: string }) => `Invalid image identifier or unable to access requested image (${p.id}).`,
);
export const DefaultVolumeTypeMissing = errorType(
  'DefaultVolumeTypeMissing',
  'internal',
  (p: { name: string }) => `The default volume type ${p.name} does not exist.`,
);

/** No pool can take the volume. */
export const NoValidBackend = errorType('NoValidBackend', 'conflict', (p: { refusals: Readonly<Record<string, string>> }) =>
  Object.keys(p.refusals).length === 0
    ? 'No valid backend was found. No weighed backends available.'
    : 'No valid backend was found. Could not find any available weighted backend.',
);
export const VolumeServiceNotFound = errorType(
  'VolumeServiceNotFound',
  'not-found',
  (p: { host: string; binary: string }) => `Service ${p.binary} could not be found on host ${p.host}.`,
);
export const VolumeHostNotFound = errorType(
  'VolumeHostNotFound',
  'not-found',
  (p: { host: string }) => `Host ${p.host} could not be found.`,
);
export const MessageNotFound = errorType(
  'VolumeMessageNotFound',
  'not-found',
  (p: { id: string }) => `Message ${p.id} could not be found.`,
);
export const ConnectionFailed = errorType(
  'VolumeConnectionFailed',
  'internal',
  (p: { volumeId: string }) =>
    `Bad or unexpected response from the storage volume backend API: volume ${p.volumeId} could not be connected.`,
);

/** The data of a volume is not there. */
export const VolumeDataMissing = errorType(
  'VolumeDataMissing',
  'conflict',
  (p: { volumeId: string }) => `The data of volume ${p.volumeId} is missing on its backend.`,
);
/** A storage command failed. */
export const StorageFailed = errorType('StorageFailed', 'conflict', (p: { what: string }) => `The storage backend could not ${p.what}.`);
