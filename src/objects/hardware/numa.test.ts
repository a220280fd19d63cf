import { expect, test } from 'vitest';
import { Asked } from './asked.ts';
import { cpusIn } from './cpu-list.ts';
import { numaOf } from './numa.ts';

type Texts = Record<string, string>;

const of = (extraSpecs: Texts = {}, properties: Texts = {}, vcpus = 4) =>
  numaOf(new Asked({ flavor: { vcpus, ramMb: 2048, extraSpecs }, properties }));

test('who asks for nothing shares CPUs and memory', () => {
  expect(of()).toEqual({
    nodes: [],
    cpuPolicy: 'shared',
    threadPolicy: undefined,
    emulatorThreads: undefined,
    dedicated: [],
    realtime: [],
    pageSize: undefined,
    isMemoryLocked: false,
  });
});

test.each<[string, Texts, Texts, object]>([
  [
    'nodes divide a guest evenly',
    { 'hw:numa_nodes': '2' },
    {},
    {
      nodes: [
        { cpus: [0, 1], memoryMb: 1024 },
        { cpus: [2, 3], memoryMb: 1024 },
      ],
    },
  ],
  [
    'or as the image says',
    {},
    { hw_numa_nodes: '2', 'hw_numa_cpus.0': '0', 'hw_numa_cpus.1': '1-3', 'hw_numa_mem.0': '512', 'hw_numa_mem.1': '1536' },
    {
      nodes: [
        { cpus: [0], memoryMb: 512 },
        { cpus: [1, 2, 3], memoryMb: 1536 },
      ],
    },
  ],
  ['an image may ask for CPUs of its own', {}, { hw_cpu_policy: 'dedicated' }, { cpuPolicy: 'dedicated', dedicated: [0, 1, 2, 3] }],
  ['a flavor that gives them is not refused', { 'hw:cpu_policy': 'dedicated' }, { hw_cpu_policy: 'shared' }, { cpuPolicy: 'dedicated' }],
  ['some of its CPUs', { 'hw:cpu_policy': 'mixed', 'hw:cpu_dedicated_mask': '^0-1' }, {}, { dedicated: [2, 3] }],
  [
    'real time',
    { 'hw:cpu_policy': 'dedicated', 'hw:cpu_realtime': 'yes', 'hw:cpu_realtime_mask': '^0' },
    {},
    { realtime: [1, 2, 3], dedicated: [0, 1, 2, 3] },
  ],
  [
    'the image may narrow a preference of threads',
    { 'hw:cpu_policy': 'dedicated', 'hw:cpu_thread_policy': 'prefer' },
    { hw_cpu_thread_policy: 'isolate' },
    { threadPolicy: 'isolate' },
  ],
  ['sizes of pages have units', { 'hw:mem_page_size': '2MB' }, {}, { pageSize: 2048 }],
  ['or are KiB', { 'hw:mem_page_size': '1048576' }, {}, { pageSize: 1_048_576 }],
  ['the image chooses where the flavor lets it', { 'hw:mem_page_size': 'any' }, { hw_mem_page_size: '1GiB' }, { pageSize: 1_048_576 }],
  ['locked memory', { 'hw:mem_page_size': 'small', 'hw:locked_memory': 'true' }, {}, { isMemoryLocked: true }],
])('%s', (_, specs, properties, expected) => {
  expect(of(specs, properties)).toMatchObject(expected);
});

test.each<[string, Texts, Texts]>([
  ['cannot be evenly distributed', { 'hw:numa_nodes': '3' }, {}],
  ['not permitted to override NUMA', { 'hw:numa_nodes': '2' }, { hw_numa_nodes: '2' }],
  ['must be a whole number from 1 up', { 'hw:numa_nodes': '0' }, {}],
  ['must be provided for all NUMA nodes', { 'hw:numa_nodes': '2', 'hw:numa_cpus.0': '0' }, {}],
  ['CPU number 4 is larger than max 3', twoNodes('0-3', '4'), {}],
  ['CPU number 1 is assigned to two nodes', twoNodes('0-1', '1-3'), {}],
  ['CPU number 3 is not assigned to any node', twoNodes('0-1', '2'), {}],
  ['1536 MB of memory assigned, but expected 2048 MB', twoNodes('0-1', '2-3', '512'), {}],
  ['not permitted to override CPU pinning', { 'hw:cpu_policy': 'shared' }, { hw_cpu_policy: 'dedicated' }],
  ['non dedicated cpu pinning policy', { 'hw:cpu_thread_policy': 'isolate' }, {}],
  [
    'not permitted to override CPU thread',
    { 'hw:cpu_policy': 'dedicated', 'hw:cpu_thread_policy': 'require' },
    { hw_cpu_thread_policy: 'isolate' },
  ],
  ['requires a dedicated CPU policy', { 'hw:emulator_threads_policy': 'isolate' }, {}],
  ['realtime policy in a non dedicated', { 'hw:cpu_realtime': 'yes' }, {}],
  ['Realtime CPUs need', { 'hw:cpu_policy': 'dedicated', 'hw:cpu_realtime': 'yes' }, {}],
  ['mixed needs', { 'hw:cpu_policy': 'mixed' }, {}],
  ['some CPUs but not all', { 'hw:cpu_policy': 'mixed', 'hw:cpu_dedicated_mask': '0-3' }, {}],
  ['has CPU 9', { 'hw:cpu_policy': 'mixed', 'hw:cpu_dedicated_mask': '9' }, {}],
  ['needs the CPU policy mixed', { 'hw:cpu_policy': 'dedicated', 'hw:cpu_dedicated_mask': '1' }, {}],
  ["Invalid memory page size 'huge'", { 'hw:mem_page_size': 'huge' }, {}],
  ['Page size 2048 forbidden', {}, { hw_mem_page_size: '2MB' }],
  ["Page size small forbidden against 'large'", { 'hw:mem_page_size': 'large' }, { hw_mem_page_size: 'small' }],
  ['needs hw:mem_page_size', { 'hw:locked_memory': 'true' }, {}],
])('%s: refused', (because, specs, properties) => {
  expect(() => of(specs, properties)).toThrow(because);
});

function twoNodes(first: string, second: string, memory = '1024'): Texts {
  return {
    'hw:numa_nodes': '2',
    'hw:numa_cpus.0': first,
    'hw:numa_cpus.1': second,
    'hw:numa_mem.0': memory,
    'hw:numa_mem.1': '1024',
  };
}

test('a list of CPUs has ranges and exceptions, and an end', () => {
  expect(cpusIn('set', '0-3, 8,^1')).toEqual([0, 2, 3, 8]);
  for (const bad of ['', '3-1', 'a', '1-99999999', '-1']) expect(() => cpusIn('set', bad)).toThrow('a list of CPUs');
});
