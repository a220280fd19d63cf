// Kept answers hold passwords and private keys: they are sealed with the client's own Idempotency-Key, of which only a digest is kept.
import { createCipheriv, createDecipheriv, hkdfSync } from 'node:crypto';

/** Whose answer it is. */
export interface Seal {
  /** The Idempotency-Key as the client sent it. */
  readonly secret: string;
  readonly projectId: string;
  /** The request that did the work: it makes the key good for one answer only. */
  readonly requestId: string;
}

const CIPHER = 'aes-256-gcm';
const KEY_BYTES = 32;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;

/** Key and nonce together: each seal is used for one text, so its nonce is never used for another. */
function keysOf({ secret, projectId, requestId }: Seal): { key: Buffer; nonce: Buffer } {
  const bytes = Buffer.from(hkdfSync('sha256', secret, projectId, `answer of ${requestId}`, KEY_BYTES + NONCE_BYTES));
  return { key: bytes.subarray(0, KEY_BYTES), nonce: bytes.subarray(KEY_BYTES) };
}

/** The text as base64 that nobody reads without the secret. */
export function sealAnswer(text: string, seal: Seal): string {
  const { key, nonce } = keysOf(seal);
  const cipher = createCipheriv(CIPHER, key, nonce);
  return Buffer.concat([cipher.update(text, 'utf8'), cipher.final(), cipher.getAuthTag()]).toString('base64');
}

/** The text again; throws when it was sealed otherwise, or changed. */
export function openAnswer(sealed: string, seal: Seal): string {
  const { key, nonce } = keysOf(seal);
  const bytes = Buffer.from(sealed, 'base64');
  const decipher = createDecipheriv(CIPHER, key, nonce, { authTagLength: TAG_BYTES });
  decipher.setAuthTag(bytes.subarray(-TAG_BYTES));
  return Buffer.concat([decipher.update(bytes.subarray(0, -TAG_BYTES)), decipher.final()]).toString('utf8');
}
