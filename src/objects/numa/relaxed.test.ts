import { expect, test } from 'vitest';
import type { HostOffer } from './fit.ts';
import { divided, type MachineNode } from './host-topology.ts';
import { smallestRelaxation } from './relaxed.ts';
import { wantedTopology } from './wanted-topology.ts';

/** Two nodes of four CPUs; of each the last two are dedicated. */
const machine: readonly MachineNode[] = [0, 4].map((first, id) => ({
  id,
  cores: [0, 1, 2, 3].map((cpu) => [first + cpu]),
  memoryMb: 1_024,
  pages: [{ sizeKib: 4, total: 262_144 }],
}));
const topology = divided(machine, { shared: [0, 1, 4, 5], dedicated: [2, 3, 6, 7], reservedPages: [] });
const offer: HostOffer = { topology, guests: [], ratios: { cpu: 1, ram: 1 } };
const pinned = { 'hw:cpu_policy': 'dedicated' };

test.each<[string, Record<string, string>, number]>([
  ['with 1 CPU less', pinned, 3],
  ['with 2 CPUs less', pinned, 4],
  ['with 2 NUMA nodes', { 'hw:numa_nodes': '4' }, 4],
  ['without a policy for threads', { ...pinned, 'hw:cpu_thread_policy': 'require' }, 2],
  ['with pages of any size', { ...pinned, 'hw:mem_page_size': '2MB' }, 1],
  ['without NUMA nodes, dedicated CPUs and sizes of pages', { 'hw:numa_nodes': '3' }, 12],
])('a guest would fit %s', (change, extraSpecs, vcpus) => {
  const ramMb = change.includes('NUMA nodes, dedicated') ? 12_000 : 512;
  const wanted = wantedTopology({ flavor: { vcpus, ramMb, extraSpecs }, image: null });
  expect(wanted && smallestRelaxation(wanted, offer)?.change).toBe(change);
});

test('where nobody can have a CPU, sharing helps', () => {
  const wanted = wantedTopology({ flavor: { vcpus: 2, ramMb: 512, extraSpecs: pinned }, image: null });
  const node = { hostNode: 0, cpus: [], memoryMb: 1, pins: [], floatsOn: [], held: [2, 3], threads: 1 };
  const guests = [{ nodes: [node, { ...node, hostNode: 1, held: [6, 7] }], pageKib: null, emulatorOn: null }];
  expect(wanted && smallestRelaxation(wanted, { ...offer, guests })?.change).toBe('without dedicated CPUs');
});
