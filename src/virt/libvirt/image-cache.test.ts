import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { systemClock } from '../../lib/clock/clock.ts';
import { seededIds } from '../../lib/clock/ids.ts';
import type { ImageSource } from '../../objects/guest-spec.ts';
import { ImageUnusable } from '../errors.ts';
import { sampleImage } from '../guest-samples.ts';
import { ImageCache } from './image-cache.ts';
import type { ImageFetcher } from './image-fetcher.ts';

const source: ImageSource = { image: sampleImage({ sizeBytes: 5, hash: 'ab'.repeat(64) }), url: '', token: '' };
const never = new AbortController().signal;

/** A cache whose downloads block until the test releases them. */
const makeCache = async () => {
  const directory = await mkdtemp(join(tmpdir(), 'nova-ts-images-'));
  onTestFinished(() => rm(directory, { recursive: true }));
  const gates: { open: () => void; fail: (error: Error) => void }[] = [];
  const images: ImageFetcher = {
    fetch: async (_source, to, signal, progress) => {
      await writeFile(to, 'half');
      progress?.(50, 'half');
      const gate = Promise.withResolvers<void>();
      gates.push({ open: gate.resolve, fail: gate.reject });
      signal.addEventListener('abort', () => gate.reject(signal.reason));
      await gate.promise;
      await writeFile(to, 'whole');
    },
  };
  const cache = new ImageCache({ directory, node: 'a/b', images, clock: systemClock, ids: seededIds() });
  await cache.prepare();
  const begun = (count: number) => expect.poll(() => gates.length, { interval: 2 }).toBe(count);
  return { cache, directory, gates, begun, images };
};

test('concurrent requests for an image share one download, later ones use the cache', async () => {
  const { cache, gates, begun } = await makeCache();
  const paths = [cache.path(source, never), cache.path(source, never)];
  await begun(1);
  gates[0]?.open();
  const [path, same] = await Promise.all(paths);
  expect(same).toBe(path);
  expect(await cache.path(source, never)).toBe(path);
  expect(gates).toHaveLength(1);
  expect(await readFile(path ?? '', 'utf8')).toBe('whole');
  expect((await stat(path ?? '')).mode & 0o777).toBe(0o444);
});

test('all waiters of a download get its progress', async () => {
  const { cache, gates, begun } = await makeCache();
  const told: string[] = [];
  const listening = (who: string) => cache.path(source, never, (percent, text) => told.push(`${who} ${percent} ${text}`));
  const paths = [listening('a'), listening('b'), cache.path(source, never)];
  await begun(1);
  gates[0]?.open();
  await Promise.all(paths);
  expect(told.toSorted()).toEqual(['a 50 half', 'b 50 half']);
});

test('an aborted waiter does not end the download of others', async () => {
  const { cache, gates, begun } = await makeCache();
  const abort = new AbortController();
  const [first, second] = [cache.path(source, abort.signal), cache.path(source, never)];
  await begun(1);
  abort.abort(new Error('not me'));
  await expect(first).rejects.toThrow('not me');
  gates[0]?.open();
  expect(await readFile(await second, 'utf8')).toBe('whole');
});

test('when the last waiter aborts nothing is left, and the next one starts over', async () => {
  const { cache, directory, gates, begun } = await makeCache();
  const abort = new AbortController();
  const settled = Promise.allSettled([cache.path(source, abort.signal), cache.path(source, abort.signal)]);
  await begun(1);
  abort.abort(new Error('nobody'));
  expect(await settled).toMatchObject([{ reason: { message: 'nobody' } }, { reason: { message: 'nobody' } }]);
  expect(await readdir(directory)).toEqual([]);
  const again = cache.path(source, never);
  await begun(2);
  gates[1]?.open();
  await again;
});

test('a failed download fails for all waiters, leaves nothing, and is retried by the next', async () => {
  const { cache, directory, gates, begun } = await makeCache();
  const both = [cache.path(source, never), cache.path(source, never)];
  const settled = Promise.allSettled(both);
  await begun(1);
  gates[0]?.fail(new Error('no network'));
  expect(await settled).toMatchObject([{ reason: { message: 'no network' } }, { reason: { message: 'no network' } }]);
  expect(await readdir(directory)).toEqual([]);
  const again = cache.path(source, never);
  await begun(2);
  gates[1]?.open();
  await again;
});

test('partial downloads of an earlier process are removed, those of others are not', async () => {
  const { cache, directory } = await makeCache();
  await mkdir(directory, { recursive: true });
  await writeFile(join(directory, '.unfinished-a%2Fb-1'), '');
  await writeFile(join(directory, '.unfinished-other-1'), '');
  await cache.prepare();
  expect(await readdir(directory)).toEqual(['.unfinished-other-1']);
});

test('an image without a checksum is refused', async () => {
  const { cache } = await makeCache();
  const nameless = { ...source, image: { ...source.image, hash: '../../etc/passwd' } };
  await expect(cache.path(nameless, never)).rejects.toSatisfy(ImageUnusable.is);
});
