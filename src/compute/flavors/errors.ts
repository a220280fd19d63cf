import { errorType } from '../../lib/errors/error-type.ts';

/** Errors of flavors, with Nova's texts. */

export const FlavorNotFound = errorType('FlavorNotFound', 'not-found', (p: { id: string }) => `Flavor ${p.id} could not be found.`);

export const FlavorIdExists = errorType('FlavorIdExists', 'conflict', (p: { id: string }) => `Flavor with ID ${p.id} already exists.`);

export const FlavorNameExists = errorType(
  'FlavorNameExists',
  'conflict',
  (p: { name: string }) => `Flavor with name ${p.name} already exists.`,
);

export const FlavorIsPublic = errorType('FlavorIsPublic', 'conflict', (_: object) => 'Can not add access to a public flavor.');

/** A public flavor has no access list. */
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
