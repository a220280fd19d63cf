import { errorType } from '../../lib/errors/error-type.ts';

/** Errors of server groups; their sentences are those that Nova's clients know. */

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
