import { expect, test } from 'vitest';
import { faultsOf } from './faults.ts';

test('valid faults are accepted unchanged', () => {
  const written = { spawn: { delayMs: 200, failureRate: 0.1 }, destroy: {} };
  expect(faultsOf(written)).toEqual(written);
  expect(faultsOf({})).toEqual({});
});

test.each([
  [{ spwan: {} }, 'at /spwan: there is no such call; did you mean "spawn"?'],
  [{ spawn: { delay: 3 } }, 'at /spawn/delay: '],
  [{ spawn: { failureRate: 2 } }, 'at /spawn/failureRate: '],
  [{ spawn: { delayMs: -1 } }, 'at /spawn/delayMs: '],
  [['spawn'], 'as a whole: '],
  ['spawn', 'as a whole: '],
])('faults without effect are refused: %j', (written, problem) => {
  expect(() => faultsOf(written)).toThrow(`[fake] faults (NOVA_FAKE_FAULTS) ${problem}`);
});
