import type { PoolClient, QueryResultRow } from 'pg';
import type { Clock } from '../clock/clock.ts';
import type { Ids } from '../clock/ids.ts';
import { codeOf, isOutage } from '../errors/outage.ts';
import type { Log } from '../log/log.ts';
import { databaseBackoff, delayMs } from './backoff.ts';

/** A statement prepared once per connection under its name. */
export interface Statement {
  readonly name: string;
  readonly text: string;
}

/** The part of pg's Pool that the engine uses. */
export interface WorkflowPool {
  query<Row extends QueryResultRow>(query: Statement & { readonly values: unknown[] }): Promise<{ readonly rows: Row[] }>;
  connect(): Promise<PoolClient>;
}

/** Serialization failure, deadlock. */
const CONFLICTS = ['40001', '40P01'];

/** Whether retrying the same statement may help. */
const passes = (error: unknown): boolean => isOutage(error) || CONFLICTS.includes(codeOf(error));

/** Whether a statement violated a unique index. */
export const isUniqueViolation = (error: unknown): boolean => codeOf(error) === '23505';

/**
 * Runs the engine's statements on PostgreSQL, retrying over restarts and lost connections until `signal` aborts. Every statement may
 * run twice, since a connection can be lost after the commit.
 */
export class WorkflowDatabase {
  readonly #pool: WorkflowPool;
  readonly #clock: Clock;
  readonly #ids: Ids;
  readonly #log: Log;
  readonly #signal: AbortSignal;

  constructor(options: { pool: WorkflowPool; clock: Clock; ids: Ids; log: Log; signal: AbortSignal }) {
    this.#pool = options.pool;
    this.#clock = options.clock;
    this.#ids = options.ids;
    this.#log = options.log;
    this.#signal = options.signal;
  }

  async query<Row extends QueryResultRow>(statement: Statement, values: unknown[]): Promise<Row[]> {
    for (let failures = 1; ; failures += 1) {
      try {
        const result = await this.#pool.query<Row>({ ...statement, values });
        return result.rows;
      } catch (error) {
        if (this.#signal.aborted || !passes(error)) throw error;
        this.#log.warn({ err: error, statement: statement.name, failures }, 'the database is away, trying again');
        await this.#clock.sleep(delayMs(databaseBackoff, failures, this.#ids), this.#signal);
      }
    }
  }
}
