import { errorType } from '../../lib/errors/error-type.ts';

/** Errors of keypairs, with Nova's texts. */

export const KeypairNotFound = errorType(
  'KeypairNotFound',
  'not-found',
  (p: { name: string; userId: string }) => `Keypair ${p.name} not found for user ${p.userId}`,
);

export const KeypairExists = errorType('KeypairExists', 'conflict', (p: { name: string }) => `Key pair '${p.name}' already exists.`);

export const KeypairInvalid = errorType('KeypairInvalid', 'invalid', (p: { because: string }) => `Keypair data is invalid: ${p.because}`);
