import { errorType } from '../../lib/errors/error-type.ts';

/** Errors of what compute passes on to the image and network services, with Nova's texts. */

/** What the network service calls a conflict is bad input here, in its words. */
export const BadNetworkRequest = errorType('BadNetworkRequest', 'invalid', (p: { message: string }) => p.message);

/** What the volume service calls a conflict is bad input here, in its words. */
export const BadVolumeRequest = errorType('BadVolumeRequest', 'invalid', (p: { message: string }) => p.message);

/** Networks of one host alone are not what the network service has. */
export const NetworkFeatureMissing = errorType(
  'NetworkFeatureMissing',
  'not-implemented',
  (_: object) => 'The requested functionality is not supported.',
);

export const GroupIdMalformed = errorType('GroupIdMalformed', 'invalid', (_: object) => 'Security group id should be uuid');

export const GroupPropertyEmpty = errorType(
  'GroupPropertyEmpty',
  'invalid',
  (p: { what: string }) => `Security group ${p.what} cannot be empty.`,
);

export const BadIpProtocol = errorType('InvalidIpProtocol', 'invalid', (p: { protocol: string }) => `Invalid IP protocol ${p.protocol}.`);

export const BadPortRange = errorType(
  'InvalidPortRange',
  'invalid',
  (p: { from: string; to: string }) => `Invalid port range ${p.from}:${p.to}. Valid TCP ports should be between 1-65535`,
);

export const RuleIncomplete = errorType('RuleIncomplete', 'invalid', (_: object) => 'Not enough parameters to build a valid rule.');

export const ImageNotThere = errorType('ImageNotThere', 'not-found', (_: object) => 'Image not found.');

export const ImageMetadataItemNotFound = errorType('ImageMetadataItemNotFound', 'not-found', (_: object) => 'Invalid metadata key');

export const ImageMetadataLimitExceeded = errorType(
  'ImageMetadataLimitExceeded',
  'over-limit',
  (_: object) => 'Image metadata limit exceeded',
);

export const FloatingIpNotFoundForId = errorType(
  'FloatingIpNotFound',
  'not-found',
  (p: { id: string }) => `Floating IP not found for ID ${p.id}.`,
);

export const FloatingIpAddressUnknown = errorType('FloatingIpNotFoundForAddress', 'not-found', (_: object) => 'floating IP not found');

export const FloatingIpPoolNotFound = errorType('FloatingIpPoolNotFound', 'not-found', (_: object) => 'Floating IP pool not found.');

export const NoMoreFloatingIps = errorType(
  'NoMoreFloatingIps',
  'not-found',
  (p: { pool: string }) => `No more floating IPs in pool ${p.pool}.`,
);

export const FloatingIpLimitExceeded = errorType(
  'FloatingIpLimitExceeded',
  'forbidden',
  (p: { pool: string }) => `IP allocation over quota in pool ${p.pool}.`,
);

/** A floating IP that a server cannot get: the reason is a sentence. */
export const FloatingIpAssociateFailed = errorType('FloatingIpAssociateFailed', 'invalid', (p: { reason: string }) => p.reason);

export const FloatingIpNotOfServer = errorType(
  'FloatingIpNotAssociated',
  'conflict',
  (p: { address: string; id: string }) => `Floating IP ${p.address} is not associated with instance ${p.id}.`,
);
