import { createCipheriv, createDecipheriv } from 'node:crypto';
import { keptSecret } from '../../db/stores/cloud/cloud-secrets.ts';
import type { CredentialRow } from '../../db/stores/identity/credentials.ts';
import type { CloudDb } from '../../db/sql/queries.ts';
import type { Ids } from '../../lib/clock/ids.ts';
import type { Credential } from '../../objects/identity.ts';

const CIPHER = 'aes-256-gcm';
const KEY_BYTES = 32;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;

/**
 * Encrypts what credentials hold with a key of the cloud, which is generated once. The id of a credential is authenticated with it, so that
 * what one row holds is worth nothing in another.
 */
export class CredentialBox {
  readonly #deps: { readonly db: CloudDb; readonly ids: Ids };
  #key: Promise<Buffer> | undefined;

  constructor(deps: { readonly db: CloudDb; readonly ids: Ids }) {
    this.#deps = deps;
  }

  async seal(id: string, blob: string): Promise<string> {
    const nonce = Buffer.from(this.#deps.ids.hex(NONCE_BYTES), 'hex');
    const cipher = createCipheriv(CIPHER, await this.#keyOf(), nonce).setAAD(Buffer.from(id));
    const text = Buffer.concat([cipher.update(blob, 'utf8'), cipher.final()]);
    return Buffer.concat([nonce, cipher.getAuthTag(), text]).toString('base64');
  }

  async open({ id, type, sealed, user_id, project_id }: CredentialRow): Promise<Credential> {
    const bytes = Buffer.from(sealed, 'base64');
    const [nonce, tag] = [bytes.subarray(0, NONCE_BYTES), bytes.subarray(NONCE_BYTES, NONCE_BYTES + TAG_BYTES)];
    const decipher = createDecipheriv(CIPHER, await this.#keyOf(), nonce)
      .setAAD(Buffer.from(id))
      .setAuthTag(tag);
    const blob = Buffer.concat([decipher.update(bytes.subarray(NONCE_BYTES + TAG_BYTES)), decipher.final()]).toString('utf8');
    return { id, type, blob, userId: user_id, projectId: project_id };
  }

  #keyOf(): Promise<Buffer> {
    const { db, ids } = this.#deps;
    const key = (this.#key ??= keptSecret(db, 'credential_key', ids.hex(KEY_BYTES)).then((hex) => Buffer.from(hex, 'hex')));
    // A failure is not cached: the next call reads again.
    key.catch(() => {
      if (this.#key === key) this.#key = undefined;
    });
    return key;
  }
}
