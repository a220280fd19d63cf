/** What is left of a node of a host beside the guests that are there. */
import type { GuestPlacement } from './guest-placement.ts';
import type { HostNode, HostTopology } from './host-topology.ts';
import type { Core } from './pick-cpus.ts';

/** A node of a host, with what guests with a placement take of it. */
export interface FreeNode {
  readonly node: HostNode;
  readonly cores: readonly Core[];
  /** Dedicated CPUs that nobody has. */
  readonly freeCpus: number;
  /** CPUs of guests that float on the shared ones, and memory of guests, of those guests that have a placement. */
  readonly floating: number;
  readonly memoryMb: number;
  /** Free pages by size. */
  readonly freePages: ReadonlyMap<number, number>;
}

const KIB_IN_MIB = 1_024;

/** How many pages hold this memory; not whole where they cannot. */
export const pagesFor = (memoryMb: number, pageKib: number): number => (memoryMb * KIB_IN_MIB) / pageKib;

/** The nodes of a host beside these guests. */
export const freeNodes = (topology: HostTopology, guests: readonly GuestPlacement[]): readonly FreeNode[] =>
  topology.map((node) => {
    const there = guests.flatMap(({ nodes, pageKib }) =>
      nodes.filter(({ hostNode }) => hostNode === node.id).map((one) => ({ ...one, pageKib })),
    );
    const held = new Set(there.flatMap((one) => one.held));
    const free = new Set(node.dedicated.filter((cpu) => !held.has(cpu)));
    const sum = (amount: (one: (typeof there)[number]) => number): number => there.reduce((total, one) => total + amount(one), 0);
    return {
      node,
      cores: node.cores.map((threads) => ({ threads, free: threads.filter((cpu) => free.has(cpu)) })),
      freeCpus: free.size,
      floating: sum(({ cpus, pins }) => cpus.length - pins.length),
      memoryMb: sum(({ memoryMb }) => memoryMb),
      freePages: new Map(
        node.pages.map(({ sizeKib, total, reserved }) => [
          sizeKib,
          total - reserved - sum(({ memoryMb, pageKib }) => (pageKib === sizeKib ? pagesFor(memoryMb, sizeKib) : 0)),
        ]),
      ),
    };
  });
