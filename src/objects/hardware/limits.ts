/** What a flavor limits its guests to: the extra specs `quota:...`. */
import type { Asked } from './asked.ts';
import { HardwareInvalid } from './errors.ts';

const diskLimits = ['read_bytes_sec', 'read_iops_sec', 'write_bytes_sec', 'write_iops_sec', 'total_bytes_sec', 'total_iops_sec'] as const;
const cpuLimits = ['shares', 'period', 'quota'] as const;
const rates = ['average', 'peak', 'burst'] as const;

/** Limits by libvirt's names; what is not limited is absent. */
export type DiskLimits = Readonly<Partial<Record<(typeof diskLimits)[number], number>>>;
export type CpuLimits = Readonly<Partial<Record<(typeof cpuLimits)[number], number>>>;
/** In kilobytes per second; the burst in kilobytes. */
export type Rate = Readonly<Partial<Record<(typeof rates)[number], number>>>;

/** What a guest may use of its host. */
export interface GuestLimits {
  readonly cpu: CpuLimits;
  readonly disk: DiskLimits;
  readonly inbound: Rate;
  readonly outbound: Rate;
}

/** The ranges of the kernel's scheduler: shares are a weight, period and quota are microseconds. */
const CPU_RANGES = { shares: [2, 262_144], period: [1_000, 1_000_000], quota: [1_000, 17_592_186_044_415] } as const;

/** Reads the limits of a flavor. */
export function limitsOf(asked: Asked): GuestLimits {
  const cpu = read(asked, 'quota:cpu_', cpuLimits);
  for (const name of cpuLimits) {
    const [least, most] = CPU_RANGES[name];
    const value = cpu[name];
    if (value !== undefined && (value < least || value > most))
      throw HardwareInvalid({ because: `quota:cpu_${name} cannot be ${value}: it must be from ${least} to ${most}.` });
  }
  const disk = read(asked, 'quota:disk_', diskLimits);
  for (const unit of ['bytes_sec', 'iops_sec'] as const)
    if (disk[`total_${unit}`] && (disk[`read_${unit}`] || disk[`write_${unit}`]))
      throw HardwareInvalid({
        because: `quota:disk_total_${unit} cannot be combined with quota:disk_read_${unit} or quota:disk_write_${unit}.`,
      });
  return { cpu, disk, inbound: rateOf(asked, 'inbound'), outbound: rateOf(asked, 'outbound') };
}

function rateOf(asked: Asked, direction: 'inbound' | 'outbound'): Rate {
  const rate = read(asked, `quota:vif_${direction}_`, rates);
  if (rate.average === undefined && Object.keys(rate).length > 0)
    throw HardwareInvalid({ because: `quota:vif_${direction}_peak and quota:vif_${direction}_burst need quota:vif_${direction}_average.` });
  return rate;
}

/** Zero is no limit. */
const read = <Name extends string>(asked: Asked, prefix: string, names: readonly Name[]): Partial<Record<Name, number>> => {
  const found: Partial<Record<Name, number>> = {};
  for (const name of names) {
    const value = asked.count(`${prefix}${name}`);
    if (value) found[name] = value;
  }
  return found;
};
