import { fit, type HostOffer } from '../../objects/numa/fit.ts';
import { smallestRelaxation } from '../../objects/numa/relaxed.ts';
import { wantedTopology } from '../../objects/numa/wanted-topology.ts';
import { resourceClass } from '../../objects/resources.ts';
import type { HostState } from '../host-state.ts';
import { type Filter, pass, reject } from './filter.ts';

/** A host as it is offered to a guest. */
export const offerOf = ({ topology, placedGuests, inventories }: HostState): HostOffer => ({
  topology: topology ?? undefined,
  guests: placedGuests.map(({ numa }) => numa),
  ratios: {
    cpu: inventories[resourceClass.vcpu]?.allocationRatio ?? 1,
    ram: inventories[resourceClass.memoryMb]?.allocationRatio ?? 1,
  },
});

/** The host has the nodes, dedicated CPUs and pages that flavor and image ask for. The claim decides again, by the same function. */
export const numaTopologyFilter: Filter = {
  name: 'NUMATopologyFilter',
  checkFor: (request) => {
    const wanted = wantedTopology(request);
    if (!wanted) return undefined;
    return (host) => {
      const outcome = fit(wanted, offerOf(host));
      return 'placement' in outcome ? pass : reject(outcome.because);
    };
  },
  remedy: (host, request) => {
    const wanted = wantedTopology(request);
    return wanted && smallestRelaxation(wanted, offerOf(host));
  },
};
