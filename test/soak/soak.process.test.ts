/** A short soak: it finds only leaks of many kilobytes a request, and proves that the long one runs. */
import { expect, test } from 'vitest';
import { soak } from './soak.ts';

const REQUESTS = 2_000;
/** Ten kilobytes a request, more than caches still grow after the first measurement. */
const MOST_GROWTH_MB = 20;

test('a cloud uses about as much memory after some thousand requests as before', { timeout: 400_000 }, async () => {
  const { looks } = await soak({ requests: REQUESTS, looks: 2 });
  const [first, last] = looks.map(({ heapMb, buffersMb }) => heapMb + buffersMb);
  expect(looks.map(({ requests }) => requests)).toEqual([REQUESTS / 2, REQUESTS]);
  expect((last ?? 0) - (first ?? 0)).toBeLessThan(MOST_GROWTH_MB);
});
