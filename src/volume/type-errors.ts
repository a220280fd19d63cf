import { errorType } from '../lib/errors/error-type.ts';

// Errors of volume types.

export const VolumeTypeNotFound = errorType(
  'VolumeTypeNotFound',
  'not-found',
  (p: { id: string }) => `Volume type ${p.id} could not be found.`,
);
export const VolumeTypeExists = errorType('VolumeTypeExists', 'conflict', (p: { name: string }) => `Volume Type ${p.name} already exists.`);
export const VolumeTypeInUse = errorType(
  'VolumeTypeInUse',
  'invalid',
  (p: { id: string }) => `Volume Type ${p.id} deletion is not allowed with volumes present with the type.`,
);
export const VolumeTypeIsDefault = errorType(
  'VolumeTypeIsDefault',
  'invalid',
  (p: { id: string }) => `The volume type ${p.id} is a default volume type and cannot be deleted.`,
);
export const VolumeTypeExtraSpecsNotFound = errorType(
  'VolumeTypeExtraSpecsNotFound',
  'not-found',
  (p: { id: string; key: string }) => `Volume Type ${p.id} has no extra specs with key ${p.key}.`,
);
export const VolumeTypeSpecsInUse = errorType(
  'VolumeTypeSpecsInUse',
  'invalid',
  (p: { id: string }) => `Volume Type is currently in use: its extra specs cannot be changed (${p.id}).`,
);
export const VolumeTypeAccessExists = errorType(
  'VolumeTypeAccessExists',
  'conflict',
  (p: { typeId: string; projectId: string }) => `Volume type access for ${p.typeId} / ${p.projectId} combination already exists.`,
);
export const VolumeTypeAccessNotFound = errorType(
  'VolumeTypeAccessNotFound',
  'not-found',
  (p: { typeId: string; projectId: string }) => `Volume type access not found for ${p.typeId} / ${p.projectId} combination.`,
);
export const VolumeTypePublic = errorType(
  'VolumeTypePublic',
  'invalid',
  (_p: object) => 'Type access modification is not applicable to public volume type.',
);
export const VolumeTypeAccessOfPublic = errorType(
  'VolumeTypeAccessOfPublic',
  'not-found',
  (_p: object) => 'Access list not available for public volume types.',
);
