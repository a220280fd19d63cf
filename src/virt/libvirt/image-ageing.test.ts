import { mkdir, mkdtemp, readdir, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { seededIds } from '../../lib/clock/ids.ts';
import { ManualClock } from '../../lib/clock/manual-clock.ts';
import type { ServerId } from '../../objects/ids.ts';
import { sampleGuest, sampleImage } from '../guest-samples.ts';
import { GuestDirectories } from './guest-directory.ts';
import { ImageCache } from './image-cache.ts';
import { imagesInUse, recordImages } from './image-uses.ts';

const DAY_MS = 86_400_000;
const [used, unused] = ['aa'.repeat(64), 'bb'.repeat(64)];
const sourceOf = (hash: string) => ({ image: sampleImage({ sizeBytes: 5, hash }), url: '', token: '' });

/** A cache with two images that were fetched now, and the guest directories of two hosts that share it. */
const makeCache = async () => {
  const root = await mkdtemp(join(tmpdir(), 'nova-ts-ageing-'));
  onTestFinished(() => rm(root, { recursive: true }));
  const clock = new ManualClock();
  let fetched = 0;
  const fetch = async (_source: unknown, to: string) => {
    fetched += 1;
    await writeFile(to, 'whole');
    await utimes(to, clock.now(), clock.now());
  };
  const directory = join(root, 'cache');
  const cache = new ImageCache({ directory, node: 'a', images: { fetch }, clock, ids: seededIds() });
  await cache.prepare();
  const path = (hash: string) => cache.path(sourceOf(hash), new AbortController().signal);
  await path(used);
  await path(unused);
  const homes = ['a', 'b'].map((host) => new GuestDirectories(join(root, host)));
  await homes[1]?.prepare();
  const makeGuest = async (...hashes: string[]): Promise<ServerId> => {
    const { serverId } = sampleGuest();
    const paths = await homes[1]?.create(serverId);
    if (paths && hashes.length > 0) await recordImages(paths, hashes);
    return serverId;
  };
  const inUse = async () => imagesInUse((await Promise.all(homes.map((home) => home.list()))).flat());
  const ageOut = (uses = inUse) => cache.ageOut({ inUse: uses, unusedForMs: DAY_MS });
  return { cache, directory, clock, path, homes, makeGuest, ageOut, fetched: () => fetched };
};

// Fault 2026-11 B17.
test('an image leaves the cache when no guest of any host has used it for long enough, and is fetched again', async () => {
  const { clock, makeGuest, ageOut, homes, cache, path, fetched } = await makeCache();
  const guest = await makeGuest(used.toUpperCase());
  await clock.advance(DAY_MS - 1);
  expect(await ageOut()).toEqual([]);
  await clock.advance(1);
  expect(await ageOut()).toEqual([unused]);
  expect(await cache.list()).toEqual([used]);
  await homes[1]?.remove(guest);
  // Its age counts from when it was last seen in use.
  await clock.advance(DAY_MS - 1);
  expect(await ageOut()).toEqual([]);
  await clock.advance(1);
  expect(await ageOut()).toEqual([used]);
  await path(used);
  expect(fetched()).toBe(3);
});

// Fault 2026-11 B17.
test('an image that a spawn found in the cache is young again', async () => {
  const { clock, ageOut, path, fetched } = await makeCache();
  await clock.advance(DAY_MS);
  await path(used);
  expect(await ageOut()).toEqual([unused]);
  expect(fetched()).toBe(2);
});

// Fault 2026-11 B17.
test('nothing leaves the cache while a guest does not say what it uses', async () => {
  const { clock, makeGuest, ageOut, homes } = await makeCache();
  const guest = await makeGuest();
  await clock.advance(DAY_MS);
  expect(await ageOut()).toEqual([]);
  await homes[1]?.remove(guest);
  expect(await ageOut()).toHaveLength(2);
});

// Fault 2026-11 B17.
test('an image whose use begins while it is being removed stays, and a spawn waits for the decision', async () => {
  const { clock, ageOut, path, cache, directory, fetched } = await makeCache();
  await clock.advance(DAY_MS);
  const seen: string[][] = [];
  let found: Promise<string> | undefined;
  const removed = await ageOut(async () => {
    seen.push((await readdir(directory)).filter((name) => name.includes(used)));
    if (seen.length === 1) return new Set([unused]);
    found = path(used);
    return new Set([used]);
  });
  expect(removed).toEqual([]);
  expect(seen).toEqual([[used], [`.leaving-${used}`]]);
  expect(await found).toBe(join(directory, used));
  expect(await cache.list()).toContain(used);
  expect(fetched()).toBe(2);
});

// Fault 2026-11 B17.
test('an image whose removal was interrupted is back after the next start', async () => {
  const { cache, directory } = await makeCache();
  await mkdir(directory, { recursive: true });
  await writeFile(join(directory, `.leaving-${'cc'.repeat(64)}`), 'whole');
  await cache.prepare();
  expect((await readdir(directory)).toSorted()).toEqual([used, unused, 'cc'.repeat(64)]);
});
