// How a process shows that it is alive while it has work under way: it holds an advisory lock in a session of its own. The lock ends with
// the session, and the session with the process, however it ends.
import { type Expression, type RawBuilder, sql } from 'kysely';
import { type Clock, systemClock } from '../../lib/clock/clock.ts';
import { onBehalfOf } from '../../lib/context/on-behalf.ts';
import type { Queries } from './queries.ts';

/** The kinds of work; a process has a lock for each. */
export type ProcessRole = 'image uploader' | 'object writer' | 'idempotency keys';

const keyOf = (role: ProcessRole, name: string | Expression<string | null>) => sql`hashtext(${role}), hashtext(${name})`;

/** The condition that a process is gone. It takes the lock, until the transaction ends, so one of those who ask at a time is told so. */
export const isGone = (role: ProcessRole, name: string | Expression<string | null>): RawBuilder<boolean> =>
  sql<boolean>`pg_try_advisory_xact_lock(${keyOf(role, name)})`;

/** The lock in a session of its own. */
interface Lock {
  readonly taken: Promise<Queries>;
  readonly release: () => void;
  /** Whether it is not known to be lost. */
  readonly isHeld: () => Promise<boolean>;
}

const isKept = (promise: Promise<unknown>): Promise<boolean> =>
  promise.then(
    () => true,
    () => false,
  );

/** How often new work looks whether the session is still there, in milliseconds. */
const LOOK_EVERY_MS = 1_000;

/**
 * This process as others see it. The lock takes one connection, whatever the amount of work, and none while there is none.
 */
export class LivingProcess {
  readonly name: string;
  readonly #role: ProcessRole;
  readonly #db: Queries;
  readonly #clock: Clock;
  #lock: Lock | undefined;
  #working = 0;

  constructor({ db, role, name }: { readonly db: Queries; readonly role: ProcessRole; readonly name: string }, clock: Clock = systemClock) {
    this.#clock = clock;
    this.#db = db;
    this.#role = role;
    this.name = name;
  }

  /** Does work with the lock held from before it begins until it has ended. */
  async during<T>(work: () => Promise<T>): Promise<T> {
    this.#working += 1;
    try {
      await this.#locked();
      return await work();
    } finally {
      this.#working -= 1;
      if (this.#working === 0) this.#drop(this.#lock);
    }
  }

  /** A lock whose session was lost is taken anew by the next work, and held until all work has ended: there may always be some. */
  async #locked(): Promise<void> {
    const before = this.#lock;
    if (before && !(await before.isHeld())) this.#drop(before);
    await (this.#lock ??= this.#take()).taken;
  }

  #drop(lock: Lock | undefined): void {
    if (this.#lock === lock) this.#lock = undefined;
    lock?.release();
  }

  #take(): Lock {
    const { promise: released, resolve: release } = Promise.withResolvers<void>();
    const { promise: taken, resolve: take, reject: fail } = Promise.withResolvers<Queries>();
    const holding = onBehalfOf(undefined, () =>
      this.#withLock((session) => {
        take(session);
        return released;
      }),
    );
    // A failure to take the lock fails the work. Later it means that the session was lost and the lock with it: work goes on, and learns
    // at its end, from its row, whether its process was taken for dead.
    holding.catch(fail);
    let held = isKept(taken);
    let lookedAt = this.#clock.monotonicMs();
    const isHeld = (): Promise<boolean> => {
      if (this.#clock.monotonicMs() - lookedAt < LOOK_EVERY_MS) return held;
      lookedAt = this.#clock.monotonicMs();
      held = isKept(taken.then((session) => onBehalfOf(undefined, () => sql`SELECT 1`.execute(session))));
      return held;
    };
    return { taken, release, isHeld };
  }

  async #withLock(work: (session: Queries) => Promise<void>): Promise<void> {
    const key = keyOf(this.#role, this.name);
    await this.#db.connection().execute(async (session) => {
      await sql`SELECT pg_advisory_lock(${key})`.execute(session);
      try {
        await work(session);
      } finally {
        await sql`SELECT pg_advisory_unlock(${key})`.execute(session);
      }
    });
  }
}
