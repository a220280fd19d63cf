import { expect, test } from 'vitest';
import { missingHop, servicesIn, wayOfABoot } from './walk.ts';

test('the services of a walk are read from its text', () => {
  const walk = '     +0     120.0 ms  api: POST /servers  ok  node-1\n    +11       0.4 ms    image-api: x   ok  node-1\n';
  expect(servicesIn(walk)).toEqual(['api', 'image-api']);
});

test('the way of a boot is complete with whatever lies between its hops', () => {
  expect(missingHop(wayOfABoot.flatMap((hop) => ['conductor', hop]))).toBeUndefined();
});

test('the first hop that is missing, or comes too early, is named', () => {
  expect(missingHop([])).toBe('api');
  expect(missingHop(['api', 'conductor', 'scheduler', 'network', 'compute', 'driver'])).toBe('conductor');
  expect(missingHop(['api', 'driver', 'conductor', 'scheduler', 'conductor', 'network', 'compute'])).toBe('driver');
});
