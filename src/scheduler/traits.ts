/** What a host can do, as traits in the names of Placement: from its hypervisor's abilities, its CPU and its service. */
import type { HostRow } from '../db/stores/hosts/host-changes.ts';
import { traitName } from '../objects/trait-name.ts';

/** A trait of every compute host. */
const COMPUTE_NODE = 'COMPUTE_NODE';

/** Formats of disk images that every host boots. */
const IMAGE_TYPES = ['RAW', 'QCOW2', 'AMI'].map((type) => `COMPUTE_IMAGE_TYPE_${type}`);

/** A trait that the driver names itself. */
const TRAIT = /^(COMPUTE|HW|CUSTOM)_[A-Z0-9_]+$/;

/** The traits of a host. Placement has no names for the abilities of a hypervisor, so they are custom. */
export function traitsOf({ capabilities, cpuInfo }: Pick<HostRow, 'capabilities' | 'cpuInfo'>): ReadonlySet<string> {
  const features: readonly unknown[] = Array.isArray(cpuInfo['features']) ? cpuInfo['features'] : [];
  return new Set([
    COMPUTE_NODE,
    ...IMAGE_TYPES,
    ...capabilities.map((ability) => (TRAIT.test(ability) ? ability : `CUSTOM_COMPUTE_${traitName(ability)}`)),
    ...features.flatMap((feature) => (typeof feature === 'string' && feature !== '' ? [`HW_CPU_X86_${traitName(feature)}`] : [])),
  ]);
}
