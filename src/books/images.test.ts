import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sql } from 'kysely';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { brokenIn } from '../../test/support/books-of.ts';
import { createTestDatabase, type TestDatabase } from '../../test/support/database.ts';
import { FileImageStore } from '../image/drivers/builtin/file-store.ts';
import { systemClock } from '../lib/clock/clock.ts';
import { imageInvariants } from './images.ts';
import { repairBooks } from './repair.ts';
import { type BooksDeps, verifyBooks } from './verify.ts';

let database: TestDatabase;
let directory: string;
let store: FileImageStore;
let books: BooksDeps;
beforeAll(async () => {
  database = await createTestDatabase();
  directory = await mkdtemp(join(tmpdir(), 'nova-books-'));
  store = await FileImageStore.open({ directory });
  books = {
    db: database.db,
    clock: systemClock,
    surroundings: async () => ({ invariants: imageInvariants(store, await store.ids()), notChecked: [], silent: [] }),
  };
});
afterAll(async () => {
  await database.drop();
  await rm(directory, { recursive: true });
});
beforeEach(async () => {
  await database.db.deleteFrom('images').execute();
  for (const id of await store.ids()) await store.remove(id);
});

const ID = '00000000-0000-4000-8000-000000000001';
const file = () => writeFile(join(directory, ID), 'data');
const row = (status: string, age: string) =>
  sql`INSERT INTO images (id, name, owner, visibility, status, upload, protected, hidden, min_disk_gb, min_ram_mb, tags, properties, size_bytes, sha512,
      updated_at, deleted_at)
    VALUES (${ID}, 'one', 'p', 'private', ${status}, CASE WHEN ${status} = 'saving' THEN 'u' END, false, false, 0, 0, '[]', '{}', 4, 's',
      now() - ${age}::interval, CASE WHEN ${status} = 'deleted' THEN now() - ${age}::interval END)`.execute(database.db);

test('no breach for an image with its data, one without data yet, or one whose upload is just ending', async () => {
  await row('active', '1 hour');
  await file();
  expect((await verifyBooks(books)).isClean).toBe(true);
  await sql`UPDATE images SET status = 'saving', upload = 'u'`.execute(database.db);
  expect((await verifyBooks(books)).isClean).toBe(true);
  await store.remove(ID);
  await sql`UPDATE images SET status = 'queued', upload = NULL`.execute(database.db);
  expect((await verifyBooks(books)).isClean).toBe(true);
});

test('an image that only names snapshots of volumes has no data to lose', async () => {
  await row('active', '1 hour');
  await sql`UPDATE images SET size_bytes = 0`.execute(database.db);
  expect((await verifyBooks(books)).isClean).toBe(true);
});

test('an image without data is reported, not repaired', async () => {
  await row('active', '1 hour');
  const verdict = await verifyBooks(books);
  expect(brokenIn(verdict)).toEqual({ 'images-have-files': [{ subject: ID, evidence: { name: 'one', status: 'active' } }] });
  expect(await repairBooks(books, verdict, { requestId: 'req-1' })).toEqual([]);
});

test.each([
  { what: 'an unknown image', insert: async () => {}, status: null },
  { what: 'an image that waits for data', insert: () => row('queued', '1 hour'), status: 'queued' },
  { what: 'an image that was deleted', insert: () => row('deleted', '1 hour'), status: 'deleted' },
])('data of $what is reported and removed', async ({ insert, status }) => {
  await insert();
  await file();
  const verdict = await verifyBooks(books);
  expect(brokenIn(verdict)).toEqual({ 'files-have-images': [{ subject: ID, evidence: { status } }] });
  expect(await repairBooks(books, verdict, { requestId: 'req-1' })).toMatchObject([{ outcome: 'repaired' }]);
  expect(await store.ids()).toEqual([]);
  expect((await verifyBooks(books)).isClean).toBe(true);
});

test('an image that changed within the last minute is not checked', async () => {
  await row('active', '5 seconds');
  expect((await verifyBooks(books)).isClean).toBe(true);
  await sql`UPDATE images SET status = 'deleted', deleted_at = now()`.execute(database.db);
  await file();
  expect((await verifyBooks(books)).isClean).toBe(true);
});
