/** Kysely on PostgreSQL with prepared statements, and transactions that begin without a round trip. */
import { type DatabaseConnection, type Dialect, type Driver, PostgresAdapter, PostgresIntrospector, PostgresQueryCompiler } from 'kysely';
import type { Pool, PoolClient } from 'pg';
import { currentParty } from '../../lib/context/on-behalf.ts';
import { PreparingConnection } from './connection.ts';
import type { Turns } from './turns.ts';
import { sharedConnection } from '../sql/one-connection.ts';
import { StatementNames } from '../sql/statement-names.ts';
import { memoize } from '../../lib/memo/memoize.ts';

/** The dialect for a pool, whose connections are given out in turns; the pool must be created with `pipeline`. */
export const preparingPostgres = (pool: Pool, turns: Turns): Dialect => ({
  createAdapter: () => new PostgresAdapter(),
  createDriver: () => driverOf(pool, turns),
  createIntrospector: (db) => new PostgresIntrospector(db),
  createQueryCompiler: () => new PostgresQueryCompiler(),
});

function driverOf(pool: Pool, turns: Turns): Driver {
  const names = new StatementNames();
  const connectionOf = memoize((client: PoolClient) => new PreparingConnection(client, names));
  const holders = new WeakMap<DatabaseConnection, string | undefined>();
  const acquire = async (): Promise<PreparingConnection> => {
    const party = currentParty();
    await turns.take(party);
    try {
      const connection = connectionOf(await pool.connect());
      holders.set(connection, party);
      return connection;
    } catch (error) {
      turns.giveBack(party);
      throw error;
    }
  };
  const release = async (connection: DatabaseConnection): Promise<void> => {
    ours(connection).release();
    turns.giveBack(holders.get(connection));
  };
  /** Of the connections that several statements share: how one of them lets go. */
  const lettingGo = new WeakMap<DatabaseConnection, () => Promise<void>>();
  const takeToShare = async () => {
    const connection = await acquire();
    const giveBack = async (): Promise<void> => {
      lettingGo.delete(connection);
      await release(connection);
    };
    return { connection, giveBack };
  };
  const acquireSharedOrOwn = async (): Promise<PreparingConnection> => {
    const joined = await sharedConnection(takeToShare);
    if (!joined) return await acquire();
    lettingGo.set(joined.connection, joined.letGo);
    return joined.connection;
  };
  return {
    init: () => Promise.resolve(),
    acquireConnection: acquireSharedOrOwn,
    beginTransaction: async (connection, settings) => {
      if (lettingGo.has(connection)) throw new TypeError('A transaction needs a connection of its own.');
      ours(connection).begin(settings);
    },
    commitTransaction: (connection) => ours(connection).commit(),
    rollbackTransaction: (connection) => ours(connection).rollback(),
    releaseConnection: async (connection) => {
      await (lettingGo.get(connection) ?? (() => release(connection)))();
    },
    destroy: () => pool.end(),
  };
}

/** Kysely passes the connection that `acquireConnection` returned. */
function ours(connection: unknown): PreparingConnection {
  if (connection instanceof PreparingConnection) return connection;
  throw new TypeError('This connection is of another dialect.');
}
