import { demandOf } from '../../objects/demand.ts';
import { resourceClass } from '../../objects/resources.ts';
import type { ResolvedRequest } from '../request.ts';
import { askForLess, type Filter, pass, reject } from './filter.ts';

const wantedBy = (request: ResolvedRequest): number => demandOf(request)[resourceClass.vcpu] ?? 0;

/** The host has enough free virtual CPUs, and at least as many physical CPUs as the server wants. */
export const coreFilter: Filter = {
  name: 'CoreFilter',
  checkFor: (request) => {
    const wanted = wantedBy(request);
    if (wanted === 0) return undefined;
    return (host) => {
      if (wanted > host.vcpus) return reject(`${host.vcpus} CPUs in all, ${wanted} wanted by one server`);
      return host.freeVcpus >= wanted ? pass : reject(`${host.freeVcpus} virtual CPUs free, ${wanted} wanted`);
    };
  },
  remedy: ({ vcpus, freeVcpus }, request) =>
    askForLess({ wanted: wantedBy(request), free: Math.min(vcpus, freeVcpus), noun: 'virtual CPUs' }),
};
