import { errorType } from '../lib/errors/error-type.ts';

/** Errors of the compute API; their sentences are those that Nova's clients know. */

export const ServerNotFound = errorType('ServerNotFound', 'not-found', (p: { id: string }) => `Instance ${p.id} could not be found.`);

export const FlavorNotFound = errorType('FlavorNotFound', 'not-found', (p: { id: string }) => `Flavor ${p.id} could not be found.`);

/** A flavor named in a body is bad input, not a missing page. */
export const UnknownFlavor = errorType('UnknownFlavor', 'invalid', (p: { id: string }) => `Flavor ${p.id} could not be found.`);

export const UnknownImage = errorType('UnknownImage', 'invalid', (p: { id: string }) => `Image ${p.id} could not be found.`);

export const ImageNotActive = errorType('ImageNotActive', 'invalid', (p: { id: string }) => `Image ${p.id} is not active.`);

export const ImageRequired = errorType('ImageRequired', 'invalid', (_: object) => 'Invalid imageRef provided.');

export const FlavorTooSmall = errorType(
  'FlavorTooSmall',
  'invalid',
  (p: { what: 'memory' | 'disk'; unit: 'MB' | 'GB'; has: number; needs: number }) =>
    `Flavor's ${p.what} is too small for requested image: it has ${p.has} ${p.unit}, the image needs ${p.needs} ${p.unit}.`,
);

export const FlavorIdExists = errorType('FlavorIdExists', 'conflict', (p: { id: string }) => `Flavor with ID ${p.id} already exists.`);

export const FlavorNameExists = errorType(
  'FlavorNameExists',
  'conflict',
  (p: { name: string }) => `Flavor with name ${p.name} already exists.`,
);

export const FlavorIsPublic = errorType('FlavorIsPublic', 'conflict', (_: object) => 'Can not add access to a public flavor.');

/** Everybody has access to a public flavor: it has no list of those who do. */
export const NoAccessList = errorType('NoAccessList', 'not-found', (_: object) => 'Access list not available for public flavors.');

export const FlavorAccessExists = errorType(
  'FlavorAccessExists',
  'conflict',
  (p: { id: string; projectId: string }) => `Flavor access already exists for flavor ${p.id} and project ${p.projectId} combination.`,
);

export const FlavorAccessNotFound = errorType(
  'FlavorAccessNotFound',
  'not-found',
  (p: { id: string; projectId: string }) => `Flavor access not found for ${p.id} / ${p.projectId} combination.`,
);

export const ExtraSpecNotFound = errorType(
  'ExtraSpecNotFound',
  'not-found',
  (p: { id: string; key: string }) => `Flavor ${p.id} has no extra specs with key ${p.key}.`,
);

export const ExtraSpecInvalid = errorType('ExtraSpecInvalid', 'invalid', (p: { because: string }) => `Validation failed; ${p.because}`);

/** A project named in a URL or body that the identity service does not know. */
export const UnknownProject = errorType('UnknownProject', 'invalid', (p: { id: string }) => `Project ID ${p.id} is not a valid project.`);

export const LimitBelowUse = errorType(
  'LimitBelowUse',
  'invalid',
  (p: { resource: string; limit: number; least: number }) =>
    `Quota limit ${p.limit} for ${p.resource} must be greater than or equal to already used and reserved ${p.least}.`,
);

export const LimitAboveProject = errorType(
  'LimitAboveProject',
  'invalid',
  (p: { resource: string; limit: number; most: number }) =>
    `Quota limit ${p.limit} for ${p.resource} must be less than or equal to ${p.most}.`,
);

export const ServiceNotFound = errorType('ServiceNotFound', 'not-found', (p: { id: string }) => `Service ${p.id} could not be found.`);

export const HostBinaryNotFound = errorType(
  'HostBinaryNotFound',
  'not-found',
  (p: { binary: string; host: string }) => `Could not find binary ${p.binary} on host ${p.host}.`,
);

export const ServiceNotCompute = errorType(
  'ServiceNotCompute',
  'invalid',
  (p: { binary: string }) => `Updating a ${p.binary} service is not supported. Only nova-compute services can be updated.`,
);

export const ServiceHostsServers = errorType(
  'ServiceHostsServers',
  'conflict',
  (_: object) => 'Unable to delete compute service that is hosting instances. Migrate or delete the instances first.',
);

export const HypervisorNotFound = errorType(
  'HypervisorNotFound',
  'not-found',
  (p: { id: string }) => `Hypervisor with ID '${p.id}' could not be found.`,
);

export const NoHypervisorMatches = errorType(
  'NoHypervisorMatches',
  'not-found',
  (p: { pattern: string }) => `No hypervisor matching '${p.pattern}' could be found.`,
);

export const UptimeUnknown = errorType('UptimeUnknown', 'not-implemented', (_: object) => 'The hypervisor does not tell its uptime.');

export const HypervisorIsDown = errorType(
  'HypervisorIsDown',
  'invalid',
  (p: { hypervisor: string }) => `Compute service of ${p.hypervisor} is unavailable at this time.`,
);

export const KeypairNotFound = errorType(
  'KeypairNotFound',
  'not-found',
  (p: { name: string; userId: string }) => `Keypair ${p.name} not found for user ${p.userId}`,
);

export const UnknownKeypair = errorType('UnknownKeypair', 'invalid', (_: { name: string }) => 'Invalid key_name provided.');

export const KeypairExists = errorType('KeypairExists', 'conflict', (p: { name: string }) => `Key pair '${p.name}' already exists.`);

export const KeypairInvalid = errorType('KeypairInvalid', 'invalid', (p: { because: string }) => `Keypair data is invalid: ${p.because}`);

export const ServerInWrongState = errorType(
  'ServerInWrongState',
  'conflict',
  (p: { action: string; id: string; attribute: 'vm_state' | 'task_state'; state: string }) =>
    `Cannot '${p.action}' instance ${p.id} while it is in ${p.attribute} ${p.state}`,
);

export const ServerIsLocked = errorType('ServerIsLocked', 'conflict', (p: { id: string }) => `Instance ${p.id} is locked`);

export const ServerNotReady = errorType('ServerNotReady', 'conflict', (p: { id: string }) => `Instance ${p.id} is not ready`);

export const UnknownHost = errorType('UnknownHost', 'invalid', (p: { host: string }) => `Compute host ${p.host} could not be found.`);

export const UnknownZone = errorType('UnknownZone', 'invalid', (_: { zone: string }) => 'The requested availability zone is not available');

export const MarkerNotFound = errorType('MarkerNotFound', 'invalid', (p: { marker: string }) => `marker [${p.marker}] not found`);

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

export const PasswordUnsupported = errorType('PasswordUnsupported', 'not-implemented', (_: object) => 'Unable to set password on instance');

export const ActionNotFound = errorType('ActionNotFound', 'not-found', (p: { id: string }) => `Action ${p.id} not found`);

export const NotOnNetwork = errorType(
  'NotOnNetwork',
  'not-found',
  (_: { network: string }) => 'Instance is not a member of specified network',
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
