import { expect, test } from 'vitest';
import { seededIds } from '../../lib/clock/ids.ts';
import { fit, type HostOffer } from './fit.ts';
import { type GuestPlacement, heldBy, pinsOf } from './guest-placement.ts';
import { divided, type MachineNode } from './host-topology.ts';
import { wantedTopology, type WantedTopology } from './wanted-topology.ts';

/** Two nodes of four cores with two threads, 8 GB each, of which 2 GB are pages of 2 MiB. CPUs 0 and 1 of each node are shared. */
const machine: readonly MachineNode[] = [0, 8].map((first, id) => ({
  id,
  cores: [0, 2, 4, 6].map((thread) => [first + thread, first + thread + 1]),
  memoryMb: 8_192,
  pages: [
    { sizeKib: 4, total: 1_572_864 },
    { sizeKib: 2_048, total: 1_024 },
  ],
}));
const topology = divided(machine, {
  shared: [0, 1, 8, 9],
  dedicated: [2, 3, 4, 5, 6, 7, 10, 11, 12, 13, 14, 15],
  reservedPages: [{ node: 1, sizeKib: 2_048, count: 1_000 }],
});
const offer: HostOffer = { topology, guests: [], ratios: { cpu: 2, ram: 1 } };

const wanted = (extraSpecs: Record<string, string>, { vcpus = 2, ramMb = 1_024 } = {}): WantedTopology => {
  const topologyOf = wantedTopology({ flavor: { vcpus, ramMb, extraSpecs }, image: null });
  if (!topologyOf) throw new Error('asks for nothing');
  return topologyOf;
};

const placed = (asked: WantedTopology, on: HostOffer = offer): GuestPlacement => {
  const outcome = fit(asked, on);
  if ('because' in outcome) throw new Error(outcome.because);
  return outcome.placement;
};

const pinned = { 'hw:cpu_policy': 'dedicated' };

test('a guest that asks for none of it has no topology', () => {
  expect(wantedTopology({ flavor: { vcpus: 2, ramMb: 512, extraSpecs: { 'hw:cpu_policy': 'shared' } }, image: null })).toBeUndefined();
});

test.each<[string, Record<string, string>, object]>([
  ['dedicated CPUs are on the threads of one core', pinned, { nodes: [{ pins: [2, 3], threads: 2 }], emulatorOn: [2, 3] }],
  [
    'or on a core each, whose other threads stay idle',
    { ...pinned, 'hw:cpu_thread_policy': 'isolate' },
    { nodes: [{ pins: [2, 4], held: [2, 3, 4, 5] }] },
  ],
  [
    'QEMU has a CPU of its own',
    { ...pinned, 'hw:emulator_threads_policy': 'isolate' },
    { nodes: [{ pins: [2, 3], held: [2, 3, 4] }], emulatorOn: [4] },
  ],
  [
    'or shares those of others',
    { ...pinned, 'hw:emulator_threads_policy': 'share' },
    { nodes: [{ held: [2, 3] }], emulatorOn: [0, 1, 8, 9] },
  ],
  ['or leaves those alone that have deadlines', { ...pinned, 'hw:cpu_realtime': 'yes', 'hw:cpu_realtime_mask': '^0' }, { emulatorOn: [2] }],
  [
    'only some CPUs are dedicated',
    { 'hw:cpu_policy': 'mixed', 'hw:cpu_dedicated_mask': '1' },
    { nodes: [{ pins: [2], floatsOn: [0, 1] }] },
  ],
  [
    'nodes of the guest are on nodes of the host',
    { 'hw:numa_nodes': '2' },
    {
      nodes: [
        { hostNode: 0, pins: [] },
        { hostNode: 1, memoryMb: 512 },
      ],
      pageKib: null,
    },
  ],
  ['the largest pages that fit', { 'hw:mem_page_size': 'large' }, { nodes: [{ hostNode: 0 }], pageKib: 2_048 }],
  ['usual pages', { 'hw:mem_page_size': 'small' }, { pageKib: 4 }],
  ['usual pages where the large ones do not do', { 'hw:mem_page_size': 'any', 'hw:numa_nodes': '2' }, { pageKib: 4 }],
])('%s', (_, specs, expected) => {
  const { nodes, ...rest } = placed(wanted(specs));
  expect({ ...rest, nodes: nodes.map((node) => ({ ...node, pins: node.pins.map(({ on }) => on) })) }).toMatchObject(expected);
});

test.each<[string, Record<string, string>, { vcpus?: number; ramMb?: number }]>([
  ['wants 8 dedicated CPUs on one node, has 6', pinned, { vcpus: 8 }],
  ['wants 4 whole dedicated cores on one node, has 3', { ...pinned, 'hw:cpu_thread_policy': 'isolate' }, { vcpus: 4 }],
  ['wants 3 threads of shared dedicated cores on one node, has 6', { ...pinned, 'hw:cpu_thread_policy': 'require' }, { vcpus: 3 }],
  ['wants 3 NUMA nodes, has 2', { 'hw:numa_nodes': '3' }, { vcpus: 3, ramMb: 1_536 }],
  ['wants 3 shared CPUs on one node, has 2', { 'hw:numa_nodes': '1' }, { vcpus: 3 }],
  ['wants 16384 MB of memory on one node, has 8192', pinned, { ramMb: 16_384 }],
  ['wants 2048 pages of 2048 KiB on one node, has 1024', { 'hw:mem_page_size': '2MB' }, { ramMb: 4_096 }],
  ['wants 2 NUMA nodes, fewer have room at once', { 'hw:mem_page_size': '2MB', 'hw:numa_nodes': '2' }, {}],
  ['wants 1048576 KiB pages, has none', { 'hw:mem_page_size': '1GB' }, {}],
])('refused: %s', (because, specs, size) => {
  expect(fit(wanted(specs, size), offer)).toEqual({ because });
});

test('a host that reports no topology gives none', () => {
  expect(fit(wanted(pinned), { ...offer, topology: undefined })).toEqual({ because: 'it has reported no topology' });
});

test('what operators do not divide is shared', () => {
  expect(divided(machine, { shared: undefined, dedicated: undefined, reservedPages: [] }).map(({ shared }) => shared.length)).toEqual([
    8, 8,
  ]);
  expect(divided(machine, { shared: undefined, dedicated: [2], reservedPages: [] }).map(({ shared }) => shared.length)).toEqual([0, 0]);
});

test('whatever guests come and go, no CPU is held twice and no page is promised twice', () => {
  const ids = seededIds();
  let guests: GuestPlacement[] = [];
  const kinds = [
    pinned,
    { ...pinned, 'hw:cpu_thread_policy': 'isolate' },
    { ...pinned, 'hw:cpu_thread_policy': 'require', 'hw:emulator_threads_policy': 'isolate' },
    { ...pinned, 'hw:numa_nodes': '2', 'hw:mem_page_size': 'any' },
    { 'hw:mem_page_size': 'large' },
  ];
  for (let round = 0; round < 500; round += 1) {
    const vcpus = 2 * (1 + ids.below(2));
    const outcome = fit(wanted(kinds[ids.below(kinds.length)] ?? pinned, { vcpus, ramMb: 256 * vcpus }), { ...offer, guests });
    if ('placement' in outcome) guests = [...guests, outcome.placement];
    else guests = guests.filter(() => ids.below(2) === 0);
    const held = guests.flatMap(heldBy);
    expect(new Set(held).size).toBe(held.length);
    for (const guest of guests) for (const { on } of pinsOf(guest)) expect(heldBy(guest)).toContain(on);
    const large = guests.flatMap(({ nodes, pageKib }) => (pageKib === 2_048 ? nodes : []));
    for (const [node, most] of [2_048, 48].entries())
      expect(large.filter(({ hostNode }) => hostNode === node).reduce((sum, { memoryMb }) => sum + memoryMb, 0)).toBeLessThanOrEqual(most);
  }
});
