import { expect, test } from 'vitest';
import { hostStateOf } from './host-state.ts';
import { sampleHost, sampleInventory } from './scheduler-samples.ts';

test('what is free is what may be promised less what is allocated', () => {
  const row = sampleHost('host-1', {
    inventories: {
      VCPU: sampleInventory(4, { used: 3, allocationRatio: 2.5 }),
      MEMORY_MB: sampleInventory(1_000, { reserved: 200, used: 100, allocationRatio: 1.5 }),
      DISK_GB: sampleInventory(7, { used: 1, allocationRatio: 1.5 }),
    },
  });
  expect(hostStateOf(row)).toMatchObject({ freeVcpus: 7, freeRamMb: 1_100, freeDiskGb: 9 });
});

test('a host with more allocated than promised has less than nothing free', () => {
  expect(hostStateOf(sampleHost('host-1', { inventories: { MEMORY_MB: sampleInventory(100, { used: 150 }) } })).freeRamMb).toBe(-50);
});

test('a host that has not said what it has, has nothing', () => {
  expect(hostStateOf(sampleHost('host-1', { inventories: {} }))).toMatchObject({ vcpus: 0, freeVcpus: 0, freeRamMb: 0, freeDiskGb: 0 });
});

test.each([
  [undefined, false, true],
  [60.1, false, false],
  [undefined, true, false],
])('silent for too long: %s s, forced down: %s, up: %s', (silentSeconds, forcedDown, up) => {
  expect(hostStateOf(sampleHost('host-1', { forcedDown }), silentSeconds)).toMatchObject({ up, silentSeconds });
});

test("what a hypervisor and its CPU can do are traits in Placement's spelling", () => {
  const { traits } = hostStateOf(sampleHost('host-1', { capabilities: ['crashDump'], cpuInfo: { features: ['avx512-vbmi', 7] } }));
  expect([...traits]).toEqual([
    'COMPUTE_NODE',
    'COMPUTE_IMAGE_TYPE_RAW',
    'COMPUTE_IMAGE_TYPE_QCOW2',
    'COMPUTE_IMAGE_TYPE_AMI',
    'CUSTOM_COMPUTE_CRASH_DUMP',
    'HW_CPU_X86_AVX512_VBMI',
  ]);
});
