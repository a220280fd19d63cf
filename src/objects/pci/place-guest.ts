/** Gives a guest its nodes, CPUs, pages and PCI devices on a host together: the one decision of scheduler and claim. */
import { fit, type HostOffer } from '../numa/fit.ts';
import type { GuestPlacement } from '../numa/guest-placement.ts';
import { beside, type HostTopology } from '../numa/host-topology.ts';
import { type Sized, wantedTopology } from '../numa/wanted-topology.ts';
import type { DeviceRequest } from './device-request.ts';
import type { PlacedDevice } from './host-device.ts';
import { type DeviceOffer, freeIn, pickDevices } from './pick-devices.ts';

/** A flavor and an image, with the devices that they ask for. */
export interface Placeable extends Sized {
  readonly flavor: Sized['flavor'] & { readonly devices?: readonly DeviceRequest[] | undefined };
}

export type Place = { readonly numa: GuestPlacement | null; readonly devices: readonly PlacedDevice[] } | { readonly because: string };

/** Sets of nodes that are tried for one guest. */
const MAX_TRIED = 200;

/** The place of a guest, or why it has none, in numbers. */
export function placeGuest(guest: Placeable, offer: HostOffer & DeviceOffer): Place {
  const wanted = wantedTopology(guest);
  const requests = guest.flavor.devices ?? [];
  if (!wanted) {
    const picked = pickDevices(requests, offer);
    return 'because' in picked ? picked : { numa: null, devices: picked.devices };
  }
  if (requests.length === 0) {
    const fitted = fit(wanted, offer);
    return 'because' in fitted ? fitted : { numa: fitted.placement, devices: [] };
  }
  let because = 'it has reported no topology';
  for (const topology of nearDevices(offer, wanted.nodes.length)) {
    const fitted = fit(wanted, { ...offer, topology });
    if ('because' in fitted) {
      because = fitted.because;
      continue;
    }
    const nodes = fitted.placement.nodes.map(({ hostNode }) => hostNode);
    const picked = pickDevices(requests, offer, { nodes, beside: beside(offer.topology ?? [], nodes) });
    if (!('because' in picked)) return { numa: fitted.placement, devices: picked.devices };
    ({ because } = picked);
  }
  return { because };
}

/** The sets of so many nodes, those with the most free devices first. */
function nearDevices({ topology = [], ...offer }: HostOffer & DeviceOffer, count: number): readonly HostTopology[] {
  const free = freeIn(offer);
  const devicesAt = (nodes: HostTopology): number => free.filter(({ node }) => nodes.some(({ id }) => id === node)).length;
  const sets = setsOf(topology, count).slice(0, MAX_TRIED);
  // With fewer nodes than it wants, fit says so.
  return sets.length === 0 ? [topology] : sets.toSorted((a, b) => devicesAt(b) - devicesAt(a));
}

function setsOf<T>(all: readonly T[], count: number): T[][] {
  if (count === 0) return [[]];
  return all.flatMap((one, index) => setsOf(all.slice(index + 1), count - 1).map((rest) => [one, ...rest]));
}
