import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../../test/support/database.ts';
import { systemClock } from '../lib/clock/clock.ts';
import { systemIds } from '../lib/clock/ids.ts';
import type { Context } from '../lib/context/context.ts';
import { novaPolicy } from '../policy/policy.ts';
import { ImageApi } from './api.ts';
import { FileImageStore } from './drivers/builtin/file-store.ts';
import { ImagePasses } from './image-pass.ts';
import { recoverImages } from './recover.ts';

/** The Node that runs TypeScript directly, whatever runs the tests. */
const node = join(dirname(createRequire(import.meta.url).resolve('node/package.json')), 'bin', 'node');
const program = fileURLToPath(new URL('../../test/support/stalled-upload.ts', import.meta.url));
const ctx: Context = { requestId: 'req-1', userId: 'u', projectId: 'p', roles: ['member'], isAdmin: false };

async function* allOfIt(): AsyncGenerator<Uint8Array> {
  yield Buffer.from('all of the data');
}

const passes = new ImagePasses({ secret: 'secret', clock: systemClock });

let database: TestDatabase;
let directory: string;
beforeAll(async () => {
  database = await createTestDatabase();
  directory = await mkdtemp(join(tmpdir(), 'nova-image-kill-'));
});
afterAll(async () => {
  await database?.drop();
  await rm(directory, { recursive: true, force: true });
});

test('kill -9 in the middle of an upload leaves an image that waits for its data, and nothing else', async () => {
  const { db, url } = database;
  const store = await FileImageStore.open({ directory });
  const images = new ImageApi({ db, store, ids: systemIds, policy: novaPolicy(), passes, maxSizeBytes: 1_000_000 });
  const { id } = await images.create(ctx, { diskFormat: 'raw', containerFormat: 'bare' });

  const uploader = spawn(node, [program, url, directory, id, 'p'], { stdio: ['ignore', 'pipe', 'inherit'] });
  await once(uploader.stdout, 'data');
  uploader.kill('SIGKILL');
  await once(uploader, 'exit');
  expect((await images.show(ctx, id)).status).toBe('saving');
  expect(await readdir(join(directory, 'incoming'))).toHaveLength(1);

  // The database takes a moment to notice that the uploader is gone.
  await expect.poll(() => recoverImages({ db, store }), { timeout: 20_000 }).toEqual({ reset: 1, removed: 0 });
  expect(await readdir(directory)).toEqual(['incoming']);
  expect(await readdir(join(directory, 'incoming'))).toEqual([]);
  await images.upload(ctx, id, allOfIt());
  expect(await images.show(ctx, id)).toMatchObject({ status: 'active', sizeBytes: 15 });
});
