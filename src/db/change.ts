/**
 * The one way to change what the cloud keeps: a transaction that is tried again when PostgreSQL undid it for a conflict, the events of the change
 * and, for a request that may come again, its result, all or nothing of them.
 */
import type { Event } from '../events/event-type.ts';
import type { Clock } from '../lib/clock/clock.ts';
import type { Context } from '../lib/context/context.ts';
import type { Queries, TransactionOf } from './sql/queries.ts';
import { transaction } from './sql/retry.ts';
import { claimChange, findResult, keepResult } from './stores/cloud/change-results.ts';
import { appendEvents } from './stores/cloud/events.ts';

/** What a change works with: a transaction of the database that is changed, the cloud's or a cell's. */
export interface Changing<Db extends Queries> {
  readonly trx: TransactionOf<Db>;
  /** Appends an event, at the end of the transaction. */
  readonly tell: (event: Event) => void;
}

/** What is to be changed. */
export interface Change<Db extends Queries, Prepared = void> {
  readonly db: Db;
  /** Names the change among all of its request: `flavor.create`, `server.pause <id>`. */
  readonly what: string;
  readonly clock?: Clock;
  /** What is looked up before the transaction; not asked when the request has made its change already. */
  readonly prepare?: () => Promise<Prepared>;
}

/** How a result that JSON cannot hold, or that the database must not hold twice, is found again. */
export interface Memory<Db extends Queries, Result, Kept> {
  readonly keep: (result: Result) => Kept & Plain<Kept>;
  /** Makes the result of a request that comes again from what was kept of it. */
  readonly recall: (kept: Kept, changing: Changing<Db>) => Promise<Result> | Result;
}

/** A value that comes out of JSON as it went in; what is `unknown` came out of JSON before. */
type Plain<T> = unknown extends T
  ? T
  : T extends string | number | boolean | null | undefined | void
    ? T
    : T extends Date | ((...args: never[]) => unknown)
      ? never
      : { readonly [Key in keyof T]: Plain<T[Key]> };

type Work<Db extends Queries, Prepared, Result> = (changing: Changing<Db>, prepared: Prepared) => Promise<Result>;

/** The same for results that are kept as they are. */
const asItIs = { keep: (result: unknown) => result, recall: (kept: unknown) => kept };

/**
 * Makes a change. `work` may run several times, so it must do nothing but talk to the database. A request that comes again under its
 * Idempotency-Key gets the result of the first time; results are kept only for requests that carry a key (`ctx.keyed`), so the others pay
 * no statement for it.
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
  // Seam: the first overload admits only results that are what they are kept as.
  const memory = { ...asItIs, ...what } as Memory<Db, Result, Kept>;
  const key = { requestId: ctx.requestId, what: what.what };
  const isKeyed = ctx.keyed === true || ctx.resumed === true;
  // Looked for before anything else: what the request speaks of may be gone, by the request itself.
  const known = ctx.resumed ? await findResult(what.db, key) : undefined;
  // Seam: undefined is what `Prepared` is where nothing is prepared.
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
        await appendEvents(trx, ctx.requestId, events);
        return result;
      }
      const result = await work(changing, prepared as Prepared);
      // Neither needs to know what the other came to.
      await Promise.all([appendEvents(trx, ctx.requestId, events), isKeyed && keepResult(trx, key, memory.keep(result))]);
      return result;
    },
    what.clock ? { clock: what.clock } : {},
  );
}
