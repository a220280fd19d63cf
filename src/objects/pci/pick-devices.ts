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

/** All that is asked for, or nothing. `nodes` are those of the host on which the guest is, for a guest that has nodes. */
export function pickDevices(requests: readonly DeviceRequest[], offer: DeviceOffer, nodes?: readonly number[]): Picked {
  const free = freeIn(offer);
  const offers = requests.map((request) =>
    near(
      free.filter((device) => fits(request, device)),
      request,
      nodes,
    ),
  );
  for (const [n, request] of requests.entries()) {
    const has = offers[n]?.length ?? 0;
    if (has < request.count) return { because: shortOf(request, has, offer, nodes) };
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

/** Those that the policy allows, the nearest first. What shares a socket with a node nobody reports, so `socket` means the node. */
function near(
  devices: readonly HostDevice[],
  { numaPolicy, count }: DeviceRequest,
  nodes: readonly number[] | undefined,
): readonly HostDevice[] {
  if (!nodes) return devices;
  const close = devices.filter(({ node }) => node !== null && nodes.includes(node));
  if (close.length >= count || numaPolicy === 'required' || numaPolicy === 'socket') return close;
  const unknown = devices.filter(({ node }) => node === null);
  if (numaPolicy === 'legacy') return [...close, ...unknown];
  return [...close, ...unknown, ...devices.filter(({ node }) => node !== null && !nodes.includes(node))];
}

function shortOf(request: DeviceRequest, has: number, { devices }: DeviceOffer, nodes: readonly number[] | undefined): string {
  const { alias, count, numaPolicy } = request;
  const place = nodes ? ` near NUMA node ${nodes.join(', ')} (${numaPolicy})` : '';
  return `wants ${count} PCI ${count === 1 ? 'device' : 'devices'} ${alias}${place}, has ${has} free of ${devices.filter((one) => fits(request, one)).length}`;
}
