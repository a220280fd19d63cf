/** Kysely on PostgreSQL with prepared statements, and transactions that begin without a round trip. */
import { type Dialect, type Driver, PostgresAdapter, PostgresIntrospector, PostgresQueryCompiler } from 'kysely';
import type { Pool, PoolClient } from 'pg';
import { PreparingConnection } from './connection.ts';
import { StatementNames } from '../sql/statement-names.ts';
import { memoize } from '../../lib/memo/memoize.ts';

/** The dialect for a pool; the pool must be created with `pipeline`. */
export const preparingPostgres = (pool: Pool): Dialect => ({
  createAdapter: () => new PostgresAdapter(),
  createDriver: () => driverOf(pool),
  createIntrospector: (db) => new PostgresIntrospector(db),
  createQueryCompiler: () => new PostgresQueryCompiler(),
});

function driverOf(pool: Pool): Driver {
  const names = new StatementNames();
  const connectionOf = memoize((client: PoolClient) => new PreparingConnection(client, names));
  return {
    init: () => Promise.resolve(),
    acquireConnection: async () => connectionOf(await pool.connect()),
    beginTransaction: async (connection, settings) => ours(connection).begin(settings),
    commitTransaction: (connection) => ours(connection).commit(),
    rollbackTransaction: (connection) => ours(connection).rollback(),
    releaseConnection: async (connection) => ours(connection).release(),
    destroy: () => pool.end(),
  };
}

/** Kysely passes the connection that `acquireConnection` returned. */
function ours(connection: unknown): PreparingConnection {
  if (connection instanceof PreparingConnection) return connection;
  throw new TypeError('This connection is of another dialect.');
}
