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

// Fault 2026-11 B6.
test.each([
  ['connect ECONNREFUSED 10.0.0.7:5432', 'connect ECONNREFUSED ...'],
  ['connect ECONNREFUSED [fd00::7]:5432', 'connect ECONNREFUSED ...'],
  ['connect ECONNREFUSED ::1:5432', 'connect ECONNREFUSED ...'],
  ['connect ENOENT /var/lib/nova-ts/.s.PGSQL.5432', 'connect ENOENT ...'],
  ['getaddrinfo ENOTFOUND db.internal', 'getaddrinfo ENOTFOUND ...'],
  ['rabbit.internal:5672 did not answer within 3 s (no answer)', '... did not answer within 3 s (no answer)'],
  ['amqp://nova@rabbit:5672/vhost did not answer', '... did not answer'],
  ['the broker takes no messages: low on memory', 'the broker takes no messages: low on memory'],
])('the reason %j is told as %j', async (reason, told) => {
  for (const check of [() => reason, () => Promise.reject(new Error(reason))]) {
    const { body } = await checkHealth([{ name: 'database', check }], new ManualClock());
    expect(JSON.parse(String(body))).toEqual({ status: 'unavailable', reasons: [`database: ${told}`] });
  }
});
