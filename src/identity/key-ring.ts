import { type KeyAges, renewTokenKeys, type StoredKey, tokenKeys } from '../db/stores/identity/token-keys.ts';
import type { CloudDb } from '../db/sql/queries.ts';
import type { Clock } from '../lib/clock/clock.ts';
import type { Ids } from '../lib/clock/ids.ts';

export interface KeyRingOptions {
  /** How long one key signs, in seconds. */
  readonly rotateSeconds: number;
  /** The longest lifetime of a token, in seconds: older keys check tokens until then. */
  readonly keepSeconds: number;
}

/** How long keys are cached, in milliseconds. */
const FRESH_MS = 30_000;
/** A new key signs only when every process must have read it: after twice the cache time, plus a margin for the reading. */
const RIPE_SECONDS = 120;
const KEY_ID_BYTES = 8;
const KEY_BYTES = 32;

/**
 * The keys that sign and check tokens, shared by all processes: they are rows, and a lock in the database decides who adds the next one.
 * Every process knows a key before the first token is signed with it.
 */
export class KeyRing {
  readonly #deps: { readonly db: CloudDb; readonly clock: Clock; readonly ids: Ids };
  readonly #ages: KeyAges;
  #read: { readonly keys: Promise<readonly StoredKey[]>; readonly atMs: number } | undefined;

  constructor(deps: { readonly db: CloudDb; readonly clock: Clock; readonly ids: Ids }, { rotateSeconds, keepSeconds }: KeyRingOptions) {
    this.#deps = deps;
    this.#ages = { renewAfter: rotateSeconds, ripeAfter: RIPE_SECONDS, keepFor: keepSeconds };
  }

  /** Every key that may have signed a token that is still valid. */
  async all(): Promise<readonly StoredKey[]> {
    const nowMs = this.#deps.clock.monotonicMs();
    if (!this.#read || nowMs - this.#read.atMs > FRESH_MS) {
      const keys = this.#load();
      this.#read = { keys, atMs: nowMs };
      // Failures are not cached: the next call reads again.
      keys.catch(() => {
        if (this.#read?.keys === keys) this.#read = undefined;
      });
    }
    return await this.#read.keys;
  }

  /** The key that signs now: the newest that every process knows, or in a new cloud the oldest. */
  async signing(): Promise<StoredKey> {
    const keys = await this.all();
    const key = keys.find(({ isRipe }) => isRipe) ?? keys.at(-1);
    if (!key) throw new Error('there is no key to sign tokens with');
    return key;
  }

  async #load(): Promise<readonly StoredKey[]> {
    const { db, ids } = this.#deps;
    await renewTokenKeys(db, { id: ids.hex(KEY_ID_BYTES), secret: ids.hex(KEY_BYTES) }, this.#ages);
    return await tokenKeys(db, this.#ages);
  }
}
