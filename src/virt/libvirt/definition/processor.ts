/** What a guest sees of its processor, and what it may use of the host's. */
import type { GuestHardware } from '../../../objects/hardware/hardware.ts';
import { element, type XmlElement } from '../xml.ts';
import type { CpuChoice, DomainParts, VirtType } from './domain-parts.ts';
import { guestNodes, pins, threadsOf } from './nodes.ts';

/** The element `cpu`. */
export const processor = (
  { virtType, cpu, guest }: Pick<DomainParts, 'virtType' | 'cpu' | 'guest'>,
  { topology: asked, addressBits }: GuestHardware,
): XmlElement | undefined => {
  const topology = asked ?? threadsOf(guest);
  const inside = [
    ...modelOf(cpu),
    ...(topology ? [element('topology', { sockets: topology.sockets, dies: 1, cores: topology.cores, threads: topology.threads })] : []),
    ...(addressBits
      ? [element('maxphysaddr', { mode: addressBits.mode, ...(addressBits.bits !== undefined && { bits: addressBits.bits }) })]
      : []),
    ...cpu.extraFlags.map(featureOf),
    ...(guest.numa ? [guestNodes(guest.numa)] : []),
  ];
  const attributes = attributesOf(cpu, virtType);
  return Object.keys(attributes).length === 0 && inside.length === 0 ? undefined : element('cpu', attributes, inside);
};

const modelOf = ({ mode, model }: CpuChoice): XmlElement[] =>
  mode === 'custom' && model !== undefined ? [element('model', { fallback: 'forbid' }, model)] : [];

/** The host's own processor cannot be emulated, so QEMU then picks its best emulated one. */
const attributesOf = ({ mode }: CpuChoice, virtType: VirtType): Record<string, string> => {
  if (mode === 'none') return {};
  if (mode === 'custom') return { mode, match: 'exact', check: 'partial' };
  if (mode === 'maximum' || virtType === 'qemu') return { mode: 'maximum', check: 'none' };
  return mode === 'host-passthrough' ? { mode, check: 'none', migratable: 'on' } : { mode: 'host-model', check: 'partial' };
};

const featureOf = (flag: string): XmlElement =>
  element('feature', { policy: flag.startsWith('-') ? 'disable' : 'require', name: flag.replace(/^[+-]/, '').toLowerCase() });

/** QEMU's default translation cache is 1 GB of address space, of which each guest soon fills 100 MB. */
const translationCache = element('tcg', {}, element('tb-cache', { unit: 'MiB' }, '32'));

/** The element `features`. Hints for Windows need KVM: they stand for what an emulated processor has not. */
export const features = (virtType: VirtType, { isWindows, hidesHypervisor, pmu }: GuestHardware): XmlElement => {
  const on = { state: 'on' };
  const isKvm = virtType === 'kvm';
  return element(
    'features',
    {},
    element('acpi'),
    element('apic'),
    isWindows && isKvm
      ? element(
          'hyperv',
          {},
          element('relaxed', on),
          element('vapic', on),
          element('spinlocks', { ...on, retries: 8191 }),
          ...(hidesHypervisor ? [element('vendor_id', { ...on, value: '1234567890ab' })] : []),
        )
      : undefined,
    hidesHypervisor && isKvm ? element('kvm', {}, element('hidden', on)) : undefined,
    pmu === undefined || !isKvm ? undefined : element('pmu', { state: pmu ? 'on' : 'off' }),
    isKvm ? undefined : translationCache,
  );
};

/** The element `cputune`, where the flavor limits CPU time or the guest has CPUs of the host. */
export const cpuTuning = ({ limits, numa }: GuestHardware, placement: DomainParts['guest']['numa']): XmlElement | undefined => {
  const { shares, period, quota } = limits.cpu;
  const limited = Object.entries({ shares, period, quota }).flatMap(([name, value]) =>
    value === undefined ? [] : [element(name, {}, String(value))],
  );
  const tuned = [...limited, ...(placement ? pins(placement, numa.realtime) : [])];
  return tuned.length > 0 ? element('cputune', {}, tuned) : undefined;
};
