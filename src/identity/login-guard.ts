/**
 * Throttles password guessing. Failures are counted in the database, so that all processes see them and they survive a restart. There are
 * three counters: for a user from an address, for a user from anywhere, and for an address with any user. A user is the same however they are
 * named, and is counted whether they exist or not, so a lockout reveals nothing. An attempt during a lockout is answered like a wrong password.
 */
import { createHash } from 'node:crypto';
import { countFailure, forgetFailures, forgetOldFailures, isLocked, type LockoutRule } from '../db/stores/identity/login-failures.ts';
import type { CloudDb } from '../db/sql/queries.ts';
import type { Clock } from '../lib/clock/clock.ts';
import { isKnownAddress, recordAddress } from '../db/stores/identity/login-addresses.ts';
import type { Account } from './driver.ts';

/** Who tries to log in, and from where; undefined inside the cloud. */
export interface Attempt {
  readonly account: Account;
  readonly address: string | undefined;
}

/** The limits for a user at one address. */
export interface GuardOptions {
  /** Wrong passwords before the first lockout. */
  readonly freeFailures: number;
  /** The longest lockout after a further one, in seconds. */
  readonly longestSeconds: number;
}

/** Guessing from one address must not soon lock out the user at others. */
const USER_FACTOR = 10;
/** Many users may share an address (a proxy, an office). They are slowed, but never locked out for long. */
const ADDRESS_FACTOR = 20;
const ADDRESS_LONGEST_SECONDS = 5;

interface Counter {
  readonly subject: string;
  readonly rule: LockoutRule;
}

export class LoginGuard {
  readonly #db: CloudDb;
  readonly #clock: Clock;
  readonly #options: GuardOptions;

  constructor(db: CloudDb, clock: Clock, options: GuardOptions) {
    this.#db = db;
    this.#clock = clock;
    this.#options = options;
  }

  /**
   * Whether attempts are refused now, even with the right password. Guesses from elsewhere count only for addresses from which the user has not
   * logged in lately: strangers cannot lock out the owner where the owner works.
   */
  async isLockedOut(attempt: Attempt): Promise<boolean> {
    const { pair, anywhere, shared } = this.#counters(attempt);
    const now = this.#clock.now();
    const [here, elsewhere, isKnown] = await Promise.all([
      isLocked(
        this.#db,
        [pair, ...shared].map(({ subject }) => subject),
        now,
      ),
      isLocked(this.#db, [anywhere.subject], now),
      isKnownAddress(this.#db, pair.subject, now),
    ]);
    return here || (elsewhere && !isKnown);
  }

  /** Counts a wrong password. */
  async failed(attempt: Attempt): Promise<void> {
    const now = this.#clock.now();
    const { pair, anywhere, shared } = this.#counters(attempt);
    // In a fixed order: concurrent failures must not deadlock.
    for (const { subject, rule } of [pair, anywhere, ...shared]) await countFailure(this.#db, subject, rule, now);
    await forgetOldFailures(this.#db, now);
  }

  /** Forgets the failures of this user at this address, and no others; remembers the address. */
  async succeeded(attempt: Attempt): Promise<void> {
    const { pair } = this.#counters(attempt);
    await forgetFailures(this.#db, [pair.subject]);
    await recordAddress(this.#db, pair.subject, this.#clock.now());
  }

  /** `shared` is the counter of the address, which others may use; there is none inside the cloud. */
  #counters({ account, address }: Attempt): { readonly pair: Counter; readonly anywhere: Counter; readonly shared: readonly Counter[] } {
    const { freeFailures: free, longestSeconds } = this.#options;
    const who = 'id' in account ? ['id', account.id] : ['name', account.domain, account.name];
    const rule = { free: free * ADDRESS_FACTOR, longestSeconds: Math.min(longestSeconds, ADDRESS_LONGEST_SECONDS) };
    return {
      pair: { subject: subjectOf('pair', ...who, address ?? ''), rule: { free, longestSeconds } },
      anywhere: { subject: subjectOf('user', ...who), rule: { free: free * USER_FACTOR, longestSeconds } },
      shared: address === undefined ? [] : [{ subject: subjectOf('address', address), rule }],
    };
  }
}

/** Hashes names to keys of one length: the table stores no names, nor passwords typed in their place. */
const subjectOf = (...parts: readonly string[]): string => createHash('sha256').update(JSON.stringify(parts)).digest('base64url');
