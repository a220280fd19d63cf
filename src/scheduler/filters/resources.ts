import { demandOf, type Demand } from '../../objects/demand.ts';
import { freeOf, resourceClass } from '../../objects/resources.ts';
import type { HostState } from '../host-state.ts';
import type { ResolvedRequest } from '../request.ts';
import { askForLess, type Filter, giveUp, pass, reject } from './filter.ts';

/** Filters of their own look after these. */
const others: ReadonlySet<string> = new Set([resourceClass.vcpu, resourceClass.memoryMb, resourceClass.diskGb]);

const wantedBy = (request: ResolvedRequest): readonly (readonly [string, number])[] => {
  const demand: Demand = demandOf(request);
  return Object.entries(demand).filter(([name, amount]) => amount > 0 && !others.has(name));
};

/** How many groups of amounts must have a provider each; a host is one. */
const isolatedGroups = ({ flavor: { extraSpecs } }: ResolvedRequest): number =>
  extraSpecs['group_policy'] === 'isolate'
    ? new Set(Object.keys(extraSpecs).flatMap((key) => /^resources([a-zA-Z0-9_-]{1,64}):/.exec(key)?.[1] ?? [])).size
    : 0;

const shortOn = ({ inventories }: HostState, [name, amount]: readonly [string, number]): boolean => freeOf(inventories[name]) < amount;

/** The host has enough free of every other class: dedicated CPUs, and what flavors name as `resources:CUSTOM_...`. */
export const resourcesFilter: Filter = {
  name: 'ResourcesFilter',
  checkFor: (request) => {
    const groups = isolatedGroups(request);
    if (groups > 1) return () => reject(`one provider, ${groups} wanted by group_policy=isolate`);
    const wanted = wantedBy(request);
    if (wanted.length === 0) return undefined;
    return (host) => {
      const missing = wanted.find((one) => shortOn(host, one));
      return missing ? reject(`${freeOf(host.inventories[missing[0]])} ${missing[0]} free, ${missing[1]} wanted`) : pass;
    };
  },
  remedy: (host, request) => {
    if (isolatedGroups(request) > 1) return giveUp('without group_policy=isolate')();
    const missing = wantedBy(request).find((one) => shortOn(host, one));
    return missing && askForLess({ wanted: missing[1], free: freeOf(host.inventories[missing[0]]), noun: missing[0] });
  },
};
