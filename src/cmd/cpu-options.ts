/** What guests may have of a host's CPUs and pages, and what else its operator says that it has: Nova's options. */
import { errorType, messageOf } from '../lib/errors/error-type.ts';
import { option, optionGroup } from '../lib/config/option.ts';
import { checked, list, multi } from '../lib/config/value-type.ts';
import { cpusIn } from '../objects/hardware/cpu-list.ts';
import type { CpuDivision } from '../objects/numa/host-topology.ts';

/** A CPU cannot be both for one guest and for all. */
const CpusDividedTwice = errorType(
  'CpusDividedTwice',
  'invalid',
  (p: { cpus: readonly number[] }) => `[compute] cpu_shared_set and cpu_dedicated_set both have the CPUs ${p.cpus.join(', ')}.`,
);

const cpuSet = checked('list of CPUs', (value) => {
  try {
    cpusIn('it', value);
    return undefined;
  } catch (error) {
    return `is not a list of CPUs (${messageOf(error)})`;
  }
});

const INVENTORY = /^\s*(CUSTOM_[A-Z0-9_]{1,200})\s*=\s*(\d{1,9})\s*$/;

const inventory = checked('inventory', (value) => (INVENTORY.test(value) ? undefined : 'is not of the form CUSTOM_NAME=amount'));

/** The CPUs of a host, and its custom inventories. */
export const compute = optionGroup('compute', {
  cpu_shared_set: option(cpuSet, { help: 'CPUs that guests share, such as 0-3,^1; unset: all, or none if there are dedicated ones.' }),
  cpu_dedicated_set: option(cpuSet, { help: 'CPUs of which a guest with dedicated CPUs gets some for itself; unset: none.' }),
  custom_inventories: option(list(inventory), {
    default: [],
    help: 'What this host has for extra specs resources:CUSTOM_NAME=n of flavors: CUSTOM_NAME=amount, ...',
  }),
});

const RESERVED = /^node:(\d{1,4}),size:(\d{1,9}),count:(\d{1,9})$/;

/** Pages that are not for guests. */
export const reservedHugePages = option(
  multi(checked('reservation', (value) => (RESERVED.test(value) ? undefined : 'is not of the form node:0,size:2048,count:64'))),
  { default: [], help: 'Pages of a node that guests do not get, node:0,size:2048,count:64, with the size in KiB.' },
);

interface Configured {
  readonly compute: { readonly cpu_shared_set: string | undefined; readonly cpu_dedicated_set: string | undefined };
  readonly DEFAULT: { readonly reserved_huge_pages: readonly string[] };
}

/** The division of a host's CPUs and pages. */
export function divisionOf({ compute: { cpu_shared_set: all, cpu_dedicated_set: own }, DEFAULT }: Configured): CpuDivision {
  const [shared, dedicated] = [setOf(all), setOf(own)];
  const cpus = dedicated?.filter((cpu) => shared?.includes(cpu)) ?? [];
  if (cpus.length > 0) throw CpusDividedTwice({ cpus });
  const reservedPages = DEFAULT.reserved_huge_pages.map((one) => {
    const [node = 0, sizeKib = 0, count = 0] = RESERVED.exec(one)?.slice(1).map(Number) ?? [];
    return { node, sizeKib, count };
  });
  return { shared, dedicated, reservedPages };
}

const setOf = (written: string | undefined) => (written === undefined ? undefined : cpusIn('it', written));

/** The custom inventories of a host, by class. */
export const customInventoriesOf = (written: readonly string[]): Record<string, number> =>
  Object.fromEntries(
    written.map((one) => {
      const [, name = '', amount] = INVENTORY.exec(one) ?? [];
      return [name, Number(amount)];
    }),
  );
