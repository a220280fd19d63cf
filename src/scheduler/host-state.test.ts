import { expect, test } from 'vitest';
import { hostStateOf } from './host-state.ts';
import { sampleHost } from './scheduler-samples.ts';

test('what is free is what may be promised less what is claimed', () => {
  const row = sampleHost('host-1', {
    vcpus: 4,
    vcpusUsed: 3,
    cpuAllocationRatio: 2.5,
    memoryMb: 1_000,
    reservedMemoryMb: 200,
    memoryMbUsed: 100,
    ramAllocationRatio: 1.5,
    localGb: 7,
    localGbUsed: 1,
    diskAllocationRatio: 1.5,
  });
  expect(hostStateOf(row)).toMatchObject({ freeVcpus: 7, freeRamMb: 1_100, freeDiskGb: 9 });
});

test('a host with more claimed than promised has less than nothing free', () => {
  expect(hostStateOf(sampleHost('host-1', { memoryMb: 100, memoryMbUsed: 150 })).freeRamMb).toBe(-50);
});

test.each([
  [undefined, false, true],
  [60.1, false, false],
  [undefined, true, false],
])('silent for too long: %s s, forced down: %s, up: %s', (silentSeconds, forcedDown, up) => {
  expect(hostStateOf(sampleHost('host-1', { forcedDown }), silentSeconds)).toMatchObject({ up, silentSeconds });
});
