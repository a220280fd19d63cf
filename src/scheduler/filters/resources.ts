import { demandOf, type Demand } from '../../objects/demand.ts';
import { freeOf, resourceClass } from '../../objects/resources.ts';
import type { HostState } from '../host-state.ts';
import type { ResolvedRequest } from '../request.ts';
import { askForLess, type Filter, pass, reject } from './filter.ts';

/** Filters of their own look after these. */
const others: ReadonlySet<string> = new Set([resourceClass.vcpu, resourceClass.memoryMb, resourceClass.diskGb]);

const wantedBy = (request: ResolvedRequest): readonly (readonly [string, number])[] => {
  const demand: Demand = demandOf(request);
  return Object.entries(demand).filter(([name, amount]) => amount > 0 && !others.has(name));
};

const shortOn = ({ inventories }: HostState, [name, amount]: readonly [string, number]): boolean => freeOf(inventories[name]) < amount;

/** The host has enough free of every other class: dedicated CPUs, and what flavors name as `resources:CUSTOM_...`. */
export const resourcesFilter: Filter = {
  name: 'ResourcesFilter',
  checkFor: (request) => {
    const wanted = wantedBy(request);
    if (wanted.length === 0) return undefined;
    return (host) => {
      const missing = wanted.find((one) => shortOn(host, one));
      return missing ? reject(`${freeOf(host.inventories[missing[0]])} ${missing[0]} free, ${missing[1]} wanted`) : pass;
    };
  },
  remedy: (host, request) => {
    const missing = wantedBy(request).find((one) => shortOn(host, one));
    return missing && askForLess({ wanted: missing[1], free: freeOf(host.inventories[missing[0]]), noun: missing[0] });
  },
};
