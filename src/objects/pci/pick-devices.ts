/** Chooses the devices of a host that a guest gets, or says in numbers why there are none. */
import { matched } from '../numa/matched.ts';
import { type DeviceRequest, isWanted } from './device-request.ts';
import type { HostDevice, PlacedDevice } from './host-device.ts';

/** The devices of a host, and the addresses of those that guests have. */
export interface DeviceOffer {
  readonly devices: readonly HostDevice[];
  readonly held: ReadonlySet<string>;
}

export type Picked = { readonly devices: readonly PlacedDevice[] } | { readonly because: string };

/** Where a guest that has nodes is: on these of the host, and beside those on the same processors. */
interface Nearby {
  readonly nodes: readonly number[];
  readonly beside: readonly number[];
}

/** All that is asked for, or nothing. */
export function pickDevices(requests: readonly DeviceRequest[], offer: DeviceOffer, guest?: Nearby): Picked {
  const free = freeIn(offer);
  const offers = requests.map((request) =>
    near(
      free.filter((device) => fits(request, device)),
      request,
      guest,
    ),
  );
  for (const [n, request] of requests.entries()) {
    const has = offers[n]?.length ?? 0;
    if (has < request.count) return { because: shortOf(request, has, offer, guest) };
  }
  const wanted = requests.flatMap(({ alias, count }, n) => Array.from({ length: count }, () => ({ alias, offered: offers[n] ?? [] })));
  // Each row of the matching has all free devices as columns, those near to the guest first.
  const columns = [...new Set(offers.flat())];
  const chosen = matched(
    wanted.map(({ alias, offered }) => columns.map((device) => (offered.includes(device) ? { alias, device } : undefined))),
  );
  if (!chosen) return { because: `wants ${wanted.length} PCI devices in all, has ${columns.length} free that would do` };
  const clash = chosen.find(({ device }) => chosen.some((other) => other.device.parent === device.address));
  if (clash) return { because: `wants PCI device ${clash.device.address} and a function of it at once` };
  return {
    devices: chosen.map(({ alias, device: { address, resourceClass, isManaged } }) => ({ alias, address, resourceClass, isManaged })),
  };
}

const fits = ({ anyOf }: DeviceRequest, device: HostDevice): boolean => anyOf.some((wanted) => isWanted(wanted, device));

/** A device is taken with its virtual functions, and they with it. */
export function freeIn({ devices, held }: DeviceOffer): readonly HostDevice[] {
  const partly = new Set(devices.flatMap(({ address, parent }) => (parent !== undefined && held.has(address) ? [parent] : [])));
  return devices.filter(({ address, parent }) => !held.has(address) && !partly.has(address) && (parent === undefined || !held.has(parent)));
}

/** Those that the policy allows, the nearest first. */
function near(devices: readonly HostDevice[], { numaPolicy, count }: DeviceRequest, guest: Nearby | undefined): readonly HostDevice[] {
  if (!guest) return devices;
  const at = (nodes: readonly number[]) => devices.filter(({ node }) => node !== null && nodes.includes(node));
  const close = at(guest.nodes);
  if (close.length >= count || numaPolicy === 'required') return close;
  if (numaPolicy === 'socket') return [...close, ...at(guest.beside.filter((node) => !guest.nodes.includes(node)))];
  const unknown = devices.filter(({ node }) => node === null);
  if (numaPolicy === 'legacy') return [...close, ...unknown];
  return [...close, ...unknown, ...devices.filter((device) => device.node !== null && !close.includes(device))];
}

function shortOf(request: DeviceRequest, has: number, { devices }: DeviceOffer, guest: Nearby | undefined): string {
  const { alias, count, numaPolicy } = request;
  const place = guest ? ` near NUMA node ${guest.nodes.join(', ')} (${numaPolicy})` : '';
  return `wants ${count} PCI ${count === 1 ? 'device' : 'devices'} ${alias}${place}, has ${has} free of ${devices.filter((one) => fits(request, one)).length}`;
}
