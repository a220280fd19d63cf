import { errorType } from '../lib/errors/error-type.ts';

/** The same answer for every failed login, so that guessing reveals nothing. */
export const AuthenticationFailed = errorType(
  'AuthenticationFailed',
  'unauthenticated',
  (_: object) => 'The request you have made requires authentication.',
);

export const TokenNotFound = errorType('TokenNotFound', 'not-found', (_: object) => 'Could not find token.');

/** Too many logins at a time. */
export const TooManyLogins = errorType(
  'TooManyLogins',
  'unavailable',
  (_: object) => 'The identity service has too many passwords to check right now. Please try again.',
);

/** The kinds of identity resources, as clients read them in messages. */
export type Entity = 'domain' | 'project' | 'user' | 'role' | 'region' | 'service' | 'endpoint' | 'credential';

/** The resource does not exist. */
export const EntityNotFound = errorType(
  'EntityNotFound',
  'not-found',
  (p: { entity: Entity; id: string }) => `Could not find ${p.entity}: ${p.id}.`,
);

export const TagNotFound = errorType('TagNotFound', 'not-found', (p: { tag: string }) => `Could not find project tag: ${p.tag}.`);

/** A resource that the body names does not exist. */
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

/** Others depend on the resource, or the cloud needs it. */
export const NotAllowed = errorType('NotAllowed', 'forbidden', (p: { because: string }) => p.because);

/** A concurrent change came first. */
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

/** Policy forbids the action; worded as in Keystone. */
export const NotAuthorized = errorType(
  'NotAuthorized',
  'forbidden',
  (p: { rule: string }) => `You are not authorized to perform the requested action: ${p.rule}.`,
);

/** Worded as in Keystone. */
export const NoProjectScope = errorType(
  'NoProjectScope',
  'forbidden',
  (_: object) => 'A project-scoped token is required to produce a service catalog.',
);

/** A field has an invalid value. */
export const FieldRefused = errorType(
  'FieldRefused',
  'invalid',
  (p: { field: string; problem: string }) => `Invalid input for field '${p.field}': ${p.problem}`,
);

/** Its id is taken, which is derived from its public part. */
export const CredentialTaken = errorType(
  'CredentialTaken',
  'conflict',
  (p: { id: string }) => `Conflict occurred attempting to store credential - Duplicate entry found with ID ${p.id}.`,
);

/** Nobody has this access key. */
export const AccessKeyNotFound = errorType(
  'AccessKeyNotFound',
  'not-found',
  (p: { access: string }) => `Could not find credential: ${p.access}.`,
);

/** The secret of the access key did not sign this. */
export const SignatureRefused = errorType('SignatureRefused', 'unauthenticated', (_: object) => 'Credential signature mismatch');
