import { errorType } from '../lib/errors/error-type.ts';

/** Errors of the compute API, with Nova's texts. */

/** A project named in a URL or body that the identity service does not know. */
export const UnknownProject = errorType('UnknownProject', 'invalid', (p: { id: string }) => `Project ID ${p.id} is not a valid project.`);

/** Nova would accept it, and keep limits for nobody. */
export const UnknownUser = errorType('UnknownUser', 'invalid', (p: { id: string }) => `User ID ${p.id} is not a valid user.`);

export const MarkerNotFound = errorType('MarkerNotFound', 'invalid', (p: { marker: string }) => `marker [${p.marker}] not found`);
