/** Fits a node of a guest onto a node of a host. */
import type { PlacedNode } from './guest-placement.ts';
import { type FreeNode, pagesFor } from './free-node.ts';
import { mostCpus, pickCpus } from './pick-cpus.ts';
import type { WantedNode, WantedTopology } from './wanted-topology.ts';

/** How far a host may be filled with what guests share. */
export interface Ratios {
  readonly cpu: number;
  readonly ram: number;
}

/** How a whole guest is fitted. */
export interface Terms extends Pick<WantedTopology, 'threadPolicy'> {
  readonly pageKib: number | null;
  readonly ratios: Ratios;
}

/** Too little of something; `order` says how late in the checks it was found. */
export interface Shortage {
  readonly what: string;
  readonly wanted: number;
  readonly free: number;
  readonly order: number;
}

/** The node with its CPUs, and those that QEMU gets. */
export interface FittedNode extends PlacedNode {
  readonly forEmulator: readonly number[];
}

/** Whether a node of a guest fits, with its place or with what is short. */
export function fitNode(wanted: WantedNode, free: FreeNode, terms: Terms): FittedNode | Shortage {
  const short = memoryShortage(wanted, free, terms) ?? sharedShortage(wanted, free, terms);
  if (short) return short;
  const { dedicated, forEmulator } = wanted;
  const { threadPolicy } = terms;
  // With whole cores QEMU gets one too; else it gets any CPU beside them.
  const isWhole = threadPolicy === 'isolate';
  const picked = pickCpus(dedicated.length + (isWhole ? forEmulator : 0), free.cores, threadPolicy);
  const rest = picked && free.cores.flatMap((core) => core.free).filter((cpu) => !picked.cpus.includes(cpu));
  const spare = isWhole ? picked?.cpus.slice(dedicated.length) : rest?.slice(0, forEmulator);
  if (!picked || spare?.length !== forEmulator) {
    const what =
      threadPolicy === 'isolate'
        ? 'whole dedicated cores'
        : threadPolicy === 'require'
          ? 'threads of shared dedicated cores'
          : 'dedicated CPUs';
    return { what, wanted: dedicated.length + forEmulator, free: mostCpus(free.cores, threadPolicy), order: 4 };
  }
  return {
    hostNode: free.node.id,
    cpus: [...wanted.cpus],
    memoryMb: wanted.memoryMb,
    pins: dedicated.flatMap((cpu, index) => pinTo(cpu, picked.cpus[index])),
    floatsOn: dedicated.length < wanted.cpus.length ? [...free.node.shared] : [],
    held: [...new Set([...picked.cpus, ...picked.idle, ...spare])].toSorted((a, b) => a - b),
    threads: dedicated.length === wanted.cpus.length ? picked.threads : 1,
    forEmulator: spare,
  };
}

const pinTo = (cpu: number, on: number | undefined): PlacedNode['pins'] => (on === undefined ? [] : [{ cpu, on }]);

/** Memory in pages of a size is never promised twice; other memory is as far as the ratio allows. */
function memoryShortage(
  { memoryMb }: WantedNode,
  { node, memoryMb: used, freePages }: FreeNode,
  { pageKib, ratios }: Terms,
): Shortage | undefined {
  if (pageKib !== null) {
    const [wanted, free] = [pagesFor(memoryMb, pageKib), freePages.get(pageKib) ?? 0];
    if (!Number.isInteger(wanted)) return { what: `pages of ${pageKib} KiB, not a whole number`, wanted, free, order: 0 };
    return wanted <= free ? undefined : { what: `pages of ${pageKib} KiB`, wanted, free, order: 1 };
  }
  const free = Math.min(node.memoryMb, Math.floor(node.memoryMb * ratios.ram) - used);
  return memoryMb <= free ? undefined : { what: 'MB of memory', wanted: memoryMb, free, order: 1 };
}

/** No two CPUs of a guest are on one of the host. */
function sharedShortage({ cpus, dedicated }: WantedNode, { node, floating }: FreeNode, { ratios }: Terms): Shortage | undefined {
  const wanted = cpus.length - dedicated.length;
  const free = Math.min(node.shared.length, Math.floor(node.shared.length * ratios.cpu) - floating);
  return wanted <= Math.max(0, free) ? undefined : { what: 'shared CPUs', wanted, free, order: 2 };
}
