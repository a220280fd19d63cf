import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../../test/support/database.ts';
import { openDatabase } from '../db/connect/open.ts';
import { systemClock } from '../lib/clock/clock.ts';
import { systemIds } from '../lib/clock/ids.ts';
import type { Context } from '../lib/context/context.ts';
import { silentLog } from '../lib/log/log.ts';
import { novaPolicy } from '../policy/policy.ts';
import { ImageApi } from './api.ts';
import { FileImageStore } from './drivers/builtin/file-store.ts';
import { ImageNotFound, ImageTransitionRefused } from './errors.ts';
import type { NewImage } from './image.ts';
import { ImagePasses } from './image-pass.ts';
import { recoverImages } from './recover.ts';

const alice: Context = { requestId: 'req-1', userId: 'u', projectId: 'alice', roles: ['member'], isAdmin: false };
const raw: NewImage = { diskFormat: 'raw', containerFormat: 'bare' };

const passes = new ImagePasses({ secret: 'secret', clock: systemClock });

let database: TestDatabase;
let directory: string;
let store: FileImageStore;
let images: ImageApi;
beforeAll(async () => {
  database = await createTestDatabase();
  directory = await mkdtemp(join(tmpdir(), 'nova-image-recover-'));
  store = await FileImageStore.open({ directory });
  images = apiOn(database.db);
});
afterAll(async () => {
  await database?.drop();
  await rm(directory, { recursive: true, force: true });
});

const apiOn = (db: TestDatabase['db']): ImageApi =>
  new ImageApi({ db, store, ids: systemIds, policy: novaPolicy(), passes, maxSizeBytes: 1_000_000 });
const recover = () => recoverImages({ db: database.db, store });
const bytesOf = async (id: string): Promise<string> => {
  const { data } = await images.download(alice, id);
  return data ? String(Buffer.concat(await Array.fromAsync(data.chunks))) : '';
};

/** An upload that pauses in the middle until it is released. */
const slowly = (text: string) => {
  const { promise: started, resolve: start } = Promise.withResolvers<void>();
  const { promise: released, resolve: release } = Promise.withResolvers<void>();
  async function* chunks(): AsyncGenerator<Uint8Array> {
    yield Buffer.from(text.slice(0, 3));
    start();
    await released;
    yield Buffer.from(text.slice(3));
  }
  return { chunks: chunks(), started, release };
};

test('a running upload is left alone, however often others start', async () => {
  const { id } = await images.create(alice, raw);
  const slow = slowly('slow but whole');
  const uploading = images.upload(alice, id, slow.chunks);
  await slow.started;
  expect(await Promise.all([recover(), recover(), recover()])).toEqual(Array.from({ length: 3 }, () => ({ reset: 0, removed: 0 })));
  expect(await readdir(join(directory, 'incoming'))).toHaveLength(1);
  slow.release();
  await uploading;
  expect(await bytesOf(id)).toBe('slow but whole');
});

/** An upload that does not pause. */
const quickly = (text: string) => {
  const slow = slowly(text);
  slow.release();
  return slow.chunks;
};

/** Advisory locks that anybody holds in this database. */
const locks = async (): Promise<number> => {
  const query = `SELECT count(*)::int AS n FROM pg_locks JOIN pg_database ON pg_database.oid = pg_locks.database
    WHERE locktype = 'advisory' AND datname = current_database()`;
  return (await database.pool.query<{ n: number }>(query)).rows[0]?.n ?? -1;
};

test('a process holds one lock for all its uploads, and none when they have ended', async () => {
  const slow = [slowly('first'), slowly('second')];
  const created = await Promise.all(slow.map(() => images.create(alice, raw)));
  const uploading = Promise.all(slow.map(({ chunks }, index) => images.upload(alice, created[index]?.id ?? '', chunks)));
  await Promise.all(slow.map(({ started }) => started));
  expect(await locks()).toBe(1);
  for (const { release } of slow) release();
  await uploading;
  await expect.poll(locks).toBe(0);
});

test('incoming files, and data that no image claims, are removed', async () => {
  const kept = await images.create(alice, raw);
  await images.upload(alice, kept.id, quickly('kept'));
  const withheld = await images.create(alice, raw);
  await images.upload(alice, withheld.id, quickly('withheld'));
  await images.deactivate(alice, withheld.id);
  const { id } = await images.create(alice, raw);
  await writeFile(join(directory, 'incoming', `${id}.0011aabb`), 'half');
  await writeFile(join(directory, id), 'renamed, but its row never said so');
  expect(await recover()).toEqual({ reset: 0, removed: 1 });
  expect(await readdir(join(directory, 'incoming'))).toEqual([]);
  expect(await bytesOf(kept.id)).toBe('kept');
  await images.reactivate(alice, withheld.id);
  expect(await bytesOf(withheld.id)).toBe('withheld');
});

test('an upload that was taken for dead does no harm to the one that came after it', async () => {
  const { id } = await images.create(alice, raw);
  const other = await openDatabase({ url: database.url, poolSize: 2, log: silentLog, applicationName: 'cut-off' });
  const slow = slowly('overtaken');
  const uploading = apiOn(other.db).upload(alice, id, slow.chunks);
  await slow.started;
  // Its session breaks, and its lock goes; the process itself lives on.
  await database.pool.query("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'cut-off'");
  await expect.poll(async () => (await recover()).reset).toBe(1);
  await images.upload(alice, id, quickly('newer'));
  slow.release();
  await expect(uploading).rejects.toThrow(ImageTransitionRefused({ from: 'active', to: 'active' }));
  await recover();
  expect(await bytesOf(id)).toBe('newer');
  expect(await readdir(join(directory, 'incoming'))).toEqual([]);
  await other.close();
});

test('an upload that could not record its end fails, and the next recovery resets its image to queued', async () => {
  const { id } = await images.create(alice, raw);
  const other = await openDatabase({ url: database.url, poolSize: 2, log: silentLog, applicationName: 'away' });
  const slow = slowly('never ends');
  const uploading = apiOn(other.db).upload(alice, id, slow.chunks);
  await slow.started;
  // From here on it reaches no database.
  const closed = other.close();
  slow.release();
  await expect(uploading).rejects.toThrow();
  await closed;
  expect((await recover()).reset).toBe(1);
  await images.upload(alice, id, quickly('anew'));
  expect(await bytesOf(id)).toBe('anew');
});

test('an image that is deleted during its upload and a recovery leaves nothing', async () => {
  const { id } = await images.create(alice, raw);
  const slow = slowly('in vain');
  const uploading = images.upload(alice, id, slow.chunks);
  await slow.started;
  await images.delete(alice, id);
  const refused = expect(uploading).rejects.toThrow(ImageNotFound({ id }));
  const recovering = recover();
  slow.release();
  await Promise.all([refused, recovering]);
  expect(await store.ids()).not.toContain(id);
  expect(await readdir(join(directory, 'incoming'))).toEqual([]);
});
