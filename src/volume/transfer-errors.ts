import { errorType } from '../lib/errors/error-type.ts';

// Errors of transfers.

export const TransferNotFound = errorType('TransferNotFound', 'not-found', (p: { id: string }) => `Transfer ${p.id} could not be found.`);
export const InvalidAuthKey = errorType(
  'InvalidAuthKey',
  'invalid',
  (p: { id: string }) => `Invalid auth key: Attempt to transfer ${p.id} with invalid auth key.`,
);
