import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { Client, type Pool } from 'pg';
import { openDatabase } from '../../src/db/connect/open.ts';
import type { WholeDb } from '../../src/db/sql/queries.ts';
import { systemIds } from '../../src/lib/clock/ids.ts';
import { silentLog } from '../../src/lib/log/log.ts';
import { ASK_VARIABLE, TEMPLATE, type Told, urlOfDatabase } from './database-server.ts';

/** A test's own database, with the whole schema and no rows. */
export interface TestDatabase {
  readonly db: WholeDb;
  readonly pool: Pool;
  /** For programs under test, which open it themselves. */
  readonly url: string;
  /** Drops it and closes remaining connections. */
  drop(): Promise<void>;
}

/** Tests run side by side share the server's connections. */
const POOL_SIZE = 5;

/** Creates a database in some 100 ms: create one per file (or describe) where tests can share it. */
export async function createTestDatabase(): Promise<TestDatabase> {
  const server = await testServerUrl();
  const name = `test_${systemIds.hex(8)}`;
  // The strategy matters: file_copy forces a checkpoint and takes ten times as long.
  await atServer(server, `create database ${name} template ${TEMPLATE} strategy wal_log`);
  const url = urlOfDatabase(server, name);
  const { db, pool, close } = await openDatabase({ url, poolSize: POOL_SIZE, log: silentLog, applicationName: name });
  const drop = async () => {
    await close();
    await atServer(server, `drop database ${name} with (force)`);
  };
  return { db, pool, url, drop };
}

/** The URL of the test run's server, as its superuser. */
export async function testServerUrl(): Promise<string> {
  const path = process.env[ASK_VARIABLE];
  if (path === undefined) throw new Error('Test databases exist only under vitest, whose global setup starts the server.');
  // The global setup of this run answers.
  const told = JSON.parse(await text(connect(path))) as Told;
  if ('error' in told) throw new Error(`The test run has no database server: ${told.error}`);
  return told.url;
}

async function atServer(url: string, statement: string): Promise<void> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
}
