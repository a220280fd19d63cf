/** What a guest asks of the nodes, CPUs and pages of its host's memory: NUMA, pinning, huge pages. */
import type { Asked } from './asked.ts';
import { cpusIn } from './cpu-list.ts';
import { FlavorImageConflict, HardwareInvalid } from './errors.ts';
import { type CpuPinning, pinningOf } from './pinning.ts';

/** A node of the guest: its CPUs and its memory. */
export interface GuestNode {
  readonly cpus: readonly number[];
  readonly memoryMb: number;
}

/** The size of the pages below a guest's memory, in KiB, or which of the sizes of the host. */
export type PageSize = 'small' | 'large' | 'any' | number;

/** What is asked; a guest that asks for none of it has no nodes, no page size and shares its CPUs. */
export interface NumaDemand extends CpuPinning {
  readonly nodes: readonly GuestNode[];
  readonly pageSize: PageSize | undefined;
  readonly isMemoryLocked: boolean;
}

/** Reads what flavor and image ask for; refuses what contradicts itself. */
export function numaOf(asked: Asked): NumaDemand {
  const pageSize = pageSizeOf(asked);
  const isMemoryLocked = asked.agreedFlag('hw:locked_memory', 'hw_locked_memory') ?? false;
  if (isMemoryLocked && pageSize === undefined)
    throw HardwareInvalid({ because: 'Locked memory (hw:locked_memory) needs hw:mem_page_size.' });
  return { nodes: nodesOf(asked), ...pinningOf(asked), pageSize, isMemoryLocked };
}

const KIB_IN_UNIT: Readonly<Record<string, number>> = { '': 1, k: 1, m: 1024, g: 1024 ** 2, t: 1024 ** 3 };

function pageSizeOf(asked: Asked): PageSize | undefined {
  const [flavor, image] = [parsed(asked.spec('hw:mem_page_size')), parsed(asked.freeProperty('hw_mem_page_size'))];
  if (image === undefined) return flavor;
  const mayChoose = flavor === 'any' || (flavor === 'large' && image !== 'small' && image !== 'any');
  if (!mayChoose) throw HardwareInvalid({ because: `Page size ${image} forbidden against '${flavor ?? 'the flavor, which names none'}'` });
  return image;
}

function parsed(text: string | undefined): PageSize | undefined {
  if (text === undefined || text === 'small' || text === 'large' || text === 'any') return text;
  const [, digits = '', unit = ''] = /^(\d+)([kmgt]?)i?b?$/i.exec(text.trim()) ?? [];
  const kib = Number(digits) * (KIB_IN_UNIT[unit.toLowerCase()] ?? 0);
  if (kib === 0) throw HardwareInvalid({ because: `Invalid memory page size '${text}'` });
  return kib;
}

/** The most nodes that a guest is divided into. */
const MAX_NODES = 64;

function nodesOf(asked: Asked): readonly GuestNode[] {
  const [flavor, image] = [asked.count('hw:numa_nodes', 1), asked.imageCount('hw_numa_nodes', 1)];
  if (flavor !== undefined && image !== undefined)
    throw HardwareInvalid({
      because: "Image property 'hw_numa_nodes' is not permitted to override NUMA configuration set against the flavor",
    });
  const count = flavor ?? image;
  if (count === undefined) return [];
  if (count > MAX_NODES) throw HardwareInvalid({ because: `A guest has at most ${MAX_NODES} NUMA nodes.` });
  const cpus = Array.from({ length: count }, (_, node) => placed(asked, `hw:numa_cpus.${node}`, `hw_numa_cpus.${node}`));
  const memory = Array.from({ length: count }, (_, node) => placed(asked, `hw:numa_mem.${node}`, `hw_numa_mem.${node}`));
  return [...cpus, ...memory].every((one) => one === undefined) ? evenly(asked, count) : explicit(asked, { cpus, memory });
}

/** A share of one node, by the flavor or by the image. */
function placed(asked: Asked, spec: string, property: string): string | undefined {
  const [flavor, image] = [asked.spec(spec), asked.freeProperty(property)];
  if (flavor !== undefined && image !== undefined) throw FlavorImageConflict({ what: property, flavor, image });
  return flavor ?? image;
}

function evenly({ vcpus, ramMb }: Asked, count: number): readonly GuestNode[] {
  if (vcpus % count !== 0 || ramMb % count !== 0)
    throw HardwareInvalid({
      because:
        'Instance CPUs and/or memory cannot be evenly distributed across instance NUMA nodes. Explicit assignment of CPUs and memory to nodes is required',
    });
  const each = vcpus / count;
  return Array.from({ length: count }, (_, node) => ({
    cpus: Array.from({ length: each }, (_unused, index) => node * each + index),
    memoryMb: ramMb / count,
  }));
}

interface Explicit {
  readonly cpus: readonly (string | undefined)[];
  readonly memory: readonly (string | undefined)[];
}

function explicit({ vcpus, ramMb }: Asked, { cpus, memory }: Explicit): readonly GuestNode[] {
  const nodes = cpus.map((list, node) => {
    const mb = memory[node];
    if (list === undefined || mb === undefined)
      throw HardwareInvalid({ because: 'CPU and memory allocation must be provided for all NUMA nodes' });
    return { cpus: cpusIn(`hw:numa_cpus.${node}`, list), memoryMb: Number(mb) };
  });
  const seen = new Set<number>();
  for (const cpu of nodes.flatMap((node) => node.cpus)) {
    if (cpu >= vcpus) throw HardwareInvalid({ because: `CPU number ${cpu} is larger than max ${vcpus - 1}` });
    if (seen.has(cpu)) throw HardwareInvalid({ because: `CPU number ${cpu} is assigned to two nodes` });
    seen.add(cpu);
  }
  if (seen.size < vcpus) {
    const missing = Array.from({ length: vcpus }, (_, cpu) => cpu).filter((cpu) => !seen.has(cpu));
    throw HardwareInvalid({ because: `CPU number ${missing.join(', ')} is not assigned to any node` });
  }
  const sum = nodes.reduce((total, { memoryMb }) => total + memoryMb, 0);
  if (sum !== ramMb) throw HardwareInvalid({ because: `${sum} MB of memory assigned, but expected ${ramMb} MB` });
  return nodes;
}
