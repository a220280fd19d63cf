import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sql } from 'kysely';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type EmbeddedPostgres, startEmbeddedPostgres } from '../db/embedded/start.ts';
import { migrate } from '../db/connect/migrate.ts';
import { openDatabase } from '../db/connect/open.ts';
import type { CellDb } from '../db/sql/queries.ts';
import { systemClock } from '../lib/clock/clock.ts';
import { silentLog } from '../lib/log/log.ts';
import { HostTable } from './host-table.ts';

let stateDir: string;
let server: EmbeddedPostgres | undefined;

beforeEach(async () => {
  stateDir = await mkdtemp(join(tmpdir(), 'nova-ts-hosts-'));
});
afterEach(async () => {
  await server?.stop();
  await rm(stateDir, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 });
});

async function startServer(): Promise<string> {
  server = await startEmbeddedPostgres({ stateDir, clock: systemClock, log: silentLog, fsync: false });
  return server.url;
}

const open = async () => openDatabase({ url: await startServer(), poolSize: 2, log: silentLog, applicationName: 'hosts' });

async function addHost(db: CellDb, host: string): Promise<void> {
  await sql`INSERT INTO services (id, "binary", host, zone) VALUES (gen_random_uuid(), 'nova-compute', ${host}, 'nova')`.execute(db);
  await sql`
    INSERT INTO compute_nodes (id, host, node, host_ip, hypervisor_type, hypervisor_version, cpu_info, supported_instances)
    VALUES (gen_random_uuid(), ${host}, ${host}, '192.0.2.1', 'fake', 1, '{}', '[]')`.execute(db);
}

/** Each block with an exception handler is a subtransaction with its own id. */
const useUpNumbers = (db: CellDb) =>
  sql`DO $$ BEGIN FOR n IN 1..3000 LOOP BEGIN PERFORM pg_current_xact_id(); DELETE FROM services WHERE host = 'nobody'; EXCEPTION WHEN others THEN NULL; END; END LOOP; END $$`.execute(
    db,
  );

test('a database that was put in the place of another, whose transactions have lower numbers, is read anew', async () => {
  const first = await open();
  await migrate(first.db);
  for (let time = 0; time < 2; time += 1) await useUpNumbers(first.db);
  await addHost(first.db, 'of-the-first');
  const table = new HostTable(first.db, { downAfterSeconds: 3_600 });
  expect((await table.current()).map(({ host }) => host)).toEqual(['of-the-first']);
  await server?.stop();
  await rm(join(stateDir, 'postgres'), { recursive: true, force: true, maxRetries: 20, retryDelay: 100 });

  const second = await open();
  try {
    await migrate(second.db);
    await addHost(second.db, 'of-the-second');
    // The table keeps using its pool, which replaces the broken connections.
    await expect
      .poll(async () => (await table.current().catch(() => [])).map(({ host }) => host), { timeout: 60_000, interval: 100 })
      .toEqual(['of-the-second']);
  } finally {
    await second.close();
    await first.close();
  }
}, 180_000);

test('nothing is forgotten over a restart of the database', async () => {
  const database = await open();
  try {
    await migrate(database.db);
    await addHost(database.db, 'a');
    const table = new HostTable(database.db, { downAfterSeconds: 3_600 });
    await table.current();
    await server?.stop();
    await expect(table.current()).rejects.toThrow();
    await startServer();
    await expect
      .poll(async () => (await table.current().catch(() => [])).map(({ host }) => host), { timeout: 60_000, interval: 100 })
      .toEqual(['a']);
  } finally {
    await database.close();
  }
}, 180_000);
