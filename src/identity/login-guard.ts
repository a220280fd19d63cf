/**
 * Slows whoever guesses passwords. Failures are counted in the database, so that all processes know of them and a restart forgets none, three
 * times over: for a user from an address, for a user from anywhere, and for an address with any users. Users are counted under the name
 * that was asked for, whether there is such a user or not, so being shut out tells nothing. A closed door is answered like a wrong password.
 */
import { createHash } from 'node:crypto';
import { bookFailure, forgetFailures, forgetOldFailures, isLocked, type Patience } from '../db/stores/identity/login-failures.ts';
import type { CloudDb } from '../db/sql/queries.ts';
import type { Clock } from '../lib/clock/clock.ts';
import type { UserRef } from '../objects/principal.ts';

/** Who tries to log in, and from where; undefined inside the cloud. */
export interface Attempt {
  readonly user: UserRef;
  readonly address: string | undefined;
}

/** How patient a cloud is with a user at one address. */
export interface GuardOptions {
  /** Wrong passwords that cost nothing. */
  readonly freeFailures: number;
  /** The longest time for which a further one closes the door, in seconds. */
  readonly longestSeconds: number;
}

/** A user at other addresses than the guesser's is not to be shut out soon. */
const USER_FACTOR = 10;
/** Behind one address there may be many: a proxy, a whole office. They are slowed, and never shut out for long. */
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

  /** Whether nobody may try now, be the password right or wrong. */
  isClosed = (attempt: Attempt): Promise<boolean> =>
    isLocked(
      this.#db,
      this.#subjects(attempt).map(({ subject }) => subject),
      this.#clock.now(),
    );

  /** Counts a wrong password. */
  async failed(attempt: Attempt): Promise<void> {
    const now = this.#clock.now();
    // In one order for all: two failures at one time must not wait for each other.
    for (const { subject, patience } of this.#subjects(attempt)) await bookFailure(this.#db, subject, patience, now);
    await forgetOldFailures(this.#db, now);
  }

  /** Forgets what this user did wrong at this address; what others did elsewhere stays. */
  async succeeded(attempt: Attempt): Promise<void> {
    const [pair] = this.#subjects(attempt);
    if (pair) await forgetFailures(this.#db, [pair.subject]);
  }

  #subjects({ user, address }: Attempt): readonly { subject: string; patience: Patience }[] {
    const { freeFailures: free, longestSeconds } = this.#options;
    const name = 'id' in user ? ['id', user.id] : ['name', ...Object.entries(user.domain).flat(), user.name];
    const pair = { subject: subjectOf('pair', ...name, address ?? ''), patience: { free, longestSeconds } };
    const anywhere = { subject: subjectOf('user', ...name), patience: { free: free * USER_FACTOR, longestSeconds } };
    const patience = { free: free * ADDRESS_FACTOR, longestSeconds: Math.min(longestSeconds, ADDRESS_LONGEST_SECONDS) };
    return [pair, anywhere, ...(address === undefined ? [] : [{ subject: subjectOf('address', address), patience }])];
  }
}

/** Names of any length and content as keys of one length: the table keeps nobody's mistyped password or name. */
const subjectOf = (...parts: readonly string[]): string => createHash('sha256').update(JSON.stringify(parts)).digest('base64url');
