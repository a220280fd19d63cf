import { expect, test } from 'vitest';
import { missingHop, wayOfABoot } from './walk.ts';

test('the way of a boot is complete with whatever lies between its hops', () => {
  expect(missingHop(wayOfABoot.flatMap((hop) => ['conductor', hop]))).toBeUndefined();
});

test('the first hop that is missing, or comes too early, is named', () => {
  expect(missingHop([])).toBe('api');
  expect(missingHop(['api', 'conductor', 'scheduler', 'network', 'compute', 'driver'])).toBe('conductor');
  expect(missingHop(['api', 'driver', 'conductor', 'scheduler', 'conductor', 'network', 'compute'])).toBe('driver');
});
