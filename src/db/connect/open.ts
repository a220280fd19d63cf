import { Kysely } from 'kysely';
import { Pool } from 'pg';
import { type Clock, systemClock } from '../../lib/clock/clock.ts';
import type { Log } from '../../lib/log/log.ts';
import { columnTypes } from '../sql/column-parsers.ts';
import type { Database } from '../schema/index.ts';
import type { WholeDb } from '../sql/queries.ts';
import { awaitServer } from './await-server.ts';
import { describeUrl } from './database-url.ts';
import { preparingPostgres } from './dialect.ts';
import { Turns } from './turns.ts';

/** A pool of connections, and Kysely on top of it. */
export interface OpenDatabase {
  readonly db: WholeDb;
  readonly pool: Pool;
  /** How many queries wait for a connection. */
  waiting(): number;
  /** Closes all connections; running queries finish first. */
  close(): Promise<void>;
}

export interface OpenDatabaseOptions {
  /** `postgres://user:password@host:port/database`, or with `?host=/socket/directory`. */
  readonly url: string;
  /** Maximum number of connections. */
  readonly poolSize: number;
  readonly log: Log;
  /** Shown by pg_stat_activity. */
  readonly applicationName: string;
  /** How long to wait for a server that does not answer yet. Default 60 s. */
  readonly connectTimeoutMs?: number;
  /** How long one statement may take; 0 means without limit. Default 30 s. */
  readonly statementTimeoutMs?: number;
  readonly clock?: Clock;
  /** Stops the wait. */
  readonly signal?: AbortSignal;
}

const CONNECT_TIMEOUT_MS = 60_000;
/** How long one query waits for a connection: longer means that the pool is stuck. */
const CHECKOUT_TIMEOUT_MS = 15_000;
/** How long one statement may take, waiting for locks included. */
const STATEMENT_TIMEOUT_MS = 30_000;
/** The server ends a statement itself; if nothing is heard of that for so long, it hangs and the connection is given up. */
const ANSWER_MARGIN_MS = 5_000;
/** A transaction left open by mistake would hold its locks forever. */
const IDLE_TRANSACTION_TIMEOUT_MS = 60_000;

/** Opens the database; waits for a server that does not answer yet, fails at once where waiting cannot help. */
export async function openDatabase(options: OpenDatabaseOptions): Promise<OpenDatabase> {
  const { url, log, clock = systemClock } = options;
  const { connectTimeoutMs = CONNECT_TIMEOUT_MS, statementTimeoutMs = STATEMENT_TIMEOUT_MS } = options;
  const where = describeUrl(url);
  const pool = new Pool({
    connectionString: url,
    max: options.poolSize,
    application_name: options.applicationName,
    connectionTimeoutMillis: CHECKOUT_TIMEOUT_MS,
    ...(statementTimeoutMs > 0 && { statement_timeout: statementTimeoutMs, query_timeout: statementTimeoutMs + ANSWER_MARGIN_MS }),
    idle_in_transaction_session_timeout: IDLE_TRANSACTION_TIMEOUT_MS,
    types: columnTypes,
    pipeline: true,
  });
  let isClosing = false;
  const lost = (error: Error, what: string): void => {
    // When program and server stop together, lost connections are expected.
    if (!isClosing) log.warn({ err: error, database: where }, what);
  };
  // An idle connection was lost: the pool opens a new one on demand.
  pool.on('error', (error) => lost(error, 'lost an idle connection to the database'));
  // A checked-out client emits 'error' itself, and without a listener that would end the process; its query fails in any case.
  pool.on('connect', (client) => client.on('error', (error) => lost(error, 'lost a connection to the database')));
  try {
    await awaitServer({ pool, where, timeoutMs: connectTimeoutMs, clock, log, signal: options.signal });
  } catch (error) {
    await pool.end();
    throw error;
  }
  const turns = new Turns({ places: options.poolSize, timeoutMs: CHECKOUT_TIMEOUT_MS, late: waitedTooLong, clock });
  // Seam: one database holds the tables of the cloud and of its only cell.
  const db = new Kysely<Database>({ dialect: preparingPostgres(pool, turns) }) as WholeDb;
  const close = (): Promise<void> => {
    isClosing = true;
    return db.destroy();
  };
  return { db, pool, waiting: () => turns.waiting + pool.waitingCount, close };
}

/** The pool's own words: waiting for a turn and waiting for the pool are the same to a caller. */
const waitedTooLong = (): Error => new Error('timeout exceeded when trying to connect');

/** Fails unless the database answers. */
export const proveAnswer = async (pool: Pick<Pool, 'query'>): Promise<void> => void (await pool.query('SELECT 1'));
