/** Fits the nodes, dedicated CPUs and pages that a guest wants onto what is free of a host: the one decision of scheduler and claim. */
import type { GuestPlacement } from './guest-placement.ts';
import { type FreeNode, freeNodes } from './free-node.ts';
import { type FittedNode, fitNode, type Ratios, type Shortage } from './fit-node.ts';
import { type HostTopology, sharedIn } from './host-topology.ts';
import { matched } from './matched.ts';
import type { WantedTopology } from './wanted-topology.ts';

/** A host, with the guests that are there, come or leave. */
export interface HostOffer {
  /** Undefined where it has reported none. */
  readonly topology: HostTopology | undefined;
  readonly guests: readonly GuestPlacement[];
  readonly ratios: Ratios;
}

/** The place of a guest, or why it has none, in numbers. */
export type Fit = { readonly placement: GuestPlacement } | { readonly because: string };

/** Each node of the guest gets a node of the host for itself; all have pages of one size. */
export function fit(wanted: WantedTopology, { topology, guests, ratios }: HostOffer): Fit {
  if (!topology) return { because: 'it has reported no topology' };
  if (wanted.nodes.length > topology.length) return { because: `wants ${wanted.nodes.length} NUMA nodes, has ${topology.length}` };
  const free = freeNodes(topology, guests);
  const sizes = pageSizes(wanted.pageSize, topology);
  let because = `wants ${sizeText(wanted.pageSize)} pages, has none`;
  for (const pageKib of sizes) {
    const outcome = fitNodes(wanted, free, { threadPolicy: wanted.threadPolicy, pageKib, ratios });
    if (typeof outcome !== 'string') return { placement: placementOf(wanted, outcome, { topology, pageKib }) };
    because = outcome;
  }
  return { because };
}

const sizeText = (size: WantedTopology['pageSize']): string => (typeof size === 'number' ? `${size} KiB` : String(size));

/** The sizes that would do, the best first. The smallest of a machine is that of usual memory. */
function pageSizes(wanted: WantedTopology['pageSize'], topology: HostTopology): readonly (number | null)[] {
  if (wanted === undefined) return [null];
  const sizes = [...new Set(topology.flatMap(({ pages }) => pages.map(({ sizeKib }) => sizeKib)))].toSorted((a, b) => b - a);
  if (wanted === 'any') return sizes;
  if (wanted === 'small') return sizes.slice(-1);
  return wanted === 'large' ? sizes.slice(0, -1) : sizes.filter((size) => size === wanted);
}

/** The place of each node, or the reason against them. */
function fitNodes(
  { nodes }: WantedTopology,
  free: readonly FreeNode[],
  terms: Parameters<typeof fitNode>[2],
): readonly FittedNode[] | string {
  const best = free.toSorted(
    nodes.some(({ dedicated }) => dedicated.length > 0) ? (a, b) => a.freeCpus - b.freeCpus : (a, b) => a.floating - b.floating,
  );
  const tried = nodes.map((node) => best.map((one) => fitNode(node, one, terms)));
  for (const [index, outcomes] of tried.entries()) {
    const shortages = outcomes.filter(isShort);
    if (shortages.length === outcomes.length) return textOf(shortages, { index, of: nodes.length });
  }
  const chosen = matched(tried.map((outcomes) => outcomes.map((one) => (isShort(one) ? undefined : one))));
  return chosen ?? `wants ${nodes.length} NUMA nodes, fewer have room at once`;
}

const isShort = (one: FittedNode | Shortage): one is Shortage => 'order' in one;

/** Of the nodes of the host, the one that came furthest and has most. */
function textOf(shortages: readonly Shortage[], { index, of }: { readonly index: number; readonly of: number }): string {
  const [nearest] = shortages.toSorted((a, b) => b.order - a.order || b.free - a.free);
  if (!nearest) return 'it has no NUMA node';
  return `wants ${nearest.wanted} ${nearest.what} on one node${of > 1 ? ` for node ${index}` : ''}, has ${Math.max(0, nearest.free)}`;
}

interface Chosen {
  readonly topology: HostTopology;
  readonly pageKib: number | null;
}

function placementOf(wanted: WantedTopology, fitted: readonly FittedNode[], { topology, pageKib }: Chosen): GuestPlacement {
  return { nodes: fitted.map(({ forEmulator: _, ...node }) => node), pageKib, emulatorOn: emulatorCpus(wanted, fitted, topology) };
}

/** QEMU runs where it was told to, else beside those CPUs of the guest that have no hard deadlines. */
function emulatorCpus({ emulatorThreads, realtime }: WantedTopology, fitted: readonly FittedNode[], topology: HostTopology): number[] {
  const own = fitted.flatMap(({ forEmulator }) => forEmulator);
  if (own.length > 0) return [...own];
  const shared = sharedIn(topology);
  if (emulatorThreads === 'share' && shared.length > 0) return [...shared];
  const beside = fitted.flatMap(({ pins, floatsOn }) => [
    ...pins.filter(({ cpu }) => !realtime.includes(cpu)).map(({ on }) => on),
    ...floatsOn,
  ]);
  return [...new Set(beside.length > 0 ? beside : fitted.flatMap(({ held }) => held))].toSorted((a, b) => a - b);
}
