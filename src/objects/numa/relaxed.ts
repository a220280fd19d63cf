/** What a guest could do without to fit a host: the smallest change of its request. */
import { fit, type HostOffer } from './fit.ts';
import type { WantedNode, WantedTopology } from './wanted-topology.ts';

/** Another request, in words that follow "it would fit", and how much of this one it gives up. */
interface Relaxation {
  readonly change: string;
  readonly cost: number;
  /** Undefined: none of it at all. */
  readonly wanted: WantedTopology | undefined;
}

/** The cheapest change with which the guest fits. */
export const smallestRelaxation = (wanted: WantedTopology, offer: HostOffer): Relaxation | undefined =>
  relaxations(wanted, offer.topology?.length ?? 0)
    .toSorted((a, b) => a.cost - b.cost)
    .find((one) => one.wanted === undefined || 'placement' in fit(one.wanted, offer));

function relaxations(wanted: WantedTopology, hostNodes: number): readonly Relaxation[] {
  const { threadPolicy, pageSize, nodes } = wanted;
  const hasDedicated = nodes.some(({ dedicated }) => dedicated.length > 0);
  return [
    ...fewerCpus(wanted),
    ...(threadPolicy ? [{ change: 'without a policy for threads', cost: 1, wanted: { ...wanted, threadPolicy: undefined } }] : []),
    ...(pageSize === undefined ? [] : [{ change: 'with pages of any size', cost: 1, wanted: { ...wanted, pageSize: 'any' as const } }]),
    ...Array.from({ length: hostNodes }, (_, index) => index + 1).flatMap((count) => regrouped(wanted, count)),
    ...(hasDedicated ? [{ change: 'without dedicated CPUs', cost: 1, wanted: { ...wanted, nodes: nodes.map(floating) } }] : []),
    { change: 'without NUMA nodes, dedicated CPUs and sizes of pages', cost: 3, wanted: undefined },
  ];
}

const floating = (node: WantedNode): WantedNode => ({ ...node, dedicated: [], forEmulator: 0 });

/** With fewer CPUs, where one node has them all. */
function fewerCpus(wanted: WantedTopology): readonly Relaxation[] {
  const [only, ...others] = wanted.nodes;
  if (!only || others.length > 0) return [];
  const count = only.cpus.length;
  return Array.from({ length: count - 1 }, (_, index) => {
    const cpus = only.cpus.slice(0, count - index - 1);
    const node = { ...only, cpus, dedicated: only.dedicated.filter((cpu) => cpus.includes(cpu)) };
    return {
      change: `with ${index + 1} ${index === 0 ? 'CPU' : 'CPUs'} less`,
      cost: (index + 1) / count,
      wanted: { ...wanted, nodes: [node] },
    };
  });
}

/** Divided evenly among another number of nodes. */
function regrouped(wanted: WantedTopology, count: number): readonly Relaxation[] {
  const all = wanted.nodes.flatMap(({ cpus }) => cpus);
  const memoryMb = wanted.nodes.reduce((sum, node) => sum + node.memoryMb, 0);
  if (count === wanted.nodes.length || all.length % count !== 0 || memoryMb % count !== 0) return [];
  const dedicated = new Set(wanted.nodes.flatMap((node) => node.dedicated));
  const forEmulator = wanted.nodes[0]?.forEmulator ?? 0;
  const each = all.length / count;
  const nodes = Array.from({ length: count }, (_, index) => {
    const cpus = all.slice(index * each, (index + 1) * each);
    return {
      cpus,
      memoryMb: memoryMb / count,
      dedicated: cpus.filter((cpu) => dedicated.has(cpu)),
      forEmulator: index === 0 ? forEmulator : 0,
    };
  });
  return [{ change: `with ${count} NUMA ${count === 1 ? 'node' : 'nodes'}`, cost: 1, wanted: { ...wanted, nodes } }];
}
