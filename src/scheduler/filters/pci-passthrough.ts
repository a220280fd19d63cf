import { placeGuest } from '../../objects/pci/place-guest.ts';
import { type Filter, pass, reject } from './filter.ts';
import { offerOf } from './numa-topology.ts';

/** The host has the PCI devices that the flavor asks for, near to the nodes that the guest would get. The claim decides again, by the same function. */
export const pciPassthroughFilter: Filter = {
  name: 'PciPassthroughFilter',
  checkFor: (request) => {
    if (!request.flavor.devices?.length) return undefined;
    return (host) => {
      const held = new Set(host.heldDevices.flatMap(({ addresses }) => addresses));
      const place = placeGuest(request, { ...offerOf(host), devices: host.devices, held });
      return 'because' in place ? reject(place.because) : pass;
    };
  },
};
