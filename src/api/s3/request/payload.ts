/** How the body of a request is sent, and what its signature says of it. */
import { InvalidRequest } from '../../../objectstore/errors.ts';

/** Signs the chunks of a body one after the other; each covers those before. */
export interface ChunkSigning {
  readonly key: Buffer;
  readonly time: string;
  readonly scope: string;
  /** The signature of the request, which the first chunk covers. */
  readonly seed: string;
}

export type Payload =
  /** Nothing is said of it. */
  | { readonly kind: 'unsigned' }
  /** Hex SHA-256 of the whole. */
  | { readonly kind: 'hash'; readonly sha256: string }
  /** In chunks of the encoding `aws-chunked`. */
  | { readonly kind: 'chunks'; readonly signing: ChunkSigning | undefined };

/** What a request says of its payload. @param signing how its chunks are signed, if they are */
export function payloadOf(said: string, signing: () => ChunkSigning): Payload {
  if (said === 'UNSIGNED-PAYLOAD') return { kind: 'unsigned' };
  if (said === 'STREAMING-UNSIGNED-PAYLOAD-TRAILER') return { kind: 'chunks', signing: undefined };
  if (/^STREAMING-AWS4-HMAC-SHA256-PAYLOAD(-TRAILER)?$/.test(said)) return { kind: 'chunks', signing: signing() };
  if (/^[0-9a-f]{64}$/i.test(said)) return { kind: 'hash', sha256: said.toLowerCase() };
  throw InvalidRequest({ problem: 'The value of x-amz-content-sha256 is not valid.' });
}
