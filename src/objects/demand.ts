/** What a server takes of its host, by resource class. */
import type { Flavor } from './flavor.ts';
import type { Placeable } from './pci/place-guest.ts';
import { numaIn, type Sized } from './numa/wanted-topology.ts';
import { countedByClass, type PlacedDevice } from './pci/host-device.ts';
import { resourceClass } from './resources.ts';

/** Amounts by class; a class that is missing or 0 is not taken. */
export type Demand = Readonly<Record<string, number>>;

/** Whose size decides: `image` counts only where it asks for dedicated CPUs. */
export interface Sizing extends Placeable {
  readonly flavor: Flavor;
  /** Whether its root disk is a volume, which takes nothing of the host's disk. */
  readonly isVolumeBacked?: boolean | undefined;
}

/**
 * Keys of extra specs and image properties that change what a server takes, as a regular expression for JavaScript and PostgreSQL. A
 * server without them takes what its flavor's sizes say.
 */
export const TAILORING_KEYS = '^resources([a-zA-Z0-9_-]{1,64})?:|cpu_policy|numa_nodes|mem_page_size|pci_passthrough';

const tailoring = new RegExp(TAILORING_KEYS);

/** Whether more than the sizes of the flavor decides. */
export const isTailored = ({ flavor, image }: Sized): boolean =>
  [flavor.extraSpecs, image?.properties ?? {}].some((record) => Object.keys(record).some((key) => tailoring.test(key)));

/** What a server of this flavor and image takes. Dedicated CPUs are a class of their own; `resources:` of the flavor overrides all. */
export function demandOf(sizing: Sizing): Demand {
  const { flavor, isVolumeBacked = false } = sizing;
  const bySize = {
    [resourceClass.vcpu]: flavor.vcpus,
    [resourceClass.memoryMb]: flavor.ramMb,
    [resourceClass.diskGb]: (isVolumeBacked ? 0 : flavor.rootGb) + flavor.ephemeralGb + Math.ceil(flavor.swapMb / 1024),
  };
  if (!isTailored(sizing)) return bySize;
  const { dedicated, emulatorThreads } = numaIn(sizing);
  return {
    ...bySize,
    [resourceClass.vcpu]: flavor.vcpus - dedicated.length,
    [resourceClass.pcpu]: dedicated.length + (emulatorThreads === 'isolate' ? 1 : 0),
    ...overridesIn(flavor.extraSpecs),
  };
}

const OVERRIDE = /^resources[a-zA-Z0-9_-]{0,64}:([A-Z0-9_]+)$/;

/** Amounts that a flavor names itself; those of several groups are added up, since a host is one provider. */
function overridesIn(extraSpecs: Flavor['extraSpecs']): Demand {
  const amounts: Record<string, number> = {};
  for (const [key, value] of Object.entries(extraSpecs)) {
    const name = OVERRIDE.exec(key)?.[1];
    if (name !== undefined && /^\d{1,9}$/.test(value)) amounts[name] = (amounts[name] ?? 0) + Number(value);
  }
  return amounts;
}

/** A demand with the devices that were chosen for it: which classes these count as, the host decides. */
export const withDevices = (demand: Demand, devices: readonly PlacedDevice[] | null): Demand => {
  const counts = countedByClass(devices ?? []);
  return { ...demand, ...Object.fromEntries(Object.entries(counts).map(([name, count]) => [name, count + (demand[name] ?? 0)])) };
};

/** The classes that are taken, with their amounts. */
export const takenIn = (demand: Demand): readonly (readonly [string, number])[] =>
  Object.entries(demand).filter(([, amount]) => amount > 0);
