import { kindOf, NovaError } from '../errors/error-type.ts';
import { isOutage } from '../errors/outage.ts';
import { MessagingTimeout, NoSuchHost } from './messaging-errors.ts';

/**
 * Whether something that a program depends on went away: a database, a broker, a service, or what that service depends on and reports as
 * away. What a program itself declares as unavailable, like a missing tool, is no such thing.
 */
export function isLostDependency(error: unknown): boolean {
  if (!(error instanceof NovaError)) return isOutage(error);
  // The code of an error that was not declared is the name of its class.
  const isOfAnother = error.code.endsWith('Error') && kindOf(error) === 'unavailable';
  return isOfAnother || MessagingTimeout.is(error) || NoSuchHost.is(error);
}
