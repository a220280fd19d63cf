/** What a guest wants of the nodes of its host. */
import type { Flavor } from '../flavor.ts';
import { Asked } from '../hardware/asked.ts';
import { type NumaDemand, numaOf } from '../hardware/numa.ts';

/** A node of the guest. */
export interface WantedNode {
  readonly cpus: readonly number[];
  readonly memoryMb: number;
  /** Those of its CPUs that get one of the host for themselves. */
  readonly dedicated: readonly number[];
  /** Further CPUs of the host, for QEMU itself. */
  readonly forEmulator: number;
}

/** All nodes of a guest, and what holds for each. */
export interface WantedTopology extends Pick<NumaDemand, 'threadPolicy' | 'emulatorThreads' | 'pageSize' | 'realtime'> {
  readonly nodes: readonly WantedNode[];
}

/** A flavor and an image, as far as they say what a guest takes of its host. */
export interface Sized {
  readonly flavor: Pick<Flavor, 'vcpus' | 'ramMb' | 'extraSpecs'>;
  readonly image: { readonly properties: Readonly<Record<string, string>> } | null;
}

/** What flavor and image ask for; refuses what contradicts itself. */
export const numaIn = ({ flavor, image }: Sized): NumaDemand => numaOf(new Asked({ flavor, properties: image?.properties ?? {} }));

/** The topology that flavor and image ask for; undefined for a guest that takes CPUs and memory wherever they are. */
export function wantedTopology(sized: Sized): WantedTopology | undefined {
  const { nodes, dedicated, emulatorThreads, pageSize, ...rest } = numaIn(sized);
  if (nodes.length === 0 && dedicated.length === 0 && pageSize === undefined) return undefined;
  const { vcpus, ramMb } = sized.flavor;
  const whole = [{ cpus: Array.from({ length: vcpus }, (_, cpu) => cpu), memoryMb: ramMb }];
  return {
    nodes: (nodes.length > 0 ? nodes : whole).map(({ cpus, memoryMb }, index) => ({
      cpus,
      memoryMb,
      dedicated: cpus.filter((cpu) => dedicated.includes(cpu)),
      forEmulator: index === 0 && emulatorThreads === 'isolate' ? 1 : 0,
    })),
    emulatorThreads,
    pageSize,
    threadPolicy: rest.threadPolicy,
    realtime: rest.realtime,
  };
}
