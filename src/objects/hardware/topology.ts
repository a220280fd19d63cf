/** Divides the CPUs of a guest into sockets, cores and threads. */
import type { Asked } from './asked.ts';
import { HardwareInvalid } from './errors.ts';

/** The CPUs of a guest as it sees them. */
export interface CpuTopology {
  readonly sockets: number;
  readonly cores: number;
  readonly threads: number;
}

const parts = ['sockets', 'cores', 'threads'] as const;
type Part = (typeof parts)[number];
type Some = Readonly<Partial<Record<Part, number>>>;

/** A part that nobody limits. */
const UNLIMITED = 65_536;

/**
 * The topology that flavor and image ask for; undefined where neither does. The wishes of the flavor count before those of the image, and
 * the image cannot exceed the limits of the flavor. Of what is left, more sockets are preferred, then more cores.
 */
export function topologyOf(asked: Asked): CpuTopology | undefined {
  const wishes = [read((part) => asked.count(`hw:cpu_${part}`, 1)), read((part) => asked.imageCount(`hw_cpu_${part}`, 1))] as const;
  const limits = [read((part) => asked.count(`hw:cpu_max_${part}`, 1)), read((part) => asked.imageCount(`hw_cpu_max_${part}`, 1))] as const;
  if ([...wishes, ...limits].every((some) => Object.keys(some).length === 0)) return undefined;
  const [ofFlavor, ofImage] = limits;
  if (parts.some((part) => (ofImage[part] ?? 0) > (ofFlavor[part] ?? UNLIMITED)))
    throw HardwareInvalid({
      because: `Image vCPU topology limits (${told(ofImage)}) exceeds the limits of the flavor (${told(ofFlavor)})`,
    });
  const most: Some = { ...ofFlavor, ...ofImage };
  const [byFlavor, byImage] = wishes;
  const wanted = Object.keys(byFlavor).length > 0 ? byFlavor : byImage;
  const beyond = (some: Some) => parts.some((part) => (some[part] ?? 0) > (most[part] ?? UNLIMITED));
  if (beyond(byFlavor) || beyond(byImage))
    throw HardwareInvalid({
      because: `Image vCPU topology (${told(beyond(byFlavor) ? byFlavor : byImage)}) exceeds the limits of the flavor or image (${told(most)})`,
    });
  const best = (asked.vcpus > UNLIMITED ? [] : possible(asked.vcpus, most)).toSorted((a, b) => matches(b, wanted) - matches(a, wanted))[0];
  if (best) return best;
  throw HardwareInvalid({
    because: `Requested vCPU limits ${parts.map((part) => most[part] ?? UNLIMITED).join(':')} are impossible to satisfy for vcpus count ${asked.vcpus}`,
  });
}

const read = (of: (part: Part) => number | undefined): Some =>
  Object.fromEntries(
    parts.flatMap((part) => {
      const value = of(part);
      return value === undefined ? [] : [[part, value]];
    }),
  );

/** All divisions within the limits: most sockets first, then most cores. */
function possible(vcpus: number, most: Some): readonly CpuTopology[] {
  const found: CpuTopology[] = [];
  for (const sockets of divisorsOf(vcpus))
    for (const cores of divisorsOf(vcpus / sockets)) {
      const topology = { sockets, cores, threads: vcpus / sockets / cores };
      if (parts.every((part) => topology[part] <= (most[part] ?? UNLIMITED))) found.push(topology);
    }
  return found;
}

/** The largest first. */
function divisorsOf(number: number): readonly number[] {
  const small = Array.from({ length: Math.floor(Math.sqrt(number)) }, (_, index) => index + 1).filter((divisor) => number % divisor === 0);
  return [...new Set([...small, ...small.map((divisor) => number / divisor)])].toSorted((a, b) => b - a);
}

const matches = (topology: CpuTopology, wanted: Some): number =>
  parts.filter((part) => wanted[part] !== undefined && topology[part] === wanted[part]).length;

const told = (some: Some): string => parts.map((part) => `${part}=${some[part] ?? 'any'}`).join(', ');
