import { errorType } from '../lib/errors/error-type.ts';

/** Errors of the compute API, with Nova's texts. */

/** A project named in a URL or body that the identity service does not know. */
export const UnknownProject = errorType('UnknownProject', 'invalid', (p: { id: string }) => `Project ID ${p.id} is not a valid project.`);

export const MarkerNotFound = errorType('MarkerNotFound', 'invalid', (p: { marker: string }) => `marker [${p.marker}] not found`);
