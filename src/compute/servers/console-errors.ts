import { errorType } from '../../lib/errors/error-type.ts';

/** Errors of consoles, with Nova's texts. */

/** A type that no hypervisor here has, or that does not belong to its protocol. */
export const ConsoleTypeInvalid = errorType('ConsoleTypeInvalid', 'invalid', (p: { type: string }) => `Invalid console type ${p.type}`);

/** A type that is turned off, or that the guest has no device for. */
export const ConsoleTypeUnavailable = errorType(
  'ConsoleTypeUnavailable',
  'invalid',
  (p: { type: string }) => `Unavailable console type ${p.type}.`,
);

/** Unknown, expired and revoked tokens look alike. */
export const ConsoleTokenNotFound = errorType('ConsoleTokenNotFound', 'not-found', (_: object) => 'Token not found');

export const ConsoleNotAccessible = errorType(
  'ConsoleNotAccessible',
  'invalid',
  (_: object) => 'The requested console type details are not accessible',
);
