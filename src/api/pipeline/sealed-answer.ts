// Stored answers may hold passwords and private keys, so they are encrypted with the client's Idempotency-Key. Only its digest is stored.
import { createCipheriv, createDecipheriv, hkdfSync } from 'node:crypto';

/** Identifies the answer, and holds the secret that encrypts it. */
export interface Seal {
  /** The Idempotency-Key as the client sent it. */
  readonly secret: string;
  readonly projectId: string;
  /** The request that did the work; it makes the encryption key unique to one answer. */
  readonly requestId: string;
}

const CIPHER = 'aes-256-gcm';
const KEY_BYTES = 32;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;

/** Derives key and nonce. Each key encrypts one text, so its nonce is never reused. */
function keysOf({ secret, projectId, requestId }: Seal): { key: Buffer; nonce: Buffer } {
  const bytes = Buffer.from(hkdfSync('sha256', secret, projectId, `answer of ${requestId}`, KEY_BYTES + NONCE_BYTES));
  return { key: bytes.subarray(0, KEY_BYTES), nonce: bytes.subarray(KEY_BYTES) };
}

/** Encrypts a text with the secret; returns base64. */
export function sealAnswer(text: string, seal: Seal): string {
  const { key, nonce } = keysOf(seal);
  const cipher = createCipheriv(CIPHER, key, nonce);
  return Buffer.concat([cipher.update(text, 'utf8'), cipher.final(), cipher.getAuthTag()]).toString('base64');
}

/** Decrypts a text; throws when the secret is wrong or the text was altered. */
export function openAnswer(sealed: string, seal: Seal): string {
  const { key, nonce } = keysOf(seal);
  const bytes = Buffer.from(sealed, 'base64');
  const decipher = createDecipheriv(CIPHER, key, nonce, { authTagLength: TAG_BYTES });
  decipher.setAuthTag(bytes.subarray(-TAG_BYTES));
  return Buffer.concat([decipher.update(bytes.subarray(0, -TAG_BYTES)), decipher.final()]).toString('utf8');
}
