/** What a host can do, as traits in the names of Placement: from its hypervisor's abilities, its CPU and its service. */
import type { HostRow } from '../db/stores/hosts/host-changes.ts';

/** A trait of every compute host. */
const COMPUTE_NODE = 'COMPUTE_NODE';

/** Formats of disk images that every host boots. */
const IMAGE_TYPES = ['RAW', 'QCOW2', 'AMI'].map((type) => `COMPUTE_IMAGE_TYPE_${type}`);

/** The traits of a host. Placement has no names for the abilities of a hypervisor, so they are custom. */
export function traitsOf({ capabilities, cpuInfo }: Pick<HostRow, 'capabilities' | 'cpuInfo'>): ReadonlySet<string> {
  const features: readonly unknown[] = Array.isArray(cpuInfo['features']) ? cpuInfo['features'] : [];
  return new Set([
    COMPUTE_NODE,
    ...IMAGE_TYPES,
    ...capabilities.map((ability) => `CUSTOM_COMPUTE_${upper(ability)}`),
    ...features.flatMap((feature) => (typeof feature === 'string' && feature !== '' ? [`HW_CPU_X86_${upper(feature)}`] : [])),
  ]);
}

/** `crashDump` and `avx512-vbmi` as parts of traits: `CRASH_DUMP`, `AVX512_VBMI`. */
const upper = (name: string): string =>
  name
    .replace(/([a-z])([A-Z])/g, '$1_$2')
    .replace(/[^A-Za-z0-9]+/g, '_')
    .toUpperCase();
