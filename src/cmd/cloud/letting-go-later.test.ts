import { expect, test } from 'vitest';
import type { IdempotencyKeys } from '../../api/pipeline/idempotency.ts';
import { ManualClock } from '../../lib/clock/manual-clock.ts';
import { lettingGoLater } from './letting-go-later.ts';

const work = { projectId: 'p', key: 'k', requestId: 'req-1' };
const away = Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' });

/** A memory whose database is away until it is told otherwise. */
function keysOf(clock: ManualClock) {
  const state = { isAway: true, letGo: [] as string[] };
  const stored: IdempotencyKeys = {
    reserve: async () => ({ kind: 'busy' }),
    keep: async () => {},
    letGo: async ({ key }) => {
      if (state.isAway) throw away;
      state.letGo.push(key);
    },
  };
  return { state, ...lettingGoLater(stored, clock) };
}

test('what cannot be let go of while the database is away is let go of once when it is back', async () => {
  const { state, keys, settle } = keysOf(new ManualClock());
  await keys.letGo(work);
  await expect(settle()).rejects.toBe(away);
  state.isAway = false;
  await settle();
  await settle();
  expect(state.letGo).toEqual(['k']);
});

test('what was owed for so long that somebody else may work on it is left to them', async () => {
  const clock = new ManualClock();
  const { state, keys, settle } = keysOf(clock);
  await keys.letGo(work);
  await clock.advance(40_000);
  state.isAway = false;
  await settle();
  expect(state.letGo).toEqual([]);
});
