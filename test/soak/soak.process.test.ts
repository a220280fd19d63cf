/** A soak too short to find a slow leak: it finds one of many kilobytes a request, and that the long one can be run. */
import { expect, test } from 'vitest';
import { soak } from './soak.ts';

const REQUESTS = 2_000;
/** Ten kilobytes a request, which no warming up takes between the first look and the last. */
const MOST_GROWTH_MB = 20;

test('a cloud that has answered some thousand requests holds about what it held before', { timeout: 400_000 }, async () => {
  const { looks } = await soak({ requests: REQUESTS, looks: 2 });
  const [first, last] = looks.map(({ heapMb, buffersMb }) => heapMb + buffersMb);
  expect(looks.map(({ requests }) => requests)).toEqual([REQUESTS / 2, REQUESTS]);
  expect((last ?? 0) - (first ?? 0)).toBeLessThan(MOST_GROWTH_MB);
});
