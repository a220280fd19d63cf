import type { Writable } from 'node:stream';
import type { CompiledQuery, DatabaseConnection, QueryResult, TransactionSettings } from 'kysely';
import type { PoolClient } from 'pg';
import { codeOf } from '../../lib/errors/outage.ts';
import { PLAN_IS_STALE, type StatementNames } from '../sql/statement-names.ts';

/** Commands whose answer has the number of changed rows. */
const CHANGING = ['INSERT', 'UPDATE', 'DELETE', 'MERGE'];
/** PostgreSQL's defaults. */
const DEFAULT_ISOLATION = 'read committed';
const DEFAULT_ACCESS = 'read write';

/** What `pg` has, and does not declare. */
interface WithSocket {
  readonly connection: { readonly stream: Writable };
}

/** One connection as Kysely uses it: it prepares statements, and does not wait for the answer to BEGIN. */
export class PreparingConnection implements DatabaseConnection {
  readonly #client: PoolClient;
  readonly #names: StatementNames;
  #begun: Promise<unknown> = Promise.resolve();
  #isCollecting = false;

  constructor(client: PoolClient, names: StatementNames) {
    this.#client = client;
    this.#names = names;
  }

  async executeQuery<Row>({ sql, parameters }: CompiledQuery): Promise<QueryResult<Row>> {
    const { command, rowCount, rows } = await this.#ask<Row>(sql, [...parameters]);
    return CHANGING.includes(command) ? { rows, numAffectedRows: BigInt(rowCount ?? 0) } : { rows };
  }

  async #ask<Row>(text: string, values: unknown[]) {
    this.#sendTogether();
    const name = this.#names.of(text, values.length);
    if (name === undefined) return await this.#client.query<Row & object>(text, values);
    try {
      return await this.#client.query<Row & object>({ name, text, values });
    } catch (error) {
      if (codeOf(error) !== PLAN_IS_STALE) throw error;
      this.#names.renew();
      // Inside a transaction this retry fails too, because PostgreSQL has aborted it: then `transaction` retries all of it.
      return await this.#client.query<Row & object>(text, values).catch(() => Promise.reject(error));
    }
  }

  /** Sends BEGIN without waiting for its answer: the first statement follows on the same connection at once. */
  begin({ isolationLevel = DEFAULT_ISOLATION, accessMode = DEFAULT_ACCESS }: TransactionSettings): void {
    const words = [
      ...(isolationLevel === DEFAULT_ISOLATION ? [] : [`isolation level ${isolationLevel}`]),
      ...(accessMode === DEFAULT_ACCESS ? [] : [accessMode]),
    ];
    this.#sendTogether();
    this.#begun = this.#client.query(['begin', ...words].join(' '));
    // If the connection is lost here, the first statement fails too; `commit` throws the error in any case.
    this.#begun.catch(() => {});
  }

  /** What is asked for in one turn of the event loop is sent in one write: a write costs more than what it carries. */
  #sendTogether(): void {
    const { stream } = (this.#client as unknown as WithSocket).connection;
    if (this.#isCollecting) return;
    this.#isCollecting = true;
    stream.cork();
    process.nextTick(() => {
      this.#isCollecting = false;
      stream.uncork();
    });
  }

  async commit(): Promise<void> {
    await this.#begun;
    await this.#client.query('commit');
  }

  async rollback(): Promise<void> {
    await this.#client.query('rollback');
  }

  // oxlint-disable-next-line require-yield -- Kysely requires it; no query uses a cursor.
  async *streamQuery(): AsyncIterableIterator<never> {
    throw new Error('Rows are read in pages here, not from a cursor.');
  }

  release(): void {
    this.#client.release();
  }
}
