import { errorType } from '../lib/errors/error-type.ts';

// Errors of limits of quality, of encryption and of the default types of projects.

export const QosSpecsNotFound = errorType('QoSSpecsNotFound', 'not-found', (p: { id: string }) => `No such QoS spec ${p.id}.`);
export const QosSpecsExists = errorType('QoSSpecsExists', 'conflict', (p: { name: string }) => `QoS Specs ${p.name} already exists.`);
export const QosSpecsInUse = errorType(
  'QoSSpecsInUse',
  'invalid',
  (p: { id: string }) => `QoS Specs ${p.id} is still associated with entities.`,
);
export const QosSpecsKeyNotFound = errorType(
  'QoSSpecsKeyNotFound',
  'not-found',
  (p: { id: string; key: string }) => `QoS spec ${p.id} has no spec with key ${p.key}.`,
);
export const InvalidQosSpecs = errorType('InvalidQoSSpecs', 'invalid', (p: { because: string }) => `Invalid qos specs: ${p.because}`);
export const TypeHasQosSpecs = errorType(
  'InvalidVolumeType',
  'invalid',
  (p: { typeId: string; id: string }) => `Invalid volume type: Type ${p.typeId} is already associated with another qos specs: ${p.id}`,
);
export const EncryptionExists = errorType(
  'VolumeTypeEncryptionExists',
  'invalid',
  (p: { typeId: string }) => `Volume type encryption for type ${p.typeId} already exists.`,
);
export const EncryptionNotFound = errorType(
  'VolumeTypeEncryptionNotFound',
  'not-found',
  (p: { typeId: string }) => `Volume type encryption for type ${p.typeId} does not exist.`,
);
export const EncryptionInUse = errorType(
  'VolumeTypeEncryptionInUse',
  'invalid',
  (_p: object) => 'Cannot change the encryption of a volume type: it is in use.',
);
export const DefaultTypeNotFound = errorType(
  'VolumeTypeProjectDefaultNotFound',
  'not-found',
  (p: { projectId: string }) => `Default type for project ${p.projectId} not found.`,
);
