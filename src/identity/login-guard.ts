/**
 * Throttles password guessing. Failures are counted in the database, so that all processes see them and they survive a restart. There are
 * three counters: for a user from an address, for a user from anywhere, and for an address with any user. Users are counted by the requested
 * name, whether it exists or not, so a lockout reveals nothing. An attempt during a lockout is answered like a wrong password.
 */
import { createHash } from 'node:crypto';
import { countFailure, forgetFailures, forgetOldFailures, isLocked, type LockoutRule } from '../db/stores/identity/login-failures.ts';
import type { CloudDb } from '../db/sql/queries.ts';
import type { Clock } from '../lib/clock/clock.ts';
import type { UserRef } from '../objects/principal.ts';

/** Who tries to log in, and from where; undefined inside the cloud. */
export interface Attempt {
  readonly user: UserRef;
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

export class LoginGuard {
  readonly #db: CloudDb;
  readonly #clock: Clock;
  readonly #options: GuardOptions;

  constructor(db: CloudDb, clock: Clock, options: GuardOptions) {
    this.#db = db;
    this.#clock = clock;
    this.#options = options;
  }

  /** Whether attempts are refused now, even with the right password. */
  isLockedOut = (attempt: Attempt): Promise<boolean> =>
    isLocked(
      this.#db,
      this.#subjects(attempt).map(({ subject }) => subject),
      this.#clock.now(),
    );

  /** Counts a wrong password. */
  async failed(attempt: Attempt): Promise<void> {
    const now = this.#clock.now();
    // In a fixed order: concurrent failures must not deadlock.
    for (const { subject, rule } of this.#subjects(attempt)) await countFailure(this.#db, subject, rule, now);
    await forgetOldFailures(this.#db, now);
  }

  /** Forgets the failures of this user at this address, and no others. */
  async succeeded(attempt: Attempt): Promise<void> {
    const [pair] = this.#subjects(attempt);
    if (pair) await forgetFailures(this.#db, [pair.subject]);
  }

  #subjects({ user, address }: Attempt): readonly { subject: string; rule: LockoutRule }[] {
    const { freeFailures: free, longestSeconds } = this.#options;
    const name = 'id' in user ? ['id', user.id] : ['name', ...Object.entries(user.domain).flat(), user.name];
    const pair = { subject: subjectOf('pair', ...name, address ?? ''), rule: { free, longestSeconds } };
    const anywhere = { subject: subjectOf('user', ...name), rule: { free: free * USER_FACTOR, longestSeconds } };
    const rule = { free: free * ADDRESS_FACTOR, longestSeconds: Math.min(longestSeconds, ADDRESS_LONGEST_SECONDS) };
    return [pair, anywhere, ...(address === undefined ? [] : [{ subject: subjectOf('address', address), rule }])];
  }
}

/** Hashes names to keys of one length: the table stores no names, nor passwords typed in their place. */
const subjectOf = (...parts: readonly string[]): string => createHash('sha256').update(JSON.stringify(parts)).digest('base64url');
