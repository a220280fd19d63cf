/** Results of the changes of requests with an Idempotency-Key, for retries. */
import type { InTransaction, Queries } from '../../sql/queries.ts';

/** One change of a request. */
export interface ChangeKey {
  readonly requestId: string;
  /** Which of the request's changes. */
  readonly what: string;
}

/**
 * Claims a change for this transaction; false when it has already been made. Waits for another transaction that is making it now: a worker
 * that was presumed dead may only be slow.
 */
export async function claimChange(trx: InTransaction, { requestId, what }: ChangeKey): Promise<boolean> {
  const { numInsertedOrUpdatedRows = 0n } = await trx
    .insertInto('change_results')
    .values({ request_id: requestId, what })
    .onConflict((conflict) => conflict.doNothing())
    .executeTakeFirstOrThrow();
  return numInsertedOrUpdatedRows > 0n;
}

/** Saves the result of a change that this transaction has claimed. */
export async function keepResult(trx: InTransaction, { requestId, what }: ChangeKey, result: unknown): Promise<void> {
  await trx
    .updateTable('change_results')
    .set({ result: JSON.stringify(result ?? null) })
    .where('request_id', '=', requestId)
    .where('what', '=', what)
    .execute();
}

/** The result of a change, as `result`; undefined when it was not made. */
export async function findResult(db: Queries, { requestId, what }: ChangeKey): Promise<{ readonly result: unknown } | undefined> {
  return await db
    .selectFrom('change_results')
    .select('result')
    .where('request_id', '=', requestId)
    .where('what', '=', what)
    .executeTakeFirst();
}
