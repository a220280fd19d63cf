/** Repeated reads of pages of servers: a cached server must never be returned when its row has changed. */
import { sql } from 'kysely';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../../../../test/support/database.ts';
import { sampleServer } from '../../../../test/support/sample-server.ts';
import { insertServer } from '../../../../test/support/insert-server.ts';
import { seededIds } from '../../../lib/clock/ids.ts';
import { listServers } from './list.ts';

/** Long enough to be cached. */
const SERVERS = 30;

let database: TestDatabase;
let ids: string[];
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());
beforeEach(async () => {
  const { db } = database;
  await db.deleteFrom('servers').execute();
  const boots = Array.from({ length: SERVERS }, (_, n) => sampleServer({ name: `s-${n}` }));
  ids = await db.transaction().execute(async (trx) => {
    const made = [];
    for (const boot of boots) made.push((await insertServer(trx, boot, 'w-1')).id);
    return made;
  });
});

const page = async (db = database.db) => (await listServers(db, { projectId: null, limit: 100 })) ?? [];
const nameOf = async (id: string | undefined, db = database.db) => (await page(db)).find((server) => server.id === id)?.name;
const rename = (id: string | undefined, name: string, db = database.db) =>
  db
    .updateTable('servers')
    .set({ name })
    .where('id', '=', id ?? '')
    .execute();

/** The number of the last change that a server shows: `v-7` is the seventh. */
const changeIn = (name = '') => Number(/^v-(\d+)$/.exec(name)?.[1] ?? 0);

test('unchanged servers are not read again', async () => {
  const first = await page();
  const second = await page();
  expect(second).toHaveLength(SERVERS);
  expect(second.every((server, n) => server === first[n])).toBe(true);
});

test('a change is seen at once, and the rest stays', async () => {
  const before = await page();
  await rename(ids[3], 'other');
  const after = await page();
  expect(after.filter((server) => !before.includes(server)).map(({ name }) => name)).toEqual(['other']);
  await database.db
    .deleteFrom('servers')
    .where('id', '=', ids[4] ?? '')
    .execute();
  expect(await nameOf(ids[4])).toBeUndefined();
});

test('a transaction sees its own changes, even several of one row; nobody else does before it commits', async () => {
  await page();
  const undone = database.db.transaction().execute(async (trx) => {
    await rename(ids[0], 'first', trx);
    expect(await nameOf(ids[0], trx)).toBe('first');
    await rename(ids[0], 'second', trx);
    expect(await nameOf(ids[0], trx)).toBe('second');
    expect(await nameOf(ids[0])).toBe('s-0');
    throw new Error('undone');
  });
  await expect(undone).rejects.toThrow('undone');
  expect(await nameOf(ids[0])).toBe('s-0');
  await rename(ids[0], 'third');
  expect(await nameOf(ids[0])).toBe('third');
});

test('beside writers, every page shows each server as it was at some instant after the request', async () => {
  const chance = seededIds(7);
  const done: number[] = ids.map(() => 0);
  const enough = new AbortController();
  const writers = [0, 1, 2].map(async (writer) => {
    for (let n = 1; !enough.signal.aborted; n++) {
      const which = writer * 10 + chance.below(10);
      await sql`UPDATE servers SET name = ${`v-${n}`}, progress = ${n % 100} WHERE id = ${ids[which]}`.execute(database.db);
      // Committed: no page requested from now on may show an older state.
      done[which] = n;
    }
  });
  for (let round = 0; round < 200; round++) {
    const least = [...done];
    const shown = new Map((await page()).map((server) => [server.id as string, server]));
    expect(shown.size).toBe(SERVERS);
    for (const [n, id] of ids.entries()) {
      const { name, progress } = shown.get(id) ?? {};
      expect(changeIn(name)).toBeGreaterThanOrEqual(least[n] ?? 0);
      if (changeIn(name) > 0) expect(progress).toBe(changeIn(name) % 100);
    }
  }
  enough.abort();
  await Promise.all(writers);
});
