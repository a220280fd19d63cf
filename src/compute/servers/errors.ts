import { errorType } from '../../lib/errors/error-type.ts';
import type { VirtAbility } from '../../objects/virt-ability.ts';

/** Errors of servers; their sentences are those that Nova's clients know. */

export const ServerNotFound = errorType('ServerNotFound', 'not-found', (p: { id: string }) => `Instance ${p.id} could not be found.`);

/** A flavor named in a body is bad input, not a missing page. */
export const UnknownFlavor = errorType('UnknownFlavor', 'invalid', (p: { id: string }) => `Flavor ${p.id} could not be found.`);

export const UnknownImage = errorType('UnknownImage', 'invalid', (p: { id: string }) => `Image ${p.id} could not be found.`);

export const ImageNotActive = errorType('ImageNotActive', 'invalid', (p: { id: string }) => `Image ${p.id} is not active.`);

export const InvalidImageMetadata = errorType(
  'InvalidImageMetadata',
  'invalid',
  (p: { because: string }) => `Invalid image metadata. Error: ${p.because}`,
);

/** No host validates the certificates by which images are signed. */
export const CertificatesNotValidated = errorType(
  'CertificatesNotValidated',
  'invalid',
  (_: object) => 'Trusted image certificates provided on host that does not support certificate validation.',
);

export const ImageRequired = errorType('ImageRequired', 'invalid', (_: object) => 'Invalid imageRef provided.');

export const FlavorTooSmall = errorType(
  'FlavorTooSmall',
  'invalid',
  (p: { what: 'memory' | 'disk'; unit: 'MB' | 'GB'; has: number; needs: number }) =>
    `Flavor's ${p.what} is too small for requested image: it has ${p.has} ${p.unit}, the image needs ${p.needs} ${p.unit}.`,
);

export const UnknownKeypair = errorType('UnknownKeypair', 'invalid', (_: { name: string }) => 'Invalid key_name provided.');

export const ServerInWrongState = errorType(
  'ServerInWrongState',
  'conflict',
  (p: { action: string; id: string; attribute: 'vm_state' | 'task_state'; state: string }) =>
    `Cannot '${p.action}' instance ${p.id} while it is in ${p.attribute} ${p.state}`,
);

export const ServerIsLocked = errorType('ServerIsLocked', 'conflict', (p: { id: string }) => `Instance ${p.id} is locked`);

export const ServerNotReady = errorType('ServerNotReady', 'conflict', (p: { id: string }) => `Instance ${p.id} is not ready`);

export const VolumeNotAttached = errorType(
  'VolumeNotAttached',
  'not-found',
  (p: { id: string; volumeId: string }) => `Instance ${p.id} is not attached to volume ${p.volumeId}`,
);

export const VolumeAlreadyAttached = errorType(
  'VolumeAlreadyAttached',
  'invalid',
  (p: { id: string; volumeId: string }) => `Invalid volume: volume ${p.volumeId} is already attached to instances: ${p.id}`,
);

export const TooManyDiskDevices = errorType(
  'TooManyDiskDevices',
  'forbidden',
  (p: { maximum: number }) => `The maximum allowed number of disk devices (${p.maximum}) to attach to a single instance has been exceeded.`,
);

export const MultiattachTooOld = errorType(
  'MultiattachTooOld',
  'invalid',
  (_: object) => 'Volumes that several servers may have at once can be attached since microversion 2.60.',
);

export const VolumeAttachFailed = errorType(
  'VolumeAttachFailed',
  'internal',
  (p: { volumeId: string }) => `Failed to attach volume ${p.volumeId} to the server.`,
);

export const VolumeNotMigrating = errorType(
  'VolumeNotMigrating',
  'conflict',
  (p: { volumeId: string }) => `Volume ${p.volumeId} is not being migrated, so no other can take its place.`,
);

export const AttachmentFieldImmutable = errorType(
  'AttachmentFieldImmutable',
  'invalid',
  (p: { field: string; given: string }) => `The ${p.field} field of a volume attachment is not mutable: ${p.given} is not its value.`,
);

export const RootVolumeKept = errorType('RootVolumeKept', 'invalid', (_: object) => 'Cannot detach a root device volume');

export const BackupOfVolumes = errorType(
  'BackupOfVolumes',
  'invalid',
  (_: object) => 'Backup is not supported for volume-backed instances.',
);

export const ImageUnacceptable = errorType(
  'ImageUnacceptable',
  'invalid',
  (p: { id: string; because: string }) => `Image ${p.id} is unacceptable: ${p.because}`,
);

export const UnknownHost = errorType('UnknownHost', 'invalid', (p: { host: string }) => `Compute host ${p.host} could not be found.`);

export const UnknownZone = errorType('UnknownZone', 'invalid', (_: { zone: string }) => 'The requested availability zone is not available');

export const MetadataItemNotFound = errorType('MetadataItemNotFound', 'not-found', (_: { key: string }) => 'Metadata item was not found');

export const TagNotFound = errorType(
  'TagNotFound',
  'not-found',
  (p: { serverId: string; tag: string }) => `Server ${p.serverId} has no tag '${p.tag}'`,
);

export const TooManyTags = errorType(
  'TooManyTags',
  'invalid',
  (p: { limit: number }) => `The number of tags exceeded the per-server limit ${p.limit}`,
);

/** The refusal of an action that a server's hypervisor cannot do. */
const cannot: Readonly<Record<VirtAbility, string>> = {
  pause: 'The hypervisor of the server cannot pause it',
  suspend: 'The hypervisor of the server cannot suspend it',
  crashDump: 'The hypervisor of the server cannot trigger a crash dump',
  setAdminPassword: 'Unable to set password on instance',
  diagnostics: 'The hypervisor of the server has no diagnostics',
  rescue: 'The hypervisor of the server cannot rescue it',
  quiesce: 'The hypervisor of the server cannot quiesce it',
  agentless: 'The hypervisor of the server needs an agent in the guest',
};
export const AbilityMissing = errorType('AbilityMissing', 'not-implemented', (p: { ability: VirtAbility }) => cannot[p.ability]);

export const GuestAgentNotEnabled = errorType('GuestAgentNotEnabled', 'conflict', (_: object) => 'QEMU guest agent is not enabled');

export const QuiesceUnsupported = errorType(
  'QuiesceUnsupported',
  'conflict',
  (p: { id: string }) => `Quiescing is not supported in instance ${p.id}: QEMU guest agent is not enabled`,
);

export const PasswordAlreadyPosted = errorType(
  'PasswordAlreadyPosted',
  'conflict',
  (_: object) => 'A password was posted already; the owner of the server can clear it.',
);

export const PostedPasswordUnfit = errorType(
  'PostedPasswordUnfit',
  'invalid',
  (p: { maxBytes: number }) => `A password is text of 1 to ${p.maxBytes} bytes.`,
);

export const UnshelveOnlyOffloaded = errorType(
  'UnshelveOnlyOffloaded',
  'conflict',
  (p: { id: string; state: string }) =>
    `Specifying an availability zone or a host when unshelving server "${p.id}" with status "${p.state.toUpperCase()}" is not supported. ` +
    'The server status must be SHELVED_OFFLOADED.',
);

export const HostNotInZone = errorType(
  'HostNotInZone',
  'conflict',
  (p: { host: string; zone: string }) => `Host "${p.host}" is not in the availability zone "${p.zone}".`,
);

export const NotInZone = errorType(
  'NotInZone',
  'conflict',
  (p: { id: string; zone: string }) => `Instance ${p.id} is not in the availability zone "${p.zone}", so it cannot be pinned to it.`,
);

export const PreserveEphemeralUnsupported = errorType(
  'PreserveEphemeralUnsupported',
  'not-implemented',
  (_: object) => 'The current driver does not support preserving ephemeral partitions.',
);

export const FlavorUnchanged = errorType('FlavorUnchanged', 'invalid', (_: object) => 'When resizing, instances must change flavor!');

export const ResizeToZeroDisk = errorType('ResizeToZeroDisk', 'invalid', (_: object) => 'Resize to zero disk flavor is not allowed.');

export const ResizeDown = errorType('ResizeDown', 'invalid', (_: object) => 'Unable to resize disk down.');

export const SameHost = errorType(
  'SameHost',
  'invalid',
  (_: object) => 'No valid host was found. Cannot migrate to the host where the server exists.',
);

export const MoveToSelf = errorType(
  'MoveToSelf',
  'invalid',
  (p: { serverId: string; host: string }) => `Unable to migrate instance (${p.serverId}) to current host (${p.host}).`,
);

export const ForcedNowhere = errorType('ForcedNowhere', 'invalid', (_: object) => "Can't force to a non-provided destination");

export const ComputeServiceDown = errorType(
  'ComputeServiceDown',
  'invalid',
  (p: { host: string }) => `Compute service of ${p.host} is unavailable at this time.`,
);

/** A check of hosts or scheduler, made while the caller waits, has refused a live migration. */
export const MoveRefused = errorType('MoveRefused', 'invalid', (p: { because: string }) => p.because);

export const MigrationNotFound = errorType(
  'MigrationNotFound',
  'not-found',
  (p: { id: string; serverId: string }) => `In-progress live migration ${p.id} is not found for server ${p.serverId}.`,
);

/** A migration that an operation names must exist; the operation decides whether it is a missing page or bad input. */
export const NoSuchMigration = errorType(
  'NoSuchMigration',
  'not-found',
  (p: { id: string; serverId: string }) => `Migration ${p.id} not found for instance ${p.serverId}`,
);

export const UnknownMigration = errorType(
  'UnknownMigration',
  'invalid',
  (p: { id: string; serverId: string }) => `Migration ${p.id} not found for instance ${p.serverId}`,
);

export const NotLiveMigration = errorType(
  'NotLiveMigration',
  'not-found',
  (p: { id: string; serverId: string }) => `Migration ${p.id} for server ${p.serverId} is not live-migration.`,
);

export const MigrationNotInProgress = errorType(
  'MigrationNotInProgress',
  'not-found',
  (p: { id: string; serverId: string }) => `Live migration ${p.id} for server ${p.serverId} is not in progress.`,
);

export const MigrationInWrongState = errorType(
  'MigrationInWrongState',
  'invalid',
  (p: { id: string; serverId: string; state: string; method: string }) =>
    `Migration ${p.id} state of instance ${p.serverId} is ${p.state}. Cannot ${p.method} while the migration is in this state.`,
);

export const NotResized = errorType('NotResized', 'invalid', (_: object) => 'Instance has not been resized.');

export const SourceHostDown = errorType(
  'SourceHostDown',
  'conflict',
  (_: { host: string }) => 'The host that the server left does not answer; try again when it is back.',
);

/** An evacuation from a host that is alive would leave two guests. */
export const HostInUse = errorType('HostInUse', 'invalid', (p: { host: string }) => `Compute service of ${p.host} is still in use.`);

export const EvacuationHostUnknown = errorType(
  'EvacuationHostUnknown',
  'not-found',
  (p: { host: string }) => `Compute host ${p.host} could not be found.`,
);

export const EvacuatedToItself = errorType('EvacuatedToItself', 'invalid', (_: object) => "The target host can't be the same one.");

export const UnforcedHost = errorType('UnforcedHost', 'invalid', (_: object) => "Can't force to a non-provided destination");

export const PasswordOnSharedStorage = errorType(
  'PasswordOnSharedStorage',
  'invalid',
  (_: object) => "admin password can't be changed on existing disk",
);

export const RescueImageUnsupported = errorType(
  'RescueImageUnsupported',
  'invalid',
  (p: { id: string }) => `Requested rescue image '${p.id}' is not supported`,
);

export const ServerNotRescuable = errorType(
  'ServerNotRescuable',
  'invalid',
  (p: { id: string; because: string }) => `Instance ${p.id} cannot be rescued: ${p.because}`,
);

export const ActionNotFound = errorType('ActionNotFound', 'not-found', (p: { id: string }) => `Action ${p.id} not found`);

export const NotOnNetwork = errorType(
  'NotOnNetwork',
  'not-found',
  (_: { network: string }) => 'Instance is not a member of specified network',
);

export const PortNotOfServer = errorType(
  'PortNotOfServer',
  'not-found',
  (p: { id: string; portId: string }) => `Instance ${p.id} does not have a port with id ${p.portId}`,
);

export const SortForbidden = errorType(
  'SortForbidden',
  'forbidden',
  (p: { key: string }) => `Only administrators can sort servers by ${p.key}`,
);

export const DeletedForbidden = errorType('DeletedForbidden', 'forbidden', (_: object) => 'Only administrators may list deleted instances');

export const ZeroDiskForbidden = errorType(
  'ZeroDiskForbidden',
  'forbidden',
  (_: object) => 'Only volume-backed servers are allowed for flavors with zero disk.',
);

export const NetworkAndPort = errorType('NetworkAndPort', 'invalid', (_: object) => 'Must not input both network_id and port_id');

export const AddressWithoutNetwork = errorType(
  'AddressWithoutNetwork',
  'invalid',
  (_: object) => 'Must input network_id when request IP address',
);

/** An interface is attached without naming a network, and the project has none. */
export const NoNetworkToAttach = errorType(
  'InterfaceAttachFailedNoNetwork',
  'invalid',
  (p: { projectId: string }) => `No specific network was requested and none are available for project '${p.projectId}'.`,
);

export const InterfaceAttachFailed = errorType(
  'InterfaceAttachFailed',
  'internal',
  (p: { id: string }) => `Failed to attach network adapter device to ${p.id}`,
);
