// How a process shows that it is alive while it has work under way: it holds an advisory lock in a session of its own. The lock ends with
// the session, and the session with the process, however it ends.
import { type Expression, type RawBuilder, sql } from 'kysely';
import { onBehalfOf } from '../../lib/context/on-behalf.ts';
import type { Queries } from './queries.ts';

/** The kinds of work; a process has a lock for each. */
export type ProcessRole = 'image uploader' | 'object writer' | 'idempotency keys';

const keyOf = (role: ProcessRole, name: string | Expression<string | null>) => sql`hashtext(${role}), hashtext(${name})`;

/** The condition that a process is gone. It takes the lock, until the transaction ends, so one of those who ask at a time is told so. */
export const isGone = (role: ProcessRole, name: string | Expression<string | null>): RawBuilder<boolean> =>
  sql<boolean>`pg_try_advisory_xact_lock(${keyOf(role, name)})`;

interface Held {
  readonly taken: Promise<void>;
  readonly release: () => void;
  working: number;
}

/**
 * This process as others see it. The lock takes one connection, whatever the amount of work, and none while there is none.
 */
export class LivingProcess {
  readonly name: string;
  readonly #role: ProcessRole;
  readonly #db: Queries;
  #held: Held | undefined;

  constructor({ db, role, name }: { readonly db: Queries; readonly role: ProcessRole; readonly name: string }) {
    this.#db = db;
    this.#role = role;
    this.name = name;
  }

  /** Does work with the lock held from before it begins until it has ended. */
  async during<T>(work: () => Promise<T>): Promise<T> {
    const held = (this.#held ??= this.#hold());
    held.working += 1;
    try {
      await held.taken;
      return await work();
    } finally {
      held.working -= 1;
      if (held.working === 0) {
        if (this.#held === held) this.#held = undefined;
        held.release();
      }
    }
  }

  #hold(): Held {
    const { promise: released, resolve: release } = Promise.withResolvers<void>();
    const { promise: taken, resolve: take, reject: fail } = Promise.withResolvers<void>();
    const holding = onBehalfOf(undefined, () =>
      this.#withLock(() => {
        take();
        return released;
      }),
    );
    // A failure to take the lock fails the work. Later it means that the session was lost and the lock with it: work goes on, and learns
    // at its end, from its row, whether its process was taken for dead.
    holding.catch(fail);
    return { taken, release, working: 0 };
  }

  async #withLock(work: () => Promise<void>): Promise<void> {
    const key = keyOf(this.#role, this.name);
    await this.#db.connection().execute(async (connection) => {
      await sql`SELECT pg_advisory_lock(${key})`.execute(connection);
      try {
        await work();
      } finally {
        await sql`SELECT pg_advisory_unlock(${key})`.execute(connection);
      }
    });
  }
}
