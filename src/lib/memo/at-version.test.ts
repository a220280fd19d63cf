import { expect, test } from 'vitest';
import { AtVersion } from './at-version.ts';

/** A cache of two, and how often each key was made. */
function cacheOfTwo() {
  const cache = new AtVersion<string, string>(2);
  const made: string[] = [];
  const get = (version: string, key: string) =>
    cache.get(version, key, async () => {
      made.push(`${key}@${version}`);
      return `${key}@${version}`;
    });
  return { cache, made, get };
}

test('a result is made once for a version, also for those who ask at the same time', async () => {
  const { made, get } = cacheOfTwo();
  expect(await Promise.all([get('1', 'a'), get('1', 'a')])).toEqual(['a@1', 'a@1']);
  expect(await get('2', 'a')).toBe('a@2');
  expect(made).toEqual(['a@1', 'a@2']);
});

test('the oldest result is evicted first', async () => {
  const { made, get } = cacheOfTwo();
  for (const key of ['a', 'b', 'c', 'c', 'a']) await get('1', key);
  expect(made).toEqual(['a@1', 'b@1', 'c@1', 'a@1']);
});

test('a failure is told to those who wait for it, and not kept', async () => {
  const { cache } = cacheOfTwo();
  await expect(cache.get('1', 'a', () => Promise.reject(new Error('no')))).rejects.toThrow('no');
  expect(await cache.get('1', 'a', async () => 'yes')).toBe('yes');
});
