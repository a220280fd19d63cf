/** Migrates databases of earlier revisions with their data; `make-dump.ts` dumps this revision for later ones. */
import { globSync } from 'node:fs';
import { basename, join } from 'node:path';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { verifyBooks } from '../../src/books/verify.ts';
import { migrate } from '../../src/db/connect/migrate.ts';
import { migrations } from '../../src/db/migrations/index.ts';
import { placeServer } from '../../src/db/stores/hosts/claims.ts';
import { releasePlacements } from '../../src/db/stores/hosts/placements.ts';
import { systemClock } from '../../src/lib/clock/clock.ts';
import { asId, type HostName } from '../../src/objects/ids.ts';
import { HostTable } from '../../src/scheduler/host-table.ts';
import { brokenIn } from '../support/books-of.ts';
import type { TestDatabase } from '../support/database.ts';
import { insertServer } from '../support/insert-server.ts';
import { openOperatorFace } from '../support/operator-face.ts';
import { restoreDatabase } from '../support/restored-database.ts';
import { sampleServer } from '../support/sample-server.ts';

const dumps = globSync('*.sql', { cwd: import.meta.dirname }).sort();

/** Only the database is checked. */
const surroundings = async () => ({ invariants: [], notChecked: [], silent: [] });

const broken = async ({ db }: TestDatabase) => {
  return brokenIn(await verifyBooks({ db, clock: systemClock, surroundings }));
};

describe.each(dumps)('a database as %s left it', (dump) => {
  let database: TestDatabase;
  let ran: readonly string[];
  beforeAll(async () => {
    database = await restoreDatabase(join(import.meta.dirname, dump));
    ran = await migrate(database.db);
  });
  afterAll(() => database?.drop());

  test('is migrated by the steps since then', () => {
    const names = Object.keys(migrations);
    expect(ran).toEqual(names.slice(names.indexOf(basename(dump, '.sql')) + 1));
  });

  test('has clean books, and lists all servers in their states', async () => {
    expect(await broken(database)).toEqual({});
    const face = await openOperatorFace(database);
    const { body } = await face.ask('GET', '/servers/detail?all_tenants=1&sort_key=created_at&sort_dir=asc');
    await face.close();
    const seen = body.servers.map((server: Record<string, unknown>) => [
      server['name'],
      server['status'],
      server['OS-EXT-SRV-ATTR:host'] !== null,
    ]);
    expect(seen).toEqual([
      ['active', 'ACTIVE', true],
      ['stopped', 'SHUTOFF', true],
      ['paused', 'PAUSED', true],
      ['nowhere', 'ERROR', false],
      ['broken', 'ERROR', true],
    ]);
  });

  test('places new servers and releases existing placements', async () => {
    const { db } = database;
    const [host] = await new HostTable(db, { downAfterSeconds: 3_600 }).current();
    const wanted = sampleServer();
    const { id } = await db.transaction().execute((trx) => insertServer(trx, wanted, 'w-1'));
    expect(await placeServer(db, { serverId: id, host: host?.host ?? asId<HostName>(''), workflowId: 'w-1' })).toBe('placed');
    for (const { server_id } of await db.selectFrom('placements').select('server_id').execute())
      await releasePlacements(db, asId(server_id));
    expect(await db.selectFrom('inventories').select('host').where('used', '>', 0).execute()).toEqual([]);
  });
});

/** What a placement takes of a class, in a query about placements. */
const amount = (of: string) => `(SELECT amount FROM allocations WHERE placement_id = placements.id AND resource_class = '${of}')`;

test('claims and capacities become placements and inventories, and the usage of hosts is recounted', async () => {
  const database = await restoreDatabase(join(import.meta.dirname, '0016-host-changes.sql'));
  try {
    const ask = async (text: string) => (await sql.raw<Record<string, unknown>>(text).execute(database.db)).rows;
    await ask(
      `UPDATE compute_nodes SET vcpus_used = vcpus_used + 3, cpu_allocation_ratio = 4, reserved_memory_mb = 512 WHERE host = 'compute-1'`,
    );
    const claims = await ask(
      `SELECT server_id, host, created_at, 'current' AS role, vcpus, memory_mb, local_gb FROM claims ORDER BY server_id`,
    );
    const nodes = await ask(`
      SELECT host, vcpus, memory_mb, local_gb, cpu_allocation_ratio, ram_allocation_ratio, disk_allocation_ratio, reserved_memory_mb
      FROM compute_nodes ORDER BY host`);
    expect([claims.length, nodes.length]).toEqual([4, 3]);
    await migrate(database.db);
    expect(
      await ask(`
        SELECT server_id, host, created_at, role, ${amount('VCPU')} AS vcpus, ${amount('MEMORY_MB')} AS memory_mb, ${amount('DISK_GB')} AS local_gb
        FROM placements ORDER BY server_id`),
    ).toEqual(claims);
    expect(
      await ask(`
        SELECT host, cpu.total AS vcpus, ram.total AS memory_mb, disk.total AS local_gb, cpu.allocation_ratio AS cpu_allocation_ratio,
          ram.allocation_ratio AS ram_allocation_ratio, disk.allocation_ratio AS disk_allocation_ratio, ram.reserved AS reserved_memory_mb
        FROM inventories AS cpu JOIN inventories AS ram USING (host) JOIN inventories AS disk USING (host)
        WHERE cpu.resource_class = 'VCPU' AND ram.resource_class = 'MEMORY_MB' AND disk.resource_class = 'DISK_GB' ORDER BY host`),
    ).toEqual(nodes);
    expect(await broken(database)).toEqual({});
  } finally {
    await database.drop();
  }
});

test('attachments that servers list, or that compute connected, become its own', async () => {
  const database = await restoreDatabase(join(import.meta.dirname, '0016-host-changes.sql'));
  try {
    const { db } = database;
    const steps = Object.entries(migrations);
    await migrate(
      db,
      Object.fromEntries(
        steps.slice(
          0,
          steps.findIndex(([name]) => name.endsWith('attachment-holders')),
        ),
      ),
    );
    const listed = JSON.stringify([{ volumeId: 'one', attachmentId: 'reserved' }]);
    await sql`UPDATE servers SET volumes = ${listed}::jsonb WHERE id = (SELECT id FROM servers LIMIT 1)`.execute(db);
    await sql`INSERT INTO volumes (id, project_id, user_id, size_gb, status, zone) VALUES ('one', 'p', 'u', 1, 'in-use', 'nova')`.execute(
      db,
    );
    await sql`INSERT INTO volume_attachments (id, volume_id, project_id, status, connector)
      VALUES ('reserved', 'one', 'p', 'reserved', NULL), ('connected', 'one', 'p', 'attached', '{"held_by": "compute"}'),
        ('other', 'one', 'p', 'attached', '{"host": "elsewhere"}')`.execute(db);
    await migrate(db);
    const held = await db.selectFrom('volume_attachments').select('id').where('held_by', '=', 'compute').orderBy('id').execute();
    expect(held.map((one) => one.id)).toEqual(['connected', 'reserved']);
  } finally {
    await database.drop();
  }
});
