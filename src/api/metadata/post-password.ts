import { MAX_POSTED_BYTES, type MetadataApi } from '../../compute/servers/guest-metadata-api.ts';
import { NovaError } from '../../lib/errors/error-type.ts';
import type { Exchange, HttpAnswer } from '../../lib/http/exchange.ts';
import { HttpFault, tooLarge } from '../../lib/http/http-fault.ts';
import type { GuestMetadata } from '../../objects/guest-metadata/guest-metadata.ts';
import { statusOf } from '../pipeline/fault.ts';
import { refusal } from './refusal.ts';

/** Takes the only thing that a guest writes: the password that it chose, encrypted for its owner. */
export async function postPassword(
  exchange: Exchange,
  guest: GuestMetadata,
  metadata: Pick<MetadataApi, 'postPassword'>,
): Promise<HttpAnswer> {
  if (exchange.method !== 'POST') return refusal(400, 'A password is read and posted only.');
  try {
    await metadata.postPassword(guest, await exchange.body(MAX_POSTED_BYTES), exchange.requestId);
    return { status: 200, headers: {} };
  } catch (error) {
    // Nova calls a body that is too large a bad request, and guests know that.
    if (error instanceof HttpFault && error.status === tooLarge().status) return refusal(400, error.message);
    if (error instanceof NovaError && error.kind !== 'internal') return refusal(statusOf[error.kind], error.message);
    throw error;
  }
}
