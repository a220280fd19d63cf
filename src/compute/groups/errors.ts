import { errorType } from '../../lib/errors/error-type.ts';

/** Errors of server groups, with Nova's texts. */

export const ServerGroupNotFound = errorType(
  'ServerGroupNotFound',
  'not-found',
  (p: { id: string }) => `Instance group ${p.id} could not be found.`,
);

export const RulesNotOfPolicy = errorType(
  'RulesNotOfPolicy',
  'invalid',
  (_: { policy: string }) => 'Only anti-affinity policy supports rules.',
);

/** A group named in a hint is bad input, not a missing page; one of another project counts as missing. */
export const UnknownServerGroup = errorType(
  'UnknownServerGroup',
  'invalid',
  (p: { id: string }) => `Instance group ${p.id} could not be found.`,
);

export const TooManyGroups = errorType('TooManyGroups', 'invalid', (_: { groups: number }) => 'A server can be in one server group only.');
