import { expect, test } from 'vitest';
import { hostsHeardOver } from './hearing.ts';

test.each([
  { queue: 'away', isHealthy: false, silent: true, isUp: true },
  { queue: 'there', isHealthy: true, silent: true, isUp: false },
  { queue: 'there', isHealthy: true, silent: false, isUp: true },
])('with the queue $queue a host that is silent ($silent) counts as up: $isUp', async ({ isHealthy, silent, isUp }) => {
  const heard = hostsHeardOver({ healthy: () => isHealthy }, { isUp: async () => !silent });
  expect(await heard.isUp({ binary: 'nova-compute', host: 'east' })).toBe(isUp);
});
