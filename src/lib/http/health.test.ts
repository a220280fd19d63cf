import { expect, test } from 'vitest';
import { ManualClock } from '../clock/manual-clock.ts';
import { checkHealth } from './health.ts';

test('what does not answer its probe in time is not there', async () => {
  const clock = new ManualClock();
  const probes = [
    { name: 'database', check: () => new Promise<void>(() => {}) },
    { name: 'queue', check: () => Promise.resolve() },
  ];
  const answer = checkHealth(probes, clock);
  await clock.advance(3_000);
  expect(await answer).toMatchObject({
    status: 503,
    body: JSON.stringify({ status: 'unavailable', reasons: ['database: no answer within 3 seconds'] }),
  });
});
