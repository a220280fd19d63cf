import type { CompiledQuery, DatabaseConnection, QueryResult, TransactionSettings } from 'kysely';
import type { PoolClient } from 'pg';
import { codeOf } from '../../lib/errors/outage.ts';
import { PLAN_IS_STALE, type StatementNames } from '../sql/statement-names.ts';

/** Commands that tell how many rows they changed. */
const CHANGING = ['INSERT', 'UPDATE', 'DELETE', 'MERGE'];
/** What PostgreSQL does unasked. */
const DEFAULT_ISOLATION = 'read committed';
const DEFAULT_ACCESS = 'read write';

/** One connection as Kysely uses it: it prepares what it is asked, and does not wait where nothing can be learnt. */
export class PreparingConnection implements DatabaseConnection {
  readonly #client: PoolClient;
  readonly #names: StatementNames;
  #begun: Promise<unknown> = Promise.resolve();

  constructor(client: PoolClient, names: StatementNames) {
    this.#client = client;
    this.#names = names;
  }

  async executeQuery<Row>({ sql, parameters }: CompiledQuery): Promise<QueryResult<Row>> {
    const { command, rowCount, rows } = await this.#ask<Row>(sql, [...parameters]);
    return CHANGING.includes(command) ? { rows, numAffectedRows: BigInt(rowCount ?? 0) } : { rows };
  }

  async #ask<Row>(text: string, values: unknown[]) {
    const name = this.#names.of(text, values.length);
    if (name === undefined) return await this.#client.query<Row & object>(text, values);
    try {
      return await this.#client.query<Row & object>({ name, text, values });
    } catch (error) {
      if (codeOf(error) !== PLAN_IS_STALE) throw error;
      this.#names.renew();
      // Within a transaction this one cannot succeed any more: `transaction` tries all of it again.
      return await this.#client.query<Row & object>(text, values).catch(() => Promise.reject(error));
    }
  }

  /** Sends the beginning of a transaction; the first statement follows at once, on the same way, without waiting for an answer that says nothing. */
  begin({ isolationLevel = DEFAULT_ISOLATION, accessMode = DEFAULT_ACCESS }: TransactionSettings): void {
    const words = [
      ...(isolationLevel === DEFAULT_ISOLATION ? [] : [`isolation level ${isolationLevel}`]),
      ...(accessMode === DEFAULT_ACCESS ? [] : [accessMode]),
    ];
    this.#begun = this.#client.query(['begin', ...words].join(' '));
    // A connection that is lost here fails the first statement too; `commit` tells of it in any case.
    this.#begun.catch(() => {});
  }

  async commit(): Promise<void> {
    await this.#begun;
    await this.#client.query('commit');
  }

  async rollback(): Promise<void> {
    await this.#client.query('rollback');
  }

  // oxlint-disable-next-line require-yield -- Kysely's interface; no cursor library is there, and no query needs one.
  async *streamQuery(): AsyncIterableIterator<never> {
    throw new Error('Rows are read in pages here, not from a cursor.');
  }

  release(): void {
    this.#client.release();
  }
}
