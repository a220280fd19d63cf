/** A test's own database, restored from a dump as an operator does before an upgrade. */
import { readFile } from 'node:fs/promises';
import { Client } from 'pg';
import { openDatabase } from '../../src/db/connect/open.ts';
import { systemIds } from '../../src/lib/clock/ids.ts';
import { silentLog } from '../../src/lib/log/log.ts';
import { type TestDatabase, testServerUrl } from './database.ts';
import { urlOfDatabase } from './database-server.ts';

async function run(url: string, text: string): Promise<void> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    await client.query(text);
  } finally {
    await client.end();
  }
}

/** Restores a dump of SQL statements, with the dump's schema. */
export async function restoreDatabase(file: string): Promise<TestDatabase> {
  const server = await testServerUrl();
  const name = `test_${systemIds.hex(8)}`;
  await run(server, `create database ${name} template template0 strategy wal_log`);
  const url = urlOfDatabase(server, name);
  await run(url, await readFile(file, 'utf8'));
  const { db, pool, close } = await openDatabase({ url, poolSize: 5, log: silentLog, applicationName: name });
  const drop = async () => {
    await close();
    await run(server, `drop database ${name} with (force)`);
  };
  return { db, pool, url, drop };
}
