import { expect, test } from 'vitest';
import { downtimeSteps, stepAt } from './downtime.ts';

const options = { downtimeMs: 500, downtimeSteps: 10, downtimeDelaySeconds: 75 };

test('the downtime grows in steps to its maximum, slower the more there is to move', () => {
  const steps = downtimeSteps(options, 3);
  expect(steps.map(({ downtimeMs }) => downtimeMs)).toEqual([46, 47, 48, 51, 57, 66, 84, 117, 179, 291, 500]);
  expect(steps.map(({ afterMs }) => afterMs / 1000)).toEqual([0, 225, 450, 675, 900, 1125, 1350, 1575, 1800, 2025, 2250]);
});

test('the last step that was reached counts', () => {
  const steps = downtimeSteps(options, 2);
  expect([stepAt(steps, 0), stepAt(steps, 149_999), stepAt(steps, 150_000), stepAt(steps, 1e9)].map((step) => step?.downtimeMs)).toEqual([
    46, 46, 47, 500,
  ]);
});
