import { expect, test } from 'vitest';
import { faultsOf } from './faults.ts';

test('valid faults are accepted unchanged', () => {
  const written = { spawn: { delayMs: 200, failureRate: 0.1 }, destroy: {} };
  expect(faultsOf(written)).toEqual(written);
  expect(faultsOf({})).toEqual({});
});

test.each([
  [{ spwan: {} }, 'at /spwan names no call of a hypervisor; did you mean "spawn"?'],
  [{ spawn: { delay: 3 } }, 'at /spawn/delay is wrong'],
  [{ spawn: { failureRate: 2 } }, 'at /spawn/failureRate is wrong'],
  [{ spawn: { delayMs: -1 } }, 'at /spawn/delayMs is wrong'],
  [['spawn'], 'as a whole is wrong'],
  ['spawn', 'as a whole is wrong'],
])('faults without effect are refused: %j', (written, problem) => {
  expect(() => faultsOf(written)).toThrow(`The faults of simulated hypervisors: the value ${problem}`);
});
