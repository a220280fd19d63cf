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
