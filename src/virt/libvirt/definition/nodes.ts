/** The nodes, CPUs and pages of the host that a guest has. */
import type { GuestSpec } from '../../../objects/guest-spec.ts';
import type { GuestHardware } from '../../../objects/hardware/hardware.ts';
import type { CpuTopology } from '../../../objects/hardware/topology.ts';
import type { GuestPlacement } from '../../../objects/numa/guest-placement.ts';
import { element, type XmlElement } from '../xml.ts';
import type { CpuChoice } from './domain-parts.ts';

/** CPUs or nodes as libvirt writes them. */
const listed = (numbers: readonly number[]): string => numbers.join(',');

/** The element `vcpu`: a guest without CPUs of its own runs on those that the operator has not set aside. */
export const vcpus = ({ flavor, numa }: GuestSpec, { shared }: CpuChoice): XmlElement =>
  element('vcpu', shared && !numa ? { cpuset: listed(shared) } : {}, String(flavor.vcpus));

/** Where each CPU of the guest runs, and QEMU itself. */
export const pins = ({ nodes, emulatorOn }: GuestPlacement, realtime: readonly number[]): XmlElement[] => [
  ...nodes
    .flatMap((node) => node.cpus.map((cpu) => ({ cpu, on: node.pins.find((pin) => pin.cpu === cpu)?.on, floatsOn: node.floatsOn })))
    .toSorted((a, b) => a.cpu - b.cpu)
    .map(({ cpu, on, floatsOn }) => element('vcpupin', { vcpu: cpu, cpuset: on === undefined ? listed(floatsOn) : String(on) })),
  ...(emulatorOn && emulatorOn.length > 0 ? [element('emulatorpin', { cpuset: listed(emulatorOn) })] : []),
  ...(realtime.length > 0 ? [element('vcpusched', { vcpus: listed(realtime), scheduler: 'fifo', priority: 1 })] : []),
];

const strict = (on: readonly number[]) => ({ mode: 'strict', nodeset: listed(on) });

/** The element `numatune`: the memory of each node is on its node of the host. */
export const memoryTuning = ({ nodes }: GuestPlacement): XmlElement => {
  return element(
    'numatune',
    {},
    element('memory', strict([...new Set(nodes.map(({ hostNode }) => hostNode))].toSorted((a, b) => a - b))),
    nodes.map(({ hostNode }, cellid) => element('memnode', { cellid, ...strict([hostNode]) })),
  );
};

/** The element `numa` in `cpu`: what the guest sees. */
export const guestNodes = ({ nodes }: GuestPlacement): XmlElement =>
  element(
    'numa',
    {},
    nodes.map(({ cpus, memoryMb }, id) => element('cell', { id, cpus: listed(cpus), memory: memoryMb, unit: 'MiB' })),
  );

/** The pages of usual memory. */
const SMALL_KIB = 4;

/** The element `memoryBacking`; memory with deadlines, or that must not be swapped, stays where it is. */
export const memoryBacking = ({ numa }: Pick<GuestSpec, 'numa'>, hardware: GuestHardware): XmlElement | undefined => {
  const isRealtime = hardware.numa.realtime.length > 0;
  const size = numa?.pageKib ?? SMALL_KIB;
  const inside = [
    ...(numa && size > SMALL_KIB
      ? [element('hugepages', {}, element('page', { size, unit: 'KiB', nodeset: listed(numa.nodes.map((_, id) => id)) }))]
      : []),
    ...(isRealtime ? [element('nosharepages')] : []),
    ...(isRealtime || hardware.numa.isMemoryLocked ? [element('locked')] : []),
  ];
  return inside.length > 0 ? element('memoryBacking', {}, inside) : undefined;
};

/** A guest whose CPUs are on whole cores sees that they are. */
export const threadsOf = ({ flavor, numa }: GuestSpec): CpuTopology | undefined => {
  const [threads = 1, ...others] = new Set(numa?.nodes.map((node) => node.threads));
  return threads > 1 && others.length === 0 ? { sockets: 1, cores: flavor.vcpus / threads, threads } : undefined;
};
