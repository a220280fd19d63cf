import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Cloud, startCloud } from '../support/cloud.ts';
import { fuzzCloud } from './fuzz-cloud.ts';

/** A small, fixed run of `npm run fuzz`. */
const SAMPLE = { cases: 2_000, seed: 20_260_101 };

let cloud: Cloud;
beforeAll(async () => {
  cloud = await startCloud();
});
afterAll(() => cloud?.destroy());

test('every hostile request is refused in the right shape, and changes nothing', { timeout: 300_000 }, async () => {
  const { sent, wrong, changed } = await fuzzCloud(cloud, SAMPLE);
  expect(wrong).toEqual([]);
  expect(changed).toEqual([]);
  expect(sent).toBe(SAMPLE.cases);
});
