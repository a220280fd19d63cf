import { afterAll, beforeAll, expect, test } from 'vitest';
import { brokenIn, booksOf } from '../../test/support/books-of.ts';
import { createTestDatabase, type TestDatabase } from '../../test/support/database.ts';
import { SimulatedCloud, someone } from '../../test/support/simulated-cloud.ts';
import { systemClock } from '../lib/clock/clock.ts';
import { verifyBooks } from './verify.ts';

let database: TestDatabase;
let cloud: SimulatedCloud;
beforeAll(async () => {
  database = await createTestDatabase();
  cloud = new SimulatedCloud(database, { maxAttempts: 2 });
  await cloud.start('host-1', 'host-2', 'host-3');
  cloud.startEngine();
});
afterAll(async () => {
  await cloud.stop();
  await database.drop();
});

const WAIT = { timeout: 20_000, interval: 10 };
const settled = (id: string) => expect.poll(() => cloud.server(id), WAIT).toMatchObject({ workflowId: null });

/** Runs a server through its life, in part without waiting for one operation to end before the next. */
async function live(turn: number): Promise<void> {
  const api = cloud.api();
  const { id } = await cloud.boot({ name: `busy-${turn}` });
  if (turn % 3 === 0) await systemClock.sleep(turn * 7);
  else {
    await settled(id);
    for (const [action, body] of [['pause', null] as const, ['unpause', null] as const, ['reboot', { type: 'hard' }] as const]) {
      await api.act(someone(), id, action, body).catch(() => {});
      if (turn % 3 === 1) await settled(id);
    }
  }
  await api.delete(someone(), id);
  await expect.poll(() => cloud.server(id), WAIT).toMatchObject({ vmState: 'deleted' });
}

test('every invariant holds at every instant in a busy cloud', { timeout: 90_000 }, async () => {
  // Some boots fail on their host and are retried on another.
  cloud.host('host-1').faults['spawn'] = { failureRate: 0.3, delayMs: 20 };
  const busy = new AbortController();
  const work = Promise.all(Array.from({ length: 18 }, (_, turn) => live(turn))).finally(() => busy.abort());
  let looks = 0;
  while (!busy.signal.aborted) {
    const verdict = await verifyBooks(booksOf(cloud));
    expect(brokenIn(verdict)).toEqual({});
    expect(verdict).toMatchObject({ isClean: true, silent: [] });
    looks += 1;
  }
  await work;
  expect(looks).toBeGreaterThan(10);
  expect(brokenIn(await verifyBooks(booksOf(cloud)))).toEqual({});
});
