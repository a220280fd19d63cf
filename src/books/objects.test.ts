import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { brokenIn } from '../../test/support/books-of.ts';
import { createTestDatabase, type TestDatabase } from '../../test/support/database.ts';
import { systemClock } from '../lib/clock/clock.ts';
import { systemIds } from '../lib/clock/ids.ts';
import { ObjectStoreApi } from '../objectstore/api.ts';
import { FileDataStore } from '../objectstore/drivers/builtin/file-store.ts';
import { novaPolicy } from '../policy/policy.ts';
import { objectInvariants } from './objects.ts';
import { repairBooks } from './repair.ts';
import { type BooksDeps, verifyBooks } from './verify.ts';

const ctx = { requestId: 'req-1', userId: 'u', projectId: 'p', roles: ['member'], isAdmin: false };

let database: TestDatabase;
let directory: string;
let store: FileDataStore;
let books: BooksDeps;
let version: string;
beforeAll(async () => {
  database = await createTestDatabase();
  const { db } = database;
  directory = await mkdtemp(join(tmpdir(), 'nova-books-'));
  store = await FileDataStore.open({ directory });
  books = { db, clock: systemClock, surroundings: async () => ({ invariants: objectInvariants(db, store), notChecked: [], silent: [] }) };
  const limits = { buckets: -1, gigabytes: -1 };
  const { buckets, objects } = new ObjectStoreApi({ db, store, ids: systemIds, policy: novaPolicy(), limits });
  await buckets.create(ctx, 'yard', '');
  const arriving = { chunks: data('data'), algorithms: [], told: () => ({}), headers: {} };
  ({ version } = await objects.write(ctx, { bucket: 'yard', key: 'k' }, arriving));
});
afterAll(async () => {
  await database.drop();
  await rm(directory, { recursive: true });
});

async function* data(text: string): AsyncGenerator<Uint8Array> {
  yield Buffer.from(text);
}

const broken = async () => brokenIn(await verifyBooks(books));

test('no breach while objects have their files', async () => {
  expect(await broken()).toEqual({});
});

test('a file that no row names is reported, and removed by a repair', async () => {
  const id = systemIds.uuid();
  await store.write(id, data('stray'));
  const verdict = await verifyBooks(books);
  expect(brokenIn(verdict)).toEqual({ 'files-have-objects': [{ subject: id, evidence: {} }] });
  expect(await repairBooks(books, verdict, { requestId: 'req-1' })).toMatchObject([{ outcome: 'repaired' }]);
  expect(await broken()).toEqual({});
});

test('lost data, and an object that is not as large as its data, are reported', async () => {
  await sql`UPDATE bucket_objects SET size_bytes = 5`.execute(database.db);
  expect(await broken()).toEqual({ 'objects-are-whole': [{ subject: 'yard/k', evidence: { sizeBytes: 5, dataBytes: 4 } }] });
  await sql`UPDATE bucket_objects SET size_bytes = 4`.execute(database.db);
  await store.remove(version);
  expect(await broken()).toEqual({ 'objects-have-files': [{ subject: version, evidence: { holder: version } }] });
});
