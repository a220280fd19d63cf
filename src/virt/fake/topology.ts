/** The processors and memory of a simulated host whose nodes somebody described. */
import type { MachineNode } from '../../objects/numa/host-topology.ts';

const SHAPE = /^(\d{1,2})x(\d{1,3})x([1-8])$/;

/** What is wrong with a described topology, as the end of a sentence "the value ..."; undefined when nothing is. */
export const topologyProblem = (written: string): string | undefined =>
  machineOf(written).length > 0 ? undefined : 'is not of the form NODESxCORESxTHREADS, such as 2x4x2';

/** Each node has so much memory, a quarter of it in pages of 2 MiB. */
const NODE_MB = 8_192;
const SMALL_KIB = 4;
const LARGE_KIB = 2_048;
const LARGE_PAGES = NODE_MB / 4 / 2;

/** `2x4x2`: two nodes of four cores with two threads; the threads of a core have consecutive numbers. */
export function machineOf(written: string): readonly MachineNode[] {
  const [nodes = 0, cores = 0, threads = 0] = SHAPE.exec(written)?.slice(1).map(Number) ?? [];
  if (cores === 0) return [];
  return range(nodes).map((id) => ({
    id,
    cores: range(cores).map((core) => range(threads).map((thread) => (id * cores + core) * threads + thread)),
    memoryMb: NODE_MB,
    pages: [
      { sizeKib: SMALL_KIB, total: (NODE_MB * 1_024 * 3) / 4 / SMALL_KIB },
      { sizeKib: LARGE_KIB, total: LARGE_PAGES },
    ],
  }));
}

const range = (count: number): number[] => Array.from({ length: count }, (_, index) => index);
