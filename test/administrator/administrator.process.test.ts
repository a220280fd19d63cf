/** A short administration; `npm run administrator` does it for an hour. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Cloud, startCloud } from '../support/cloud.ts';
import { administrate } from './administrate.ts';

const REQUESTS = 900;
const SEED = 3;

let cloud: Cloud;
beforeAll(async () => {
  cloud = await startCloud();
});
afterAll(() => cloud?.destroy());

test('whatever an administrator makes and deletes, in any order, leaves clean books and no error in the log', async () => {
  const { statuses, faults } = await administrate(cloud, { seed: SEED, goesOn: (requests) => requests < REQUESTS });
  expect(faults).toEqual([]);
  const done = [...statuses].reduce((sum, [status, count]) => sum + (status < 300 ? count : 0), 0);
  expect(done).toBeGreaterThan(REQUESTS / 3);
});
