/**
 * The one way to change the cloud's data: the change, its events and, for a request with an Idempotency-Key, its result are written in one
 * transaction, which is retried when PostgreSQL aborts it for a conflict.
 */
import type { Event } from '../events/event-type.ts';
import type { Clock } from '../lib/clock/clock.ts';
import type { Context } from '../lib/context/context.ts';
import type { Queries, TransactionOf } from './sql/queries.ts';
import { transaction } from './sql/retry.ts';
import { claimChange, findResult, keepResult } from './stores/cloud/change-results.ts';
import { appendEvents } from './stores/cloud/events.ts';

/** What a change works with: a transaction of the cloud's database or of a cell's. */
export interface Changing<Db extends Queries> {
  readonly trx: TransactionOf<Db>;
  /** Appends an event at the end of the transaction. */
  readonly tell: (event: Event) => void;
}

/** What is to be changed. */
export interface Change<Db extends Queries, Prepared = void> {
  readonly db: Db;
  /** Names the change within its request: `flavor.create`, `server.pause <id>`. */
  readonly what: string;
  readonly clock?: Clock;
  /** Lookups before the transaction; skipped when an earlier attempt of the request has made the change. */
  readonly prepare?: () => Promise<Prepared>;
}

/** How a result is restored that JSON cannot hold, or that the database must not hold twice. */
export interface Memory<Db extends Queries, Result, Kept> {
  readonly keep: (result: Result) => Kept & Plain<Kept>;
  /** Restores the result for a retried request from what was kept of it. */
  readonly recall: (kept: Kept, changing: Changing<Db>) => Promise<Result> | Result;
}

/** A value that survives JSON unchanged; `unknown` is accepted because such values were read from JSON. */
type Plain<T> = unknown extends T
  ? T
  : T extends string | number | boolean | null | undefined | void
    ? T
    : T extends Date | ((...args: never[]) => unknown)
      ? never
      : { readonly [Key in keyof T]: Plain<T[Key]> };

type Work<Db extends Queries, Prepared, Result> = (changing: Changing<Db>, prepared: Prepared) => Promise<Result>;

/** For results that are kept unchanged. */
const unchanged = { keep: (result: unknown) => result, recall: (kept: unknown) => kept };

/**
 * Makes a change. `work` may run several times, so it must do nothing but talk to the database. A request that is retried under its
 * Idempotency-Key gets the result of the first attempt. Results are kept only for requests with a key (`ctx.keyed`): others pay no statement.
 */
export function change<Db extends Queries, Result, Prepared = void>(
  ctx: Context,
  what: Change<Db, Prepared>,
  work: Work<Db, Prepared, Result & Plain<Result>>,
): Promise<Result>;
export function change<Db extends Queries, Result, Kept, Prepared = void>(
  ctx: Context,
  what: Change<Db, Prepared> & Memory<Db, Result, Kept>,
  work: Work<Db, Prepared, Result>,
): Promise<Result>;
export async function change<Db extends Queries, Result, Kept, Prepared>(
  ctx: Context,
  what: Change<Db, Prepared> & Partial<Memory<Db, Result, Kept>>,
  work: Work<Db, Prepared, Result>,
): Promise<Result> {
  // Seam: without `keep` and `recall` only the first overload applies, whose results are kept unchanged.
  const memory = { ...unchanged, ...what } as Memory<Db, Result, Kept>;
  const key = { requestId: ctx.requestId, what: what.what };
  const isKeyed = ctx.keyed === true || ctx.resumed === true;
  // Looked up first: the request's earlier attempt may have deleted the very thing that `prepare` looks for.
  const known = ctx.resumed ? await findResult(what.db, key) : undefined;
  // Seam: without `prepare`, `Prepared` is void.
  const prepared = known ? undefined : await what.prepare?.();
  return await transaction(
    what.db,
    async (trx) => {
      const events: Event[] = [];
      const changing: Changing<Db> = { trx, tell: (event) => void events.push(event) };
      const isDone = known !== undefined || (isKeyed && !(await claimChange(trx, key)));
      if (isDone) {
        const kept = known ?? (await findResult(trx, key));
        // Seam: it was written by `keep`.
        const result = await memory.recall(kept?.result as Kept, changing);
        await appendEvents(trx, ctx, events);
        return result;
      }
      const result = await work(changing, prepared as Prepared);
      // Independent of each other, so sent together.
      await Promise.all([appendEvents(trx, ctx, events), isKeyed && keepResult(trx, key, memory.keep(result))]);
      return result;
    },
    what.clock ? { clock: what.clock } : {},
  );
}
