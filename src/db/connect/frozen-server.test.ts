// A server that has frozen, or a statement that takes too long: whoever waits is told in time.
import { mkdtemp, rm } from 'node:fs/promises';
import { connect, createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../../../test/support/database.ts';
import { isOutage } from '../../lib/errors/outage.ts';
import { silentLog } from '../../lib/log/log.ts';
import { openDatabase } from './open.ts';

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());

const SOCKET = '.s.PGSQL.5432';

/** A way to the test's server that can stop to carry anything, as if the server had frozen. */
async function gateway(): Promise<{ readonly url: string; freeze(): void; thaw(): void }> {
  const directory = await mkdtemp(join(tmpdir(), 'nova-ts-gateway-'));
  const url = new URL(database.url.replace('@/', '@x/'));
  const behind = join(url.searchParams.get('host') ?? '', SOCKET);
  const ends: Socket[] = [];
  let isFrozen = false;
  const server = createServer((client) => {
    const upstream = connect(behind);
    for (const [from, to] of [
      [client, upstream],
      [upstream, client],
    ] as const) {
      ends.push(from);
      from.on('data', (bytes) => to.write(bytes)).on('error', () => {});
      from.on('close', () => to.destroy());
      if (isFrozen) from.pause();
    }
  });
  await new Promise<void>((resolve) => server.listen(join(directory, SOCKET), resolve));
  onTestFinished(async () => {
    server.close();
    for (const end of ends) end.destroy();
    await rm(directory, { recursive: true });
  });
  const set = (frozen: boolean) => {
    isFrozen = frozen;
    for (const end of ends)
      if (frozen) end.pause();
      else end.resume();
  };
  url.searchParams.set('host', directory);
  return { url: url.href.replace('@x/', '@/'), freeze: () => set(true), thaw: () => set(false) };
}

const open = async (url: string, statementTimeoutMs?: number) => {
  const opened = await openDatabase({
    url,
    poolSize: 2,
    log: silentLog,
    applicationName: 'frozen-test',
    ...(statementTimeoutMs !== undefined && { statementTimeoutMs }),
  });
  onTestFinished(() => opened.close());
  return opened;
};

// Fault 2026-11 B14.
test('a query to a frozen server fails as an outage, and the next ones work as soon as it thaws', async () => {
  const way = await gateway();
  const { pool } = await open(way.url, 300);
  await pool.query('select 1');
  way.freeze();
  await expect(pool.query('select 1')).rejects.toSatisfy(isOutage);
  way.thaw();
  expect((await pool.query('select 1 as one')).rows).toEqual([{ one: 1 }]);
}, 30_000);

// Fault 2026-11 B14.
test('a transaction on a frozen server fails as an outage', async () => {
  const way = await gateway();
  const { db } = await open(way.url, 300);
  const work = db.transaction().execute(async (trx) => {
    way.freeze();
    await trx.selectFrom('flavors').selectAll().execute();
  });
  await expect(work).rejects.toSatisfy(isOutage);
}, 30_000);

// Fault 2026-11 B14.
test('a statement that takes too long is ended as an outage', async () => {
  const { pool } = await open(database.url, 200);
  await expect(pool.query('select pg_sleep(20)')).rejects.toSatisfy(isOutage);
});

const limitOf = async (statementTimeoutMs?: number) =>
  (await (await open(database.url, statementTimeoutMs)).pool.query('show statement_timeout')).rows;

// Fault 2026-11 B14.
test('programs give their statements a limit, migrations have none', async () => {
  expect([await limitOf(), await limitOf(0)]).toEqual([[{ statement_timeout: '30s' }], [{ statement_timeout: '0' }]]);
});
