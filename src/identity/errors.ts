import { errorType } from '../lib/errors/error-type.ts';

/** One answer for every way in which a login can fail: whoever guesses learns nothing. */
export const AuthenticationFailed = errorType(
  'AuthenticationFailed',
  'unauthenticated',
  (_: object) => 'The request you have made requires authentication.',
);

export const TokenNotFound = errorType('TokenNotFound', 'not-found', (_: object) => 'Could not find token.');

/** More logins at one time than the service works on. */
export const TooManyLogins = errorType(
  'TooManyLogins',
  'unavailable',
  (_: object) => 'The identity service has too many passwords to check right now. Please try again.',
);

/** What an identity is about; the words in which clients read it. */
export type Entity = 'domain' | 'project' | 'user' | 'role' | 'region' | 'service' | 'endpoint';

/** What was named is not there. */
export const EntityNotFound = errorType(
  'EntityNotFound',
  'not-found',
  (p: { entity: Entity; id: string }) => `Could not find ${p.entity}: ${p.id}.`,
);

/** What a body names is not there. */
export const EntityUnknown = errorType(
  'EntityUnknown',
  'invalid',
  (p: { entity: Entity; field: string; id: string }) => `Invalid input for field '${p.field}': there is no ${p.entity} ${p.id}.`,
);

/** Another one has the name. */
export const NameTaken = errorType(
  'NameTaken',
  'conflict',
  (p: { entity: Entity; name: string; domainId?: string }) =>
    `Conflict occurred attempting to store ${p.entity} - Duplicate entry found with name ${p.name}${p.domainId === undefined ? '' : ` at domain ID ${p.domainId}`}.`,
);

/** Something that others still stand on, or that the cloud cannot do without. */
export const NotAllowed = errorType('NotAllowed', 'forbidden', (p: { because: string }) => p.because);

/** Something changed while it was being changed. */
export const ChangedMeanwhile = errorType(
  'ChangedMeanwhile',
  'conflict',
  (p: { entity: Entity; id: string }) => `Conflict occurred attempting to store ${p.entity} - ${p.id} was changed at the same time.`,
);

export const GrantNotFound = errorType(
  'GrantNotFound',
  'not-found',
  (p: { roleId: string; userId: string; placeId: string }) =>
    `Could not find role assignment with role: ${p.roleId}, user or group: ${p.userId}, project, domain, or system: ${p.placeId}.`,
);

/** Policy does not let the caller; worded as identity services word it. */
export const NotAuthorized = errorType(
  'NotAuthorized',
  'forbidden',
  (p: { rule: string }) => `You are not authorized to perform the requested action: ${p.rule}.`,
);

/** Something that cannot be what it is asked to be; the field is named. */
export const FieldRefused = errorType(
  'FieldRefused',
  'invalid',
  (p: { field: string; problem: string }) => `Invalid input for field '${p.field}': ${p.problem}`,
);
