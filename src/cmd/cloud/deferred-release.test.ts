import { expect, test } from 'vitest';
import type { IdempotencyKeys } from '../../api/pipeline/idempotency.ts';
import { ManualClock } from '../../lib/clock/manual-clock.ts';
import { deferringRelease } from './deferred-release.ts';

const work = { projectId: 'p', key: 'k', requestId: 'req-1' };
const away = Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' });

/** Keys in a database that is down until `state.isAway` is false. */
function keysOf(clock: ManualClock) {
  const state = { isAway: true, released: [] as string[] };
  const stored: IdempotencyKeys = {
    holding: (work) => work(),
    reserve: async () => ({ kind: 'busy' }),
    keep: async () => {},
    release: async ({ key }) => {
      if (state.isAway) throw away;
      state.released.push(key);
    },
  };
  return { state, ...deferringRelease(stored, clock) };
}

test('a key that cannot be released while the database is down is released once when it is back', async () => {
  const { state, keys, settle } = keysOf(new ManualClock());
  await keys.release(work);
  await expect(settle()).rejects.toBe(away);
  state.isAway = false;
  await settle();
  await settle();
  expect(state.released).toEqual(['k']);
});

test('a release is dropped when so late that another process may have taken over the key', async () => {
  const clock = new ManualClock();
  const { state, keys, settle } = keysOf(clock);
  await keys.release(work);
  await clock.advance(40_000);
  state.isAway = false;
  await settle();
  expect(state.released).toEqual([]);
});
