import { demandOf } from '../../objects/demand.ts';
import { freeOf, type ResourceClass, resourceClass } from '../../objects/resources.ts';
import { leastOf } from '../aggregate-metadata.ts';
import { type Filter, pass, reject } from './filter.ts';

interface Ratio {
  readonly filter: string;
  readonly of: ResourceClass;
  /** The metadata key of aggregates. */
  readonly key: string;
  readonly noun: string;
}

/** The host has enough free under the ratio that its aggregates set. Claims hold to the host's own, so an aggregate can only lower it. */
const underRatio = ({ filter, of, key, noun }: Ratio): Filter => ({
  name: filter,
  checkFor: (request) => {
    const wanted = demandOf(request)[of] ?? 0;
    return (host) => {
      const inventory = host.inventories[of];
      const ratio = leastOf(host, key);
      const free = freeOf(
        inventory && ratio !== undefined && ratio < inventory.allocationRatio ? { ...inventory, allocationRatio: ratio } : inventory,
      );
      return free >= wanted ? pass : reject(`${free} ${noun} free, ${wanted} wanted`);
    };
  },
});

/** Memory under the aggregates' `ram_allocation_ratio`. */
export const aggregateRamFilter = underRatio({
  filter: 'AggregateRamFilter',
  of: resourceClass.memoryMb,
  key: 'ram_allocation_ratio',
  noun: 'MB of memory',
});

/** Virtual CPUs under the aggregates' `cpu_allocation_ratio`. */
export const aggregateCoreFilter = underRatio({
  filter: 'AggregateCoreFilter',
  of: resourceClass.vcpu,
  key: 'cpu_allocation_ratio',
  noun: 'virtual CPUs',
});

/** Disk under the aggregates' `disk_allocation_ratio`. */
export const aggregateDiskFilter = underRatio({
  filter: 'AggregateDiskFilter',
  of: resourceClass.diskGb,
  key: 'disk_allocation_ratio',
  noun: 'GB of disk',
});
